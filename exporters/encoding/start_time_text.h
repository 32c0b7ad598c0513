// StartTimeText: the text of a start time on the line of a series, " st@1700000000.007", made once
// for all series in a row that share it.
//
// When to use something else: EncodedTimestamp for protobuf.
// Guarantees: the same time gives the same text.
// Thread safety: a value.
// Cost: writing the same time again is a comparison and a copy.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "exporters/encoding/number_format.h"

namespace streamhouse::exporters {

class StartTimeText {
 public:
  // A longer one does not exist: the mark, a sign, 16 digits, a point and three digits.
  static constexpr std::size_t kBytesMax = 32;

  // Writes to `out`, where kBytesMax must have room, and returns the end.
  char* Write(char* out, std::int64_t unix_milliseconds) {
    if (unix_milliseconds != unix_milliseconds_ || size_ == 0) [[unlikely]]
      Assign(unix_milliseconds);
    // All of it, as a copy of known size is no call.
    std::memcpy(out, text_, kBytesMax);
    return out + size_;
  }

 private:
  void Assign(std::int64_t unix_milliseconds) {
    size_ = static_cast<std::size_t>(WriteUnixSeconds(text_ + kMarkBytes, unix_milliseconds) - text_);
    unix_milliseconds_ = unix_milliseconds;
  }

  static constexpr std::size_t kMarkBytes = 4;

  char text_[kMarkBytes + kNumberBytesMax] = {' ', 's', 't', '@'};
  std::size_t size_ = 0;
  std::int64_t unix_milliseconds_ = 0;
};

}  // namespace streamhouse::exporters
