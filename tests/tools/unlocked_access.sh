#!/usr/bin/env bash
# Compiles accesses with and without their lock, and expects clang to refuse those without.
#
# Goal: the compiler, not review, keeps what a Mutex guards behind it. Method: one small source for
# each access; no code is made. Run by tools/test beside the build by clang, because GCC does not
# know the attributes.
set -uo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.." || exit 1

# what the compiler has to say, and the body of a member function
accesses=(
  "accepted|{ const MutexLock lock(mutex_); return value_; }"
  "accepted|{ return Locked(); }"
  "reading variable 'value_' requires holding mutex 'mutex_'|{ return value_; }"
  "writing variable 'value_' requires holding mutex 'mutex_'|{ return value_ = 1; }"
  "reading variable 'value_' requires holding mutex 'mutex_'|{ MutexLock lock(mutex_); lock.Unlock(); return value_; }"
  "calling function 'Sum' requires holding mutex 'mutex_'|{ return Sum(); }"
  "calling function 'Wait<|{ changed_.Wait(mutex_, [] { return true; }); return 0; }"
  "cannot call function 'Locked' while mutex 'mutex_' is held|{ const MutexLock lock(mutex_); return Locked(); }"
  "accepted|{ const MutexLock lock(mutex_); return [this] { mutex_.AssertHeld(); return value_; }(); }"
  "reading variable 'value_' requires holding mutex 'mutex_'|{ const MutexLock lock(mutex_); return [this] { return value_; }(); }"
  "accepted|{ const ReadLock lock(shared_mutex_); return shared_; }"
  "accepted|{ const WriteLock lock(shared_mutex_); return shared_ = 1; }"
  "reading variable 'shared_' requires holding shared mutex 'shared_mutex_'|{ return shared_; }"
  "writing variable 'shared_' requires holding shared mutex 'shared_mutex_' exclusively|{ const ReadLock lock(shared_mutex_); return shared_ = 1; }"
)

problems=0
for access in "${accesses[@]}"; do
  IFS='|' read -r expected body <<<"$access"
  said=$(clang++ -std=c++20 -fsyntax-only -Wthread-safety -Werror -I. -x c++ - 2>&1 <<SOURCE
#include "metrics_core/mutex.h"
#include "metrics_core/shared_mutex.h"
using streamhouse::metrics::MutexLock;
using streamhouse::metrics::ReadLock;
using streamhouse::metrics::WriteLock;
class Guarded {
 public:
  int Locked() STREAMHOUSE_EXCLUDES(mutex_) { const MutexLock lock(mutex_); return Sum(); }
  int Try() $body
 private:
  int Sum() STREAMHOUSE_REQUIRES(mutex_) { return value_; }
  streamhouse::metrics::Mutex mutex_;
  streamhouse::metrics::CondVar changed_;
  int value_ STREAMHOUSE_GUARDED_BY(mutex_) = 0;
  streamhouse::metrics::SharedMutex shared_mutex_;
  int shared_ STREAMHOUSE_GUARDED_BY(shared_mutex_) = 0;
};
SOURCE
  )
  if [ "${said:-accepted}" != accepted ] && [ "$expected" != accepted ] && grep -qF "$expected" <<<"$said"; then continue; fi
  if [ -z "$said" ] && [ "$expected" = accepted ]; then continue; fi
  echo "$body: expected \"$expected\", clang says: ${said:-nothing}"
  problems=$((problems + 1))
done
echo "${#accesses[@]} accesses tried, $problems judged wrongly"
[ "$problems" = 0 ]
