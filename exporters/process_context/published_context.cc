#include "exporters/process_context/published_context.h"

#include <pthread.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <utility>

#include "metrics_core/mutex.h"

namespace streamhouse::exporters {
namespace {

using metrics::Status;
using metrics::StatusCode;

constexpr const char* kName = "OTEL_CTX";
constexpr std::uint32_t kVersion = 2;

// As the specification lays it out.
struct Header {
  char signature[8];
  std::uint32_t version;
  std::uint32_t message_bytes;
  std::uint64_t published_at;  // of CLOCK_BOOTTIME; 0: not to be read
  std::uint64_t message_address;
};
static_assert(sizeof(Header) == 32);

struct Published {
  metrics::Mutex mutex;
  Header* header STREAMHOUSE_GUARDED_BY(mutex) = nullptr;  // null: there is no context
  pid_t process STREAMHOUSE_GUARDED_BY(mutex) = 0;         // that has mapped it

  // A child of _Fork() has neither the mapping nor a say in what has taken its place.
  bool IsOfThisProcess() const STREAMHOUSE_REQUIRES(mutex) { return header != nullptr && process == getpid(); }
  std::string message STREAMHOUSE_GUARDED_BY(mutex);
};

// It outlives all that may fork while the process ends.
Published& ThePublished() {
  static auto* const kPublished = new Published;
  return *kPublished;
}

std::uint64_t BootNanoseconds() {
  timespec now = {};
  clock_gettime(CLOCK_BOOTTIME, &now);
  constexpr std::uint64_t kNanosecondsPerSecond = 1'000'000'000;
  return static_cast<std::uint64_t>(now.tv_sec) * kNanosecondsPerSecond + static_cast<std::uint64_t>(now.tv_nsec);
}

// -1 where the system has no such files. Kernels before 6.3 refuse the last flag.
int MakeNamedMemory() {
  constexpr unsigned kNoExec = 8;  // MFD_NOEXEC_SEAL
  constexpr unsigned kFlags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
  const int descriptor = memfd_create(kName, kFlags | kNoExec);
  return descriptor >= 0 ? descriptor : memfd_create(kName, kFlags);
}

// Whether the mapping has the name afterwards.
bool NameMapping(void* mapping) {
  constexpr int kSetVma = 0x53564d41;  // PR_SET_VMA, from Linux 5.17 on
  constexpr unsigned long kSetName = 0;
  return prctl(kSetVma, kSetName, mapping, sizeof(Header), kName) == 0;
}

// Calls the system only: the child of a fork may do nothing else. Null, with errno, where it fails.
Header* MapHeader(const std::string& message) {
  const int descriptor = MakeNamedMemory();
  const bool has_file = descriptor >= 0 && ftruncate(descriptor, sizeof(Header)) == 0;
  const int flags = has_file ? MAP_PRIVATE : MAP_PRIVATE | MAP_ANONYMOUS;
  void* const mapping = mmap(nullptr, sizeof(Header), PROT_READ | PROT_WRITE, flags, has_file ? descriptor : -1, 0);
  if (descriptor >= 0) close(descriptor);
  if (mapping == MAP_FAILED) return nullptr;
  // A child would show the header of its parent.
  if (madvise(mapping, sizeof(Header), MADV_DONTFORK) != 0) {
    munmap(mapping, sizeof(Header));
    return nullptr;
  }
  auto* const header = static_cast<Header*>(mapping);
  std::memcpy(header->signature, kName, sizeof(header->signature));
  header->version = kVersion;
  header->message_bytes = static_cast<std::uint32_t>(message.size());
  header->message_address = reinterpret_cast<std::uintptr_t>(message.data());
  const std::uint64_t published_at = std::max<std::uint64_t>(BootNanoseconds(), 1);
  // Sequentially consistent order, as the specification asks: a reader in another process that sees
  // the time sees the other fields. A store, because ThreadSanitizer knows no fences.
  std::atomic_ref(header->published_at).store(published_at, std::memory_order_seq_cst);
  // After the time: readers may wait for this call.
  if (!NameMapping(mapping) && !has_file) {
    munmap(mapping, sizeof(Header));
    errno = ENOTSUP;
    return nullptr;
  }
  return header;
}

// The lock is held across fork(), so that the child finds a whole state.
void BeforeFork() STREAMHOUSE_UNCHECKED {
  ThePublished().mutex.Lock();
}
void InParent() STREAMHOUSE_UNCHECKED {
  ThePublished().mutex.Unlock();
}
// The child has the message at the same address, and no mapping.
void InChild() STREAMHOUSE_UNCHECKED {
  Published& published = ThePublished();
  if (published.header != nullptr) published.header = MapHeader(published.message);
  published.process = getpid();
  published.mutex.Unlock();
}

}  // namespace

Status PublishContext(std::string message) {
  static const int handled = pthread_atfork(BeforeFork, InParent, InChild);
  if (handled != 0) return {StatusCode::kUnavailable, "no memory to follow forks of the process"};
  Published& published = ThePublished();
  const metrics::MutexLock lock(published.mutex);
  if (published.IsOfThisProcess()) {
    return {StatusCode::kFailedPrecondition, "the process shows a context already"};
  }
  published.message = std::move(message);
  published.header = MapHeader(published.message);
  published.process = getpid();
  if (published.header != nullptr) return Status::Ok();
  if (errno == ENOTSUP) {
    return {StatusCode::kUnavailable,
            "no reader would find a context: the system refuses memfd_create, and gives mappings no name "
            "(PR_SET_VMA, from Linux 5.17 on)"};
  }
  return {StatusCode::kUnavailable, std::string("cannot map a context: ") + strerrorname_np(errno)};
}

void WithdrawContext() {
  Published& published = ThePublished();
  const metrics::MutexLock lock(published.mutex);
  if (!published.IsOfThisProcess()) return;
  munmap(std::exchange(published.header, nullptr), sizeof(Header));
}

}  // namespace streamhouse::exporters
