#include "metrics_core/sockets/socket_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <utility>

namespace streamhouse::metrics {

SocketFile::SocketFile(std::string path) : path_(std::move(path)), process_(getpid()) {
  struct stat made = {};
  if (lstat(path_.c_str(), &made) != 0 || !S_ISSOCK(made.st_mode)) path_.clear();
  device_ = made.st_dev;
  number_ = made.st_ino;
}

SocketFile::SocketFile(SocketFile&& other) noexcept
    : path_(std::exchange(other.path_, "")), device_(other.device_), number_(other.number_), process_(other.process_) {}

SocketFile& SocketFile::operator=(SocketFile&& other) noexcept {
  if (this == &other) return *this;
  Remove();
  path_ = std::exchange(other.path_, "");
  device_ = other.device_;
  number_ = other.number_;
  process_ = other.process_;
  return *this;
}

bool SocketFile::Is(int descriptor) const {
  struct stat found = {};
  return !path_.empty() && fstat(descriptor, &found) == 0 && found.st_dev == device_ && found.st_ino == number_;
}

void SocketFile::Remove() {
  const std::string path = std::exchange(path_, "");
  if (path.empty() || getpid() != process_) return;
  struct stat found = {};
  if (lstat(path.c_str(), &found) != 0 || found.st_dev != device_ || found.st_ino != number_) return;
  unlink(path.c_str());
}

}  // namespace streamhouse::metrics
