#include "exporters/tls/small_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace streamhouse::exporters {
namespace {

using metrics::Result;
using metrics::Status;

Status Refused(std::string why) {
  return Status(metrics::StatusCode::kInvalidArgument, std::move(why));
}

// Whether the reason is in the system, and not in the file.
bool IsTransient(int error) {
  return error == EMFILE || error == ENFILE || error == ENOMEM || error == EIO;
}

Status SystemRefused() {
  const int error = errno;
  const Status refused = Refused(std::generic_category().message(error));
  return IsTransient(error) ? Status(metrics::StatusCode::kUnavailable, refused.message()) : refused;
}

Result<std::string> ReadRegular(int descriptor) {
  struct stat found = {};
  if (fstat(descriptor, &found) != 0) return SystemRefused();
  if (!S_ISREG(found.st_mode)) return Refused("it is no regular file");
  std::string text;
  char piece[4096];
  for (;;) {
    const ssize_t bytes = read(descriptor, piece, sizeof(piece));
    if (bytes < 0 && errno == EINTR) continue;
    if (bytes < 0) return SystemRefused();
    if (bytes == 0) return text;
    text.append(piece, static_cast<std::size_t>(bytes));
    // It may grow while it is read.
    if (text.size() > kSmallFileBytesMax) {
      return Refused("it has more than " + std::to_string(kSmallFileBytesMax) + " bytes");
    }
  }
}

}  // namespace

Result<std::string> ReadSmallFile(const std::string& path) {
  // Without waiting for the other end of a pipe, and without making a terminal that of the process.
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (descriptor < 0) return SystemRefused();
  Result<std::string> text = ReadRegular(descriptor);
  close(descriptor);
  return text;
}

}  // namespace streamhouse::exporters
