// CountedMemory: how many bytes a test has allocated. malloc() and the like of the process
// stand in this file, in front of the C library's, so that libraries in C are counted too.
//
// Guarantees: an allocation counts with the bytes that the C library gives for it.
// Thread safety: any thread may allocate. A thread that compares two readings has waited for the
// work between them.
#pragma once

#include <cstdint>

namespace streamhouse::exporters {

class CountedMemory {
 public:
  // That are allocated now.
  static std::int64_t BytesOut();

  // The most bytes that the action had out at a time.
  template <typename Action>
  static std::int64_t MostBytesOf(const Action& action) {
    const std::int64_t before = BeginMost();
    action();
    return Most() - before;
  }

 private:
  static std::int64_t BeginMost();
  static std::int64_t Most();
};

}  // namespace streamhouse::exporters
