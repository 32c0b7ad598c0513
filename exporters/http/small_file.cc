#include "exporters/http/small_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <system_error>

namespace streamhouse::exporters {
namespace {

using metrics::Result;
using metrics::Status;

Status Refused(const std::string& path, std::string_view why) {
  return Status(metrics::StatusCode::kUnavailable, "cannot read " + path + ": " + std::string(why));
}

Result<std::string> ReadRegular(int descriptor, const std::string& path) {
  struct stat found = {};
  if (fstat(descriptor, &found) != 0) return Refused(path, std::generic_category().message(errno));
  if (!S_ISREG(found.st_mode)) return Refused(path, "it is no regular file");
  std::string text;
  char piece[4096];
  for (;;) {
    const ssize_t bytes = read(descriptor, piece, sizeof(piece));
    if (bytes < 0 && errno == EINTR) continue;
    if (bytes < 0) return Refused(path, std::generic_category().message(errno));
    if (bytes == 0) return text;
    text.append(piece, static_cast<std::size_t>(bytes));
    // It may grow while it is read.
    if (text.size() > kSmallFileBytesMax)
      return Refused(path, "it has more than " + std::to_string(kSmallFileBytesMax) + " bytes");
  }
}

}  // namespace

Result<std::string> ReadSmallFile(const std::string& path) {
  // Without waiting for the other end of a pipe, and without making a terminal that of the process.
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (descriptor < 0) return Refused(path, std::generic_category().message(errno));
  Result<std::string> text = ReadRegular(descriptor, path);
  close(descriptor);
  return text;
}

}  // namespace streamhouse::exporters
