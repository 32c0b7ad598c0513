// FewThreads: while it lives, the process can start only so many threads more.
//
// A limit of the system does not hold for root, and tests may run as root. So this stands in for
// pthread_create().
// When to use something else: a default stack of 2^48 bytes, where no thread at all may start.
// Guarantees: a start beyond the limit fails as it does for lack of threads (EAGAIN).
// Thread safety: one at a time; threads may be started by any thread meanwhile.
#pragma once

namespace streamhouse {

class FewThreads {
 public:
  explicit FewThreads(int left);
  ~FewThreads();
  FewThreads(const FewThreads&) = delete;
  FewThreads& operator=(const FewThreads&) = delete;
};

}  // namespace streamhouse
