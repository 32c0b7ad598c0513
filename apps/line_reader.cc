#include "apps/line_reader.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <system_error>

namespace streamhouse::apps {

using metrics::Result;
using metrics::Status;
using metrics::StatusCode;

namespace {

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

}  // namespace streamhouse::apps
