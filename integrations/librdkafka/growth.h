// Growth: by how much a total of librdkafka has grown since it was seen last.
//
// When to use something else: a value that falls and rises, such as the length of a queue, is a
// gauge.
// Guarantees: what Of() returns adds up to the total, and over all beginnings of a total that began
// again: one that is below its last value counts from 0.
// Thread safety: one thread at a time.
// Cost: a subtraction.
//
//   Growth sent;
//   sent.Of(10);  // 10
//   sent.Of(15);  // 5
//   sent.Of(3);   // 3: the client was made again
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
