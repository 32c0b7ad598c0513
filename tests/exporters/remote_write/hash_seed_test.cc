#include "exporters/remote_write/hash_seed.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <string>
#include <thread>

namespace streamhouse::exporters {
namespace {

TEST(HashSeedTest, IsOneNumberInAllThreads) {
  std::uint64_t seed = 0;
  std::thread([&seed] { seed = HashSeed(); }).join();
  EXPECT_EQ(HashSeed(), seed);
}

TEST(HashSeedTest, IsThatOfTheParentInAChildOfFork) {
  const std::uint64_t seed = HashSeed();
  const pid_t child = fork();
  if (child == 0) _exit(HashSeed() == seed ? 0 : 1);
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

// Method: a death test of this style starts the program again, with the variables of this start.
TEST(HashSeedTest, IsAnotherNumberInAnotherStartOfTheProgram) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  constexpr const char* kVariable = "HASH_SEED_OF_THE_FIRST_START";
  constexpr int kKeepsValue = 0;
  setenv(kVariable, std::to_string(HashSeed()).c_str(), kKeepsValue);
  const auto is_another = [&] { return getenv(kVariable) != std::to_string(HashSeed()); };
  EXPECT_EXIT(_exit(is_another() ? 0 : 1), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace streamhouse::exporters
