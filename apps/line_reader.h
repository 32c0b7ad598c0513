// LineReader: the lines of a file descriptor, until another descriptor interrupts it.
//
// When to use something else: LineLoop for files that are read again at their end.
// Guarantees:
// 1. A line is what stands before a '\n', byte by byte, without it; a last line needs none.
// 2. A line longer than the limit is truncated there, and its rest skipped.
// 3. Next() returns within moments when `interrupt` becomes readable, also in the middle of waiting
//    for input.
// Thread safety: none.
// Cost: a read of kReadBytes at a time; memory for the longest line, up to the limit.
// Errors: Unavailable, with the system's reason, when the input cannot be read.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "metrics_core/status.h"

namespace streamhouse::apps {

class LineReader {
 public:
  static constexpr std::size_t kReadBytes = std::size_t{64} * 1024;

  // Owns neither descriptor. `interrupt` may be -1.
  LineReader(int input, int interrupt, std::size_t line_bytes_max)
      : input_(input), interrupt_(interrupt), line_bytes_max_(line_bytes_max) {}

  // Valid until the next call. Nothing at the end of the input, or when interrupted.
  metrics::Result<std::optional<std::string_view>> Next();

 private:
  enum class Filled : unsigned char { kSome, kNothingMore };

  metrics::Result<Filled> Fill();

  const int input_;
  const int interrupt_;
  const std::size_t line_bytes_max_;

  std::string buffer_;
  std::size_t consumed_ = 0;  // of buffer_: lines already returned
  std::size_t searched_ = 0;  // of buffer_: known to hold no '\n' from consumed_ on
  bool skipping_ = false;     // the rest of a line that was cut
};

}  // namespace streamhouse::apps
