// OtlpJsonTime: a time as points have it, with its text.
//
// When to use something else: WriteInteger() (number_format.h), for a time that is written once.
// Guarantees: Write() writes the digits of the time that was assigned last; 0 before.
// Thread safety: one thread at a time.
// Cost: a time that is assigned twice is made into text once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "exporters/encoding/number_format.h"
#include "exporters/encoding/text_copy.h"

namespace streamhouse::exporters {

class OtlpJsonTime {
 public:
  void Assign(std::uint64_t unix_nanoseconds) {
    if (unix_nanoseconds == unix_nanoseconds_) return;
    unix_nanoseconds_ = unix_nanoseconds;
    size_ = static_cast<std::size_t>(WriteInteger(digits_, unix_nanoseconds) - digits_);
  }
  std::string_view digits() const { return {digits_, size_}; }
  // Writes kNumberBytesMax bytes, and returns the end of the digits.
  char* Write(char* out) const {
    CopyBlock<sizeof(digits_)>(out, digits_);
    return out + size_;
  }

 private:
  std::uint64_t unix_nanoseconds_ = 0;
  std::size_t size_ = 1;
  char digits_[kNumberBytesMax] = {'0'};
};

}  // namespace streamhouse::exporters
