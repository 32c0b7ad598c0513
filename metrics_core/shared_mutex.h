// SharedMutex, ReadLock, WriteLock: a lock for many readers or one writer, annotated as Mutex is.
//
// When to use something else: Mutex (mutex.h) costs less where there is one thread, or where
// readers may wait for each other.
// Guarantees:
// 1. The clang stage of tools/test refuses a read of a member marked STREAMHOUSE_GUARDED_BY(mutex_)
//    without mutex_, and a write without a WriteLock.
// 2. GCC sees plain locks of std.
// Thread safety: any thread.
// Cost: that of std::shared_mutex.
//
//   SharedMutex mutex_;
//   int value_ STREAMHOUSE_GUARDED_BY(mutex_) = 0;
//   ...
//   const ReadLock lock(mutex_);
//   return value_;
#pragma once

#include <shared_mutex>

#include "metrics_core/mutex.h"

namespace streamhouse::metrics {

// ReadLock and WriteLock hold it.
class STREAMHOUSE_THREAD_ATTRIBUTE(capability("shared mutex")) SharedMutex {
 public:
  SharedMutex() = default;
  SharedMutex(const SharedMutex&) = delete;
  SharedMutex& operator=(const SharedMutex&) = delete;

  void Lock() STREAMHOUSE_THREAD_ATTRIBUTE(acquire_capability()) { mutex_.lock(); }
  void Unlock() STREAMHOUSE_THREAD_ATTRIBUTE(release_capability()) { mutex_.unlock(); }
  void LockShared() STREAMHOUSE_THREAD_ATTRIBUTE(acquire_shared_capability()) { mutex_.lock_shared(); }
  void UnlockShared() STREAMHOUSE_THREAD_ATTRIBUTE(release_shared_capability()) { mutex_.unlock_shared(); }

 private:
  std::shared_mutex mutex_;
};

// Reads what the mutex guards, beside other readers.
class STREAMHOUSE_THREAD_ATTRIBUTE(scoped_lockable) ReadLock {
 public:
  explicit ReadLock(SharedMutex& mutex) STREAMHOUSE_THREAD_ATTRIBUTE(acquire_shared_capability(mutex)) : mutex_(mutex) {
    mutex_.LockShared();
  }
  ~ReadLock() STREAMHOUSE_THREAD_ATTRIBUTE(release_capability()) { mutex_.UnlockShared(); }
  ReadLock(const ReadLock&) = delete;
  ReadLock& operator=(const ReadLock&) = delete;

 private:
  SharedMutex& mutex_;
};

// Reads and changes what the mutex guards, alone.
class STREAMHOUSE_THREAD_ATTRIBUTE(scoped_lockable) WriteLock {
 public:
  explicit WriteLock(SharedMutex& mutex) STREAMHOUSE_THREAD_ATTRIBUTE(acquire_capability(mutex)) : mutex_(mutex) {
    mutex_.Lock();
  }
  ~WriteLock() STREAMHOUSE_THREAD_ATTRIBUTE(release_capability()) { mutex_.Unlock(); }
  WriteLock(const WriteLock&) = delete;
  WriteLock& operator=(const WriteLock&) = delete;

 private:
  SharedMutex& mutex_;
};

}  // namespace streamhouse::metrics
