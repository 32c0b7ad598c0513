#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <limits>
#include <optional>
#include <system_error>
#include <utility>

#include "agent/log/file_system.h"
#include "metrics_core/mutex.h"

namespace streamhouse::agent {
namespace {

Status ErrorOf(std::string_view action, const std::string& path, int error) {
  const StatusCode code = error == ENOENT                      ? StatusCode::kNotFound
                          : error == ENOSPC || error == EDQUOT ? StatusCode::kResourceExhausted
                                                               : StatusCode::kUnavailable;
  return {code, std::string(action) + " " + path + ": " + std::generic_category().message(error)};
}

class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  Descriptor(Descriptor&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  int get() const { return value_; }

 private:
  int value_;
};

Result<std::size_t> ReadFrom(const Descriptor& file, const std::string& path, std::uint64_t position,
                             std::span<char> destination) {
  std::size_t filled = 0;
  while (filled < destination.size()) {
    const ssize_t got = ::pread(file.get(), destination.data() + filled, destination.size() - filled,
                                static_cast<off_t>(position + filled));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return ErrorOf("cannot read", path, errno);
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  return filled;
}

class PosixWritableFile final : public WritableFile {
 public:
  PosixWritableFile(Descriptor file, std::string path) : file_(std::move(file)), path_(std::move(path)) {}

  Status Append(std::string_view first, std::string_view second) override {
    while (!first.empty() || !second.empty()) {
      std::array<iovec, 2> parts = {iovec{const_cast<char*>(first.data()), first.size()},
                                    iovec{const_cast<char*>(second.data()), second.size()}};
      const ssize_t written = ::writev(file_.get(), parts.data(), static_cast<int>(parts.size()));
      if (written < 0) {
        if (errno == EINTR) continue;
        return ErrorOf("cannot write to", path_, errno);
      }
      const std::size_t of_first = std::min(static_cast<std::size_t>(written), first.size());
      first.remove_prefix(of_first);
      second.remove_prefix(static_cast<std::size_t>(written) - of_first);
    }
    return Status::Ok();
  }

  Status Sync() override {
    if (::fdatasync(file_.get()) != 0) return ErrorOf("cannot sync", path_, errno);
    return Status::Ok();
  }

  Status Truncate(std::uint64_t size_bytes) override {
    if (::ftruncate(file_.get(), static_cast<off_t>(size_bytes)) != 0) {
      return ErrorOf("cannot truncate", path_, errno);
    }
    return Status::Ok();
  }

  Status CheckUntouched(std::uint64_t size_bytes) const override {
    struct stat status = {};
    if (::fstat(file_.get(), &status) != 0) return ErrorOf("cannot look at", path_, errno);
    if (status.st_nlink == 0) return {StatusCode::kDataLoss, path_ + ": the file was removed"};
    if (static_cast<std::uint64_t>(status.st_size) == size_bytes) return Status::Ok();
    return {StatusCode::kDataLoss, path_ + ": the file has " + std::to_string(status.st_size) + " bytes, not " +
                                       std::to_string(size_bytes) + " as when it was written"};
  }

  Result<std::size_t> ReadAt(std::uint64_t position, std::span<char> destination) const override {
    return ReadFrom(file_, path_, position, destination);
  }

  Status CheckInPlace() const override {
    struct stat own = {};
    struct stat found = {};
    if (::fstat(file_.get(), &own) != 0) return Status::Ok();
    if (::stat(path_.c_str(), &found) != 0) {
      if (errno != ENOENT && errno != ENOTDIR) return Status::Ok();
      return {StatusCode::kDataLoss, path_ + ": the file was moved"};
    }
    if (own.st_dev == found.st_dev && own.st_ino == found.st_ino) return Status::Ok();
    return {StatusCode::kDataLoss, path_ + ": another file is in its place"};
  }

 private:
  Descriptor file_;
  std::string path_;
};

class PosixReadableFile final : public ReadableFile {
 public:
  PosixReadableFile(Descriptor file, std::string path) : file_(std::move(file)), path_(std::move(path)) {}

  Result<std::size_t> ReadAt(std::uint64_t position, std::span<char> destination) const override {
    return ReadFrom(file_, path_, position, destination);
  }

 private:
  Descriptor file_;
  std::string path_;
};

// flock() locks the open file, not the process, so two locks in one process exclude each other as
// well.
class PosixFolderLock final : public FolderLock {
 public:
  explicit PosixFolderLock(Descriptor file) : file_(std::move(file)) {}

 private:
  Descriptor file_;
};

class PosixFileSystemImpl final : public FileSystem {
 public:
  Result<std::unique_ptr<WritableFile>> OpenForAppend(const std::string& path) override {
    Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
    if (file.get() < 0) return ErrorOf("cannot open for writing", path, errno);
    return std::unique_ptr<WritableFile>(std::make_unique<PosixWritableFile>(std::move(file), path));
  }

  Result<std::unique_ptr<ReadableFile>> OpenForRead(const std::string& path) override {
    Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0) return ErrorOf("cannot open for reading", path, errno);
    return std::unique_ptr<ReadableFile>(std::make_unique<PosixReadableFile>(std::move(file), path));
  }

  Result<std::uint64_t> FileSize(const std::string& path) override {
    struct stat status = {};
    if (::stat(path.c_str(), &status) != 0) return ErrorOf("cannot look at", path, errno);
    return static_cast<std::uint64_t>(status.st_size);
  }

  Result<std::int64_t> ModificationTime(const std::string& path) override {
    struct stat status = {};
    if (::stat(path.c_str(), &status) != 0) return ErrorOf("cannot look at", path, errno);
    const auto since_epoch =
        std::chrono::seconds(status.st_mtim.tv_sec) + std::chrono::nanoseconds(status.st_mtim.tv_nsec);
    return std::int64_t{std::chrono::floor<std::chrono::milliseconds>(since_epoch).count()};
  }

  Status SetModificationTime(const std::string& path, std::int64_t time_ms) override {
    const timespec time = {.tv_sec = time_ms / 1000, .tv_nsec = time_ms % 1000 * 1'000'000};
    const std::array<timespec, 2> times = {timespec{.tv_sec = 0, .tv_nsec = UTIME_OMIT}, time};
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0 || ::futimens(file.get(), times.data()) != 0) {
      return ErrorOf("cannot set the time of", path, errno);
    }
    // fdatasync leaves times out.
    if (::fsync(file.get()) != 0) return ErrorOf("cannot sync", path, errno);
    return Status::Ok();
  }

