// Mutex, MutexLock, CondVar: the locks of std, annotated so that clang finds an access without the
// lock.
//
// When to use something else: the recording path takes no lock at all. SharedMutex (shared_mutex.h)
// is for readers that must not wait for each other.
// Guarantees:
// 1. The clang stage of tools/test refuses an access to a member marked
//    STREAMHOUSE_GUARDED_BY(mutex_) without mutex_.
// 2. It also refuses a call of a function marked STREAMHOUSE_REQUIRES(mutex_) without mutex_.
// 3. GCC sees plain locks of std.
// Thread safety: any thread.
// Cost: that of std::mutex. A CondVar takes a lock of its own besides, in each wait and each
// notification.
// Macros: attributes cannot be written in another way that GCC accepts without a warning.
//
//   Mutex mutex_;
//   CondVar changed_;
//   int waiting_ STREAMHOUSE_GUARDED_BY(mutex_) = 0;
//   ...
//   MutexLock lock(mutex_);
//   changed_.Wait(mutex_, [this]() STREAMHOUSE_REQUIRES(mutex_) { return waiting_ == 0; });
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <utility>

#ifdef __clang__
#define STREAMHOUSE_THREAD_ATTRIBUTE(attribute) __attribute__((attribute))
#else
#define STREAMHOUSE_THREAD_ATTRIBUTE(attribute)
#endif

// Of a member: it is read and written only under the mutex.
#define STREAMHOUSE_GUARDED_BY(mutex) STREAMHOUSE_THREAD_ATTRIBUTE(guarded_by(mutex))
// Of a function or lambda: the caller holds the mutex.
#define STREAMHOUSE_REQUIRES(...) STREAMHOUSE_THREAD_ATTRIBUTE(requires_capability(__VA_ARGS__))
// Of a function: the caller does not hold the mutex, because the function takes it.
#define STREAMHOUSE_EXCLUDES(...) STREAMHOUSE_THREAD_ATTRIBUTE(locks_excluded(__VA_ARGS__))

// Of a function: clang does not check it. For a mutex that one function locks and another unlocks.
#define STREAMHOUSE_UNCHECKED STREAMHOUSE_THREAD_ATTRIBUTE(no_thread_safety_analysis)

namespace streamhouse::metrics {

class STREAMHOUSE_THREAD_ATTRIBUTE(capability("mutex")) Mutex {
 public:
  Mutex() = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  void Lock() STREAMHOUSE_THREAD_ATTRIBUTE(acquire_capability()) { mutex_.lock(); }
  void Unlock() STREAMHOUSE_THREAD_ATTRIBUTE(release_capability()) { mutex_.unlock(); }
  bool TryLock() STREAMHOUSE_THREAD_ATTRIBUTE(try_acquire_capability(true)) { return mutex_.try_lock(); }

  // Tells clang that this thread holds the mutex, and does nothing else. For a lambda that a
  // function with the mutex calls: clang checks it as a function of its own.
  void AssertHeld() const STREAMHOUSE_THREAD_ATTRIBUTE(assert_capability(this)) {}

 private:
  friend class CondVar;

  std::mutex mutex_;
};

// Holds a Mutex from its construction to its destruction, but for the time between Unlock() and
// Lock().
class STREAMHOUSE_THREAD_ATTRIBUTE(scoped_lockable) MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) STREAMHOUSE_THREAD_ATTRIBUTE(acquire_capability(mutex)) : mutex_(mutex) {
    mutex_.Lock();
  }
  ~MutexLock() STREAMHOUSE_THREAD_ATTRIBUTE(release_capability()) {
    if (is_held_) mutex_.Unlock();
  }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

  void Lock() STREAMHOUSE_THREAD_ATTRIBUTE(acquire_capability()) {
    mutex_.Lock();
    is_held_ = true;
  }
  void Unlock() STREAMHOUSE_THREAD_ATTRIBUTE(release_capability()) {
    is_held_ = false;
    mutex_.Unlock();
  }

 private:
  Mutex& mutex_;
  bool is_held_ = true;
};

// A wait gives the mutex back while it sleeps, and holds it again when it returns. It ends only
// when the condition holds, the deadline has passed or a stop was requested; the result is that of
// the condition.
class CondVar {
 public:
  template <typename Condition>
  void Wait(Mutex& mutex, Condition condition) STREAMHOUSE_REQUIRES(mutex) {
    changed_.wait(mutex.mutex_, std::move(condition));
  }

  template <typename Condition>
  bool WaitFor(Mutex& mutex, std::chrono::nanoseconds time, Condition condition) STREAMHOUSE_REQUIRES(mutex) {
    return changed_.wait_for(mutex.mutex_, time, std::move(condition));
  }

  template <typename Condition>
  bool WaitUntil(Mutex& mutex, std::chrono::steady_clock::time_point deadline, Condition condition)
      STREAMHOUSE_REQUIRES(mutex) {
    return changed_.wait_until(mutex.mutex_, deadline, std::move(condition));
  }

  template <typename Condition>
  bool WaitUntil(Mutex& mutex, std::stop_token stop, std::chrono::steady_clock::time_point deadline,
                 Condition condition) STREAMHOUSE_REQUIRES(mutex) {
    return changed_.wait_until(mutex.mutex_, std::move(stop), deadline, std::move(condition));
  }

  void NotifyOne() { changed_.notify_one(); }
  void NotifyAll() { changed_.notify_all(); }

 private:
  std::condition_variable_any changed_;
};

}  // namespace streamhouse::metrics
