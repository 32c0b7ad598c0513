#include "metrics_core/self_metrics/process_metrics.h"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdint>
#include <latch>
#include <optional>
#include <string_view>
#include <thread>
#include <vector>

#include "metrics_core/clock.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"
#include "metrics_core/testing/metric_reader.h"
#include "tests/support/eventually.h"
#include "tests/support/open_file_limit.h"

namespace streamhouse::metrics {
namespace {

class ProcessMetricsTest : public ::testing::Test {
 protected:
  double Read(std::string_view name) { return testing::MetricReader(registry_).Value(name).value_or(-1); }

  Registry registry_;
  ProcessMetrics metrics_ = ProcessMetrics::Register(registry_).value();
};

TEST_F(ProcessMetricsTest, CountsProcessorTimeOfThisProcess) {
  const double before = Read("process_cpu_seconds_total");
  // The kernel counts in hundredths of a second.
  EXPECT_TRUE(Eventually([&] { return Read("process_cpu_seconds_total") >= before + 0.05; }));
}

TEST_F(ProcessMetricsTest, KnowsHowMuchMemoryIsResident) {
  constexpr std::size_t kMore = std::size_t{64} << 20;
  const double before = Read("process_resident_memory_bytes");
  const std::vector<char> touched(kMore, 1);
  EXPECT_GE(Read("process_resident_memory_bytes"), before + kMore * 0.9);
  EXPECT_GE(Read("process_virtual_memory_bytes"), Read("process_resident_memory_bytes"));
  EXPECT_EQ(touched.back(), 1);
}

TEST_F(ProcessMetricsTest, CountsOpenFilesAndKnowsTheirLimit) {
  const double before = Read("process_open_fds");
  const int file = open("/dev/null", O_RDONLY | O_CLOEXEC);
  EXPECT_EQ(Read("process_open_fds"), before + 1);
  close(file);
  rlimit limit;
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  EXPECT_EQ(Read("process_max_fds"), static_cast<double>(limit.rlim_cur));
}

TEST_F(ProcessMetricsTest, CountsTheSameOpenFilesFromAThreadWithDescriptorsOfItsOwn) {
  const double before = Read("process_open_fds");
  double beside = 0;
  std::thread([&] {
    ASSERT_EQ(unshare(CLONE_FILES), 0);
    beside = Read("process_open_fds");
  }).join();
  EXPECT_EQ(beside, before);
}

// Method: where the thread reads through, the main thread has another file open.
TEST_F(ProcessMetricsTest, CountsAFileWithTheNumberThatAnotherThreadReadsThrough) {
  const double before = Read("process_open_fds");
  double beside = 0;
  std::latch has_left{1};
  std::latch has_opened{1};
  std::thread thread([&] {
    EXPECT_EQ(unshare(CLONE_FILES), 0);
    has_left.count_down();
    has_opened.wait();
    beside = Read("process_open_fds");
  });
  has_left.wait();
  const int file = open("/dev/null", O_RDONLY | O_CLOEXEC);
  has_opened.count_down();
  thread.join();
  EXPECT_EQ(beside, before + 1);
  close(file);
}

TEST_F(ProcessMetricsTest, CountsThreads) {
  const double before = Read("process_threads");
  double during = 0;
  std::thread([&] { during = Read("process_threads"); }).join();
  EXPECT_EQ(during, before + 1);
}

TEST_F(ProcessMetricsTest, KnowsWhenTheProcessStarted) {
  const double now = static_cast<double>(time(nullptr));
  EXPECT_LE(Read("process_start_time_seconds"), now + 1);
  EXPECT_GE(Read("process_start_time_seconds"), now - 3600);
}

TEST_F(ProcessMetricsTest, MayBeRegisteredAgain) {
  const ProcessMetrics again = ProcessMetrics::Register(registry_).value();
  EXPECT_GT(Read("process_threads"), 0);
}

TEST(ProcessMetricsCreationTest, TheTimeOfTheProcessorBeganWithTheProcess) {
  Registry registry({.creation_times = CreationTimes::kKept});
  const ProcessMetrics metrics = ProcessMetrics::Register(registry).value();
  const Snapshot snapshot = registry.TakeSnapshot();
  const FamilySnapshot& cpu = snapshot.families()[0];
  ASSERT_EQ(cpu.info().name, "process_cpu_seconds_total");
  const double began = testing::MetricReader(registry).Value("process_start_time_seconds").value();
  EXPECT_NEAR(static_cast<double>(cpu.created_unix_milliseconds(0)), began * 1e3, 1);
}

// Method: the process has no descriptor to read the kernel's files with while the metrics are
// registered.
TEST(ProcessMetricsCreationTest, ATimeWhoseStartIsUnknownBeganWhenItWasRegistered) {
  Registry registry({.creation_times = CreationTimes::kKept});
  const std::int64_t before = Clock::UnixMilliseconds();
  std::optional<ProcessMetrics> metrics;
  {
    const OpenFileLimit none(0);
    metrics = ProcessMetrics::Register(registry).value();
  }
  const Snapshot snapshot = registry.TakeSnapshot();
  ASSERT_EQ(snapshot.families()[0].info().name, "process_cpu_seconds_total");
  EXPECT_GE(snapshot.families()[0].created_unix_milliseconds(0), before);
}

}  // namespace
}  // namespace streamhouse::metrics
