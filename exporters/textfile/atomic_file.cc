#include "exporters/textfile/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <system_error>

namespace streamhouse::exporters {
namespace {

using metrics::Status;
using metrics::StatusCode;

// Collectors look for names that end with ".prom", which this one does not.
constexpr std::string_view kTemporarySuffix = ".tmp";

Status Failure(std::string_view operation, const std::string& path) {
  return Status(StatusCode::kUnavailable,
                "cannot " + std::string(operation) + " " + path + ": " + std::generic_category().message(errno));
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }

 private:
  const int number_;
};

Status WriteAll(int descriptor, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t written = write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return Failure("write", path);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return Status::Ok();
}

Status WritePage(int descriptor, PageSource& page, const std::string& path,
                 std::chrono::steady_clock::time_point deadline) {
  PageChunk chunk;
  PageSource::Progress progress;
  do {
    chunk.Clear();
    progress = page.Fill(chunk);
    if (progress == PageSource::Progress::kFailed) {
      return Status(StatusCode::kInternal, "the page for " + path + " could not be written to its end");
    }
    if (std::chrono::steady_clock::now() > deadline) {
      return Status(StatusCode::kDeadlineExceeded, "writing " + path + " takes too long");
    }
    if (Status written = WriteAll(descriptor, chunk.view(), path); !written.ok()) return written;
  } while (progress == PageSource::Progress::kMore);
  return fsync(descriptor) == 0 ? Status::Ok() : Failure("sync", path);
}

// A rename is on the disk when its folder is.
Status SyncFolderOf(const std::string& path) {
  const std::string folder = path.substr(0, path.rfind('/') + 1);
  const Descriptor descriptor(open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return descriptor.number() >= 0 && fsync(descriptor.number()) == 0 ? Status::Ok() : Failure("sync", folder);
}

Status WriteTemporary(const std::string& temporary, PageSource& page, std::chrono::steady_clock::time_point deadline) {
  constexpr mode_t kReadableByAll = 0644;  // a collector runs as another user
  // A file of its own: what has that name, left by a writer that died or put there as a trap, is
  // not opened. A symbolic link would be followed, and a FIFO waited for.
  unlink(temporary.c_str());
  const Descriptor descriptor(open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kReadableByAll));
  if (descriptor.number() < 0) return Failure("create", temporary);
  // The process' umask took away from the mode above.
  if (fchmod(descriptor.number(), kReadableByAll) != 0) return Failure("set the mode of", temporary);
  return WritePage(descriptor.number(), page, temporary, deadline);
}

}  // namespace

Status WriteAtomically(const std::string& path, PageSource& page, std::chrono::steady_clock::time_point deadline) {
  const std::string temporary = path + std::string(kTemporarySuffix);
  Status written = WriteTemporary(temporary, page, deadline);
  if (written.ok() && rename(temporary.c_str(), path.c_str()) != 0) written = Failure("replace", path);
  if (!written.ok()) {
    unlink(temporary.c_str());
    return written;
  }
  return SyncFolderOf(path);
}

}  // namespace streamhouse::exporters
