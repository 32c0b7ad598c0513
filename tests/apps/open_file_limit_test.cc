#include "apps/open_file_limit.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

namespace streamhouse::apps {
namespace {

TEST(RaiseOpenFileLimitTest, RaisesTheSoftLimitToTheHardOne) {
  struct rlimit limit = {};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  const rlim_t hard = limit.rlim_max;
  limit.rlim_cur = 64;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
  RaiseOpenFileLimit();
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  EXPECT_EQ(limit.rlim_cur, hard);
  EXPECT_EQ(limit.rlim_max, hard);
}

}  // namespace
}  // namespace streamhouse::apps
