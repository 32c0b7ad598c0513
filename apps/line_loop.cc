#include "apps/line_loop.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

namespace streamhouse::apps {

using metrics::Result;
using metrics::Status;
using metrics::StatusCode;

namespace {

Status NoLines(const std::string& path) {
  return {StatusCode::kInvalidArgument, path + " has no lines to read"};
}

Status CannotRead(const std::string& path, const std::error_code& error) {
  return {StatusCode::kNotFound, "cannot read " + path + ": " + error.message()};
}

Result<std::vector<std::string>> FilesBelow(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (error) return CannotRead(path, error);
  if (fs::is_regular_file(status)) return std::vector{path};
  if (!fs::is_directory(status)) {
    return Status(StatusCode::kInvalidArgument, path + " is neither a file that can be read again nor a folder");
  }
  std::vector<std::string> files;
  fs::recursive_directory_iterator entry(path, fs::directory_options::skip_permission_denied, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    if (entry->is_regular_file(error) && !entry->is_symlink(error)) files.push_back(entry->path().string());
  }
  if (error) return CannotRead(path, error);
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

Result<std::unique_ptr<LineLoop>> LineLoop::Open(const std::string& path, std::size_t line_bytes_max) {
  Result<std::vector<std::string>> files = FilesBelow(path);
  if (!files.ok()) return files.status();
  if (files->empty()) return NoLines(path);
  std::unique_ptr<LineLoop> loop(new LineLoop(path, *std::move(files), line_bytes_max));
  // Tried now, so that a path that cannot be read is refused before anything else begins.
  if (Result<std::string_view> first = loop->Next(); !first.ok()) return first.status();
  loop->CloseCurrent();
  loop->next_file_ = 0;
  return loop;
}

LineLoop::LineLoop(std::string path, std::vector<std::string> files, std::size_t line_bytes_max)
    : path_(std::move(path)), files_(std::move(files)), line_bytes_max_(line_bytes_max) {}

LineLoop::~LineLoop() {
  CloseCurrent();
}

Result<std::string_view> LineLoop::Next() {
  while (true) {
    if (reader_) {
      const auto line = reader_->Next();
      if (!line.ok()) return line.status();
      if (line.value()) {
        round_had_lines_ = true;
        return *line.value();
      }
      CloseCurrent();
    }
    if (Status opened = OpenNext(); !opened.ok()) return opened;
  }
}

Status LineLoop::OpenNext() {
  if (next_file_ == files_.size()) {
    if (!round_had_lines_) return NoLines(path_);
    round_had_lines_ = false;
    next_file_ = 0;
  }
  const std::string& file = files_[next_file_++];
  fd_ = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd_ < 0) return CannotRead(file, std::error_code(errno, std::generic_category()));
  reader_.emplace(fd_, /*interrupt=*/-1, line_bytes_max_);
  return Status::Ok();
}

void LineLoop::CloseCurrent() {
  reader_.reset();
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

}  // namespace streamhouse::apps
