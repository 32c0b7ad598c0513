// StartTimeText: the text of a start time on the line of a series, " st@1700000000.007", made once
// for all series in a row that share it.
//
// When to use something else: EncodedTimestamp for protobuf.
// Guarantees:
// 1. The same time gives the same text.
// 2. WriteLine() adds the newline that ends the line.
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
  // The longest has the mark, a sign, 16 digits, a point, three digits and the newline.
  static constexpr std::size_t kBytesMax = 32;

  StartTimeText() { Assign(0); }

  // Each writes to `out`, where kBytesMax must have room, and returns the end.
  char* WriteLine(char* out, std::int64_t unix_milliseconds) {
    if (unix_milliseconds != unix_milliseconds_) [[unlikely]]
      Assign(unix_milliseconds);
    // All of it, as a copy of known size is no call.
    std::memcpy(out, text_, kBytesMax);
    return out + line_size_;
  }
  char* Write(char* out, std::int64_t unix_milliseconds) { return WriteLine(out, unix_milliseconds) - 1; }

 private:
  void Assign(std::int64_t unix_milliseconds) {
    char* end = WriteUnixSeconds(text_ + kMarkBytes, unix_milliseconds);
    *end++ = '\n';
    line_size_ = static_cast<std::size_t>(end - text_);
    unix_milliseconds_ = unix_milliseconds;
  }

  static constexpr std::size_t kMarkBytes = 4;

  char text_[kMarkBytes + kNumberBytesMax] = {' ', 's', 't', '@'};
  std::size_t line_size_;  // with the newline
  std::int64_t unix_milliseconds_;
};

}  // namespace streamhouse::exporters