  Result<std::vector<std::string>> ListFolder(const std::string& path) override {
    DIR* const folder = ::opendir(path.c_str());
    // A file in its place: there is no such folder.
    if (folder == nullptr) return ErrorOf("cannot list", path, errno == ENOTDIR ? ENOENT : errno);
    std::vector<std::string> names;
    errno = 0;
    while (const dirent* const entry = ::readdir(folder)) {
      const std::string_view name = entry->d_name;
      if (name != "." && name != "..") names.emplace_back(name);
    }
    const int error = errno;
    ::closedir(folder);
    if (error != 0) return ErrorOf("cannot list", path, error);
    std::sort(names.begin(), names.end());
    return names;
  }

  Status CreateFolders(const std::string& path) override {
    return CreateMissing(path, [this](const std::string& folder) { return SyncFolder(ParentOf(folder)); });
  }

  Status CreateFoldersUnsynced(const std::string& path) override {
    return CreateMissing(path, [](const std::string&) { return Status::Ok(); });
  }

  Status SyncFolder(const std::string& path) override {
    {
      const Descriptor folder = OpenFolder(path);
      if (folder.get() >= 0) return SyncOpened(folder, path);
      if (errno != EMFILE) return ErrorOf("cannot open folder", path, errno);
    }
    // Uses the spare descriptor: retention works although the process has no other one left.
    const metrics::MutexLock lock(spare_mutex_);
    spare_.reset();
    Status synced;
    {
      const Descriptor folder = OpenFolder(path);
      synced = folder.get() >= 0 ? SyncOpened(folder, path) : ErrorOf("cannot open folder", path, errno);
    }
    spare_.emplace(OpenFolder("/"));
    return synced;
  }

