#include "exporters/process_context/published_context.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstddef>
#include <fstream>
#include <string>

#include "metrics_core/status.h"

namespace streamhouse::exporters {
namespace {

using metrics::Status;
using metrics::StatusCode;

// The mappings of this process that readers take for a context.
std::size_t Mappings() {
  std::ifstream maps("/proc/self/maps");
  std::size_t found = 0;
  for (std::string line; std::getline(maps, line);) found += line.find("OTEL_CTX") == std::string::npos ? 0 : 1;
  return found;
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

}  // namespace
}  // namespace streamhouse::exporters
