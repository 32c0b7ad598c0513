#include "apps/top/current_figures.h"

#include <gtest/gtest.h>

#include <string>

#include "metrics_core/status.h"

namespace streamhouse::apps {
namespace {

using metrics::Status;
using metrics::StatusCode;

Reading StartedAt(double unix_seconds) {
  Reading reading;
  reading.page.numbers["process_start_time_seconds"][{}] = unix_seconds;
  return reading;
}

class CurrentFiguresTest : public testing::Test {
 protected:
  CurrentFiguresTest() {
    current_.Add("http://a:1");
    current_.Add("http://b:1");
  }

  Figure Uptime(double unix_seconds) { return current_.Get(unix_seconds).programs[0].uptime_seconds; }

  CurrentFigures current_;
};

TEST_F(CurrentFiguresTest, AreComputedOnceForAReading) {
  current_.Take(0, StartedAt(10));
  EXPECT_EQ(Uptime(30), 20);
  EXPECT_EQ(Uptime(40), 20);
  current_.Take(1, Status(StatusCode::kUnavailable, "refused"));
  EXPECT_EQ(Uptime(50), 40);
}

TEST_F(CurrentFiguresTest, NameEachProgramBeforeItIsAsked) {
  const Figures& figures = current_.Get(0);
  ASSERT_EQ(figures.programs.size(), 2U);
  EXPECT_EQ(figures.programs[1].url, "http://b:1");
  EXPECT_FALSE(figures.programs[1].was_asked);
  EXPECT_FALSE(current_.HasResponse());
}

TEST_F(CurrentFiguresTest, LoseAProgramThatFails) {
  current_.Take(1, StartedAt(10));
  EXPECT_TRUE(current_.HasResponse());
  EXPECT_TRUE(current_.Get(0).programs[1].has_answered);
  current_.Take(1, Status(StatusCode::kUnavailable, "refused"));
  EXPECT_FALSE(current_.HasResponse());
  EXPECT_FALSE(current_.Get(0).programs[1].has_answered);
  EXPECT_EQ(current_.Get(0).programs[1].note, "refused");
}

}  // namespace
}  // namespace streamhouse::apps
