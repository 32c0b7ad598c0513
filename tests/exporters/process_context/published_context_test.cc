#include "exporters/process_context/published_context.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstddef>
#include <fstream>
#include <string>

#include "metrics_core/status.h"

namespace streamhouse::exporters {
namespace {

using metrics::Status;
using metrics::StatusCode;

// As a kernel that has neither of them.
std::atomic<bool> g_is_old{false};

}  // namespace

// In place of the C library's.
extern "C" int memfd_create(const char* name, unsigned int flags) noexcept {
  if (g_is_old) return errno = ENOSYS, -1;
  return static_cast<int>(syscall(SYS_memfd_create, name, flags));
}
extern "C" int prctl(int option, ...) noexcept {
  va_list list;
  va_start(list, option);
  unsigned long given[4];
  for (unsigned long& argument : given) argument = va_arg(list, unsigned long);
  va_end(list);
  if (g_is_old) return errno = EINVAL, -1;
  return static_cast<int>(syscall(SYS_prctl, option, given[0], given[1], given[2], given[3]));
}

namespace {

// The mappings of this process that readers take for a context.
std::size_t Mappings() {
  std::ifstream maps("/proc/self/maps");
  std::size_t found = 0;
  for (std::string line; std::getline(maps, line);) found += line.find("OTEL_CTX") == std::string::npos ? 0 : 1;
  return found;
}

bool EndsWell(pid_t child) {
  int status = -1;
  return waitpid(child, &status, 0) == child && status == 0;
}

// Where the context of this process is.
void* PlaceOfTheMapping() {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    if (line.find("OTEL_CTX") != std::string::npos) return reinterpret_cast<void*>(std::stoull(line, nullptr, 16));
  }
  return nullptr;
}

TEST(PublishedContextTest, IsOneOfAProcess) {
  EXPECT_EQ(PublishContext("a"), Status::Ok());
  EXPECT_EQ(PublishContext("b").code(), StatusCode::kFailedPrecondition);
  EXPECT_EQ(Mappings(), 1U);
  WithdrawContext();
  EXPECT_EQ(Mappings(), 0U);
}

TEST(PublishedContextTest, IsWithdrawnTwiceAndPublishedAgain) {
  WithdrawContext();
  WithdrawContext();
  EXPECT_EQ(PublishContext("a"), Status::Ok());
  EXPECT_EQ(Mappings(), 1U);
  WithdrawContext();
}

// The handlers of fork() leave both processes able to do so.
TEST(PublishedContextTest, IsWithdrawnInTheChildOfAForkAndInItsParent) {
  ASSERT_EQ(PublishContext("a"), Status::Ok());
  const pid_t child = fork();
  if (child == 0) {
    alarm(60);  // ends a child that waits for a lock
    WithdrawContext();
    _exit(Mappings() == 0 ? 0 : 1);
  }
  int ended = -1;
  ASSERT_EQ(waitpid(child, &ended, 0), child);
  EXPECT_EQ(ended, 0);
  EXPECT_EQ(Mappings(), 1U);
  WithdrawContext();
  EXPECT_EQ(Mappings(), 0U);
}

// Goal: a child that has no mapping unmaps nothing. Method: it maps another page at that place.
TEST(PublishedContextTest, LeavesWhatAChildOfABareForkHasAtItsPlace) {
  ASSERT_EQ(PublishContext("a"), Status::Ok());
  void* const place = PlaceOfTheMapping();
  const pid_t child = _Fork();
  if (child == 0) {
    const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE;
    const bool is_mapped = mmap(place, 1, PROT_READ | PROT_WRITE, flags, -1, 0) == place;
    WithdrawContext();
    unsigned char is_present = 0;
    _exit(is_mapped && mincore(place, 1, &is_present) == 0 ? 0 : 1);
  }
  EXPECT_TRUE(EndsWell(child));
  WithdrawContext();
}

TEST(PublishedContextTest, NamesTheCallsThatAnOldKernelLacks) {
  g_is_old = true;
  const Status refused = PublishContext("a");
  g_is_old = false;
  EXPECT_EQ(refused, Status(StatusCode::kUnavailable,
                            "no reader would find a context: the system refuses memfd_create, and gives mappings no "
                            "name (PR_SET_VMA, from Linux 5.17 on)"));
}

}  // namespace
}  // namespace streamhouse::exporters