  Status Rename(const std::string& from, const std::string& to) override {
    if (::rename(from.c_str(), to.c_str()) != 0) return ErrorOf("cannot rename", from, errno);
    return Status::Ok();
  }

  Result<std::uint64_t> FreeBytes(const std::string& folder) override {
    struct statvfs disk = {};
    if (::statvfs(folder.c_str(), &disk) != 0) return ErrorOf("cannot look at the disk of", folder, errno);
    return std::uint64_t{disk.f_bavail} * disk.f_frsize;
  }

  Status Allocate(const std::string& path, std::uint64_t bytes) override {
    const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
    if (file.get() < 0) return ErrorOf("cannot open for writing", path, errno);
    const int error = ::posix_fallocate(file.get(), 0, static_cast<off_t>(bytes));
    if (error == 0) return Status::Ok();
    ::unlink(path.c_str());
    return ErrorOf("cannot take room for", path, error);
  }

  Status RemoveFile(const std::string& path) override {
    if (::unlink(path.c_str()) != 0) return ErrorOf("cannot remove", path, errno);
    return Status::Ok();
  }

  Status RemoveFolder(const std::string& path) override {
    if (::rmdir(path.c_str()) != 0) return ErrorOf("cannot remove", path, errno);
    return Status::Ok();
  }

  std::uint64_t OpenFilesMax() override {
    constexpr std::uint64_t kNumbersMax = std::numeric_limits<int>::max();
    rlimit limit = {};
    return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 ? std::min<std::uint64_t>(limit.rlim_cur, kNumbersMax) : kNumbersMax;
  }

  Result<std::unique_ptr<FolderLock>> LockFolder(const std::string& lock_file_path) override {
    Descriptor file(::open(lock_file_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
    if (file.get() < 0) return ErrorOf("cannot open lock file", lock_file_path, errno);
    if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
      if (errno != EWOULDBLOCK) return ErrorOf("cannot lock", lock_file_path, errno);
      return Status(StatusCode::kFailedPrecondition, lock_file_path + " is locked by another process");
    }
    return std::unique_ptr<FolderLock>(std::make_unique<PosixFolderLock>(std::move(file)));
  }

 private:
  // Calls `created` for each folder that it has created.
  template <typename Created>
  static Status CreateMissing(const std::string& path, const Created& created) {
    for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
      const std::string folder = path.substr(0, end);
      if (::mkdir(folder.c_str(), 0755) == 0) {
        if (Status done = created(folder); !done.ok()) return done;
      } else if (errno != EEXIST) {
        return ErrorOf("cannot create folder", folder, errno);
      }
      if (end == std::string::npos) break;
    }
    struct stat status = {};
    if (::stat(path.c_str(), &status) != 0) return ErrorOf("cannot look at", path, errno);
    if (!S_ISDIR(status.st_mode)) return ErrorOf("cannot create folder", path, ENOTDIR);
    return Status::Ok();
  }
  static Descriptor OpenFolder(const std::string& path) {
    return Descriptor(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  }
  static Status SyncOpened(const Descriptor& folder, const std::string& path) {
    if (::fsync(folder.get()) == 0) return Status::Ok();
    return {StatusCode::kInternal, ErrorOf("cannot sync folder", path, errno).message()};
  }

  metrics::Mutex spare_mutex_;
  // Given up for a moment when there is no other.
  std::optional<Descriptor> spare_ STREAMHOUSE_GUARDED_BY(spare_mutex_) = OpenFolder("/");
};

}  // namespace

std::string ParentOf(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

Status SyncWithParents(FileSystem& files, std::string folder, int parents) {
  Status synced = files.SyncFolder(folder);
  for (int i = 0; synced.ok() && i < parents; ++i) {
    folder = ParentOf(folder);
    synced = files.SyncFolder(folder);
  }
  return synced;
}

FileSystem& PosixFileSystem() {
  static PosixFileSystemImpl instance;
  return instance;
}

}  // namespace streamhouse::agent
