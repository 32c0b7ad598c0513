// Growth: the difference between a total of librdkafka and its last value.
//
// When to use something else: a value that falls and rises, such as the length of a queue, is a
// gauge.
// Guarantees:
// 1. The results of Of() add up to the total.
// 2. A total below its last value has started again from 0. Its growth is the total itself.
// 3. A negative total is unknown: its growth is 0, and the last value stays.
// Thread safety: one thread at a time.
// Cost: a subtraction.
//
//   Growth sent;
//   sent.Of(10);  // 10
//   sent.Of(15);  // 5
//   sent.Of(3);   // 3: the total has started again
#pragma once

#include <cstdint>

namespace streamhouse::librdkafka {

class Growth {
 public:
  std::uint64_t Of(std::int64_t total) {
    if (total < 0) return 0;
    const std::int64_t from = total < last_ ? 0 : last_;
    last_ = total;
    return static_cast<std::uint64_t>(total - from);
  }

 private:
  std::int64_t last_ = 0;
};

}  // namespace streamhouse::librdkafka
