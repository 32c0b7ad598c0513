// ReadSection: while a thread is in one, nothing that it can still find in a SeriesTable is freed
// or reused. GracePeriod: tells when every section that was open at its beginning has been left.
//
// When to use something else: a handle holds a reference of its own (series_ref.h) and needs no
// section. A section is for a look-up that is used at once, where two locked instructions for a
// reference would cost more than the rest.
// How it works: the owner of a shard notes in it that it is in a section, by plain stores. A
// compiler fence keeps the look-up behind that note. A thread that unlinks something runs
// membarrier(2) afterwards, which makes every running thread of the process execute a full barrier.
// A section whose note is not visible after the barrier began after the unlinking, and cannot find
// what was unlinked. Where the kernel has no membarrier, no grace period ever ends, and what was
// unlinked is kept until the process ends. Sections of one thread may be nested, 255 deep.
// Thread safety: a section is entered and left by one thread. A grace period is one thread's at a
// time.
// Cost: a section is two loads and two stores of the thread's own memory; a grace period is one
// system call and one load a shard.
#pragma once

#include <atomic>
#include <cstdint>
#include <utility>
#include <vector>

#include "metrics_core/internal/cells/shard.h"

namespace streamhouse::metrics::internal {

class ReadSection {
 public:
  // For a thread that owns its shard.
  static void Enter() noexcept {
    std::atomic<std::uint64_t>& state = current_shard->read_sections;
    // Relaxed: only the owner writes it.
    const std::uint64_t before = state.load(std::memory_order_relaxed);
    // Release: a grace period may read this value and miss the end of the previous section. It must
    // then see that section's reads done. The grace period's membarrier orders this store before
    // the reads of the section.
    state.store(before + 1, std::memory_order_release);
    std::atomic_signal_fence(std::memory_order_seq_cst);
  }

  static void Leave() noexcept {
    std::atomic<std::uint64_t>& state = current_shard->read_sections;
    // Relaxed: only the owner writes it.
    const std::uint64_t now = state.load(std::memory_order_relaxed);
    const bool outermost = (now & kSectionDepthMask) == 1;
    // Release: pairs with the acquire in GracePeriod. After it, the objects that the section has
    // read may be freed.
    state.store(outermost ? now + kSectionDepthMask : now - 1, std::memory_order_release);
  }
};

class GracePeriod {
 public:
  // Begins now: after the caller has unlinked what it wants to free.
  static GracePeriod Begin();

  // True from when every section that was open at the beginning has been left.
  bool IsOver() noexcept;

 private:
  struct OpenSection {
    const Shard* shard;
    std::uint64_t state;
  };

  std::vector<OpenSection> open_;
  bool may_end_ = true;
};

}  // namespace streamhouse::metrics::internal
