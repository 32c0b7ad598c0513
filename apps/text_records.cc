#include "apps/text_records.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>
#include <utility>

#include "client/delivery.h"

namespace streamhouse::apps {

using metrics::Result;
using metrics::Status;
using metrics::StatusCode;

namespace {

constexpr std::size_t kReadBytes = std::size_t{64} * 1024;

Status CannotReadInput(int error) {
  return {StatusCode::kUnavailable, "cannot read the input: " + std::generic_category().message(error)};
}

}  // namespace

Result<std::optional<std::string_view>> LineReader::Next() {
  while (true) {
    const std::size_t newline = buffer_.find('\n', searched_);
    const bool found = newline != std::string::npos;
    const std::size_t end = found ? newline : buffer_.size();
    const std::size_t begin = consumed_;
    const std::string_view line = std::string_view(buffer_).substr(begin, end - begin);
    if (skipping_) {
      skipping_ = !found;
      consumed_ = searched_ = found ? newline + 1 : end;
      if (found) continue;
    } else if (found && line.size() <= line_bytes_max_) {
      consumed_ = searched_ = newline + 1;
      return std::optional(line);
    } else if (line.size() > line_bytes_max_) {
      skipping_ = true;
      consumed_ = searched_ = begin + line_bytes_max_;
      return std::optional(line.substr(0, line_bytes_max_));
    } else {
      searched_ = end;
    }

    const Result<Filled> filled = Fill();
    if (!filled.ok()) return filled.status();
    if (filled.value() == Filled::kSome) continue;
    const std::string_view last = std::string_view(buffer_).substr(consumed_);
    consumed_ = searched_ = buffer_.size();
    if (last.empty()) return std::optional<std::string_view>();
    return std::optional(last);
  }
}

Result<LineReader::Filled> LineReader::Fill() {
  buffer_.erase(0, consumed_);
  searched_ -= consumed_;
  consumed_ = 0;
  while (true) {
    // A negative descriptor is not looked at.
    std::array<struct pollfd, 2> waited = {
        {{.fd = interrupt_, .events = POLLIN, .revents = 0}, {.fd = input_, .events = POLLIN, .revents = 0}}};
    if (::poll(waited.data(), waited.size(), -1) < 0) {
      if (errno == EINTR) continue;
      return CannotReadInput(errno);
    }
    if (waited[0].revents != 0) {
      buffer_.clear();  // half a line is none
      searched_ = 0;
      return Filled::kNothingMore;
    }
    const std::size_t kept = buffer_.size();
    buffer_.resize(kept + kReadBytes);
    const ssize_t count = ::read(input_, buffer_.data() + kept, kReadBytes);
    buffer_.resize(kept + static_cast<std::size_t>(count > 0 ? count : 0));
    if (count > 0) return Filled::kSome;
    if (count == 0) return Filled::kNothingMore;
    if (errno != EINTR && errno != EAGAIN) return CannotReadInput(errno);
  }
}

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

std::string DeliveryTally::Counts::ToString() const {
  return fmt::format("sent={} acked={} failed={}", sent, acked, failed);
}

void DeliveryTally::Send(client::Producer& producer, std::string_view topic, std::string_view value) {
  {
    const metrics::MutexLock lock(mutex_);
    ++counts_.sent;
  }
  const auto on_delivery = [this](const Result<client::Delivery>& delivered) {
    if (!delivered.ok()) return CountFailure(delivered.status());
    const metrics::MutexLock lock(mutex_);
    ++counts_.acked;
  };
  const Status accepted = producer.SendWithCallback(topic, {.value = value}, on_delivery);
  if (!accepted.ok()) CountFailure(accepted);
}

DeliveryTally::Counts DeliveryTally::counts() const {
  const metrics::MutexLock lock(mutex_);
  return counts_;
}

void DeliveryTally::CountFailure(const Status& failure) {
  const metrics::MutexLock lock(mutex_);
  if (counts_.failed++ == 0) counts_.first_failure = failure;
}

}  // namespace streamhouse::apps
