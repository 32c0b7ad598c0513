#include "integrations/mosquitto/event_callbacks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <new>
#include <string>

#include "tests/integrations/mosquitto/fake_broker.h"
#include "tests/integrations/mosquitto/scarce_memory.h"

namespace streamhouse::mosquitto_plugin {
namespace {

using ::testing::HasSubstr;

constexpr int kNewerEvent = FakeBroker::kLastEventOf20 + 1;

int CountUp(int /*event*/, void* /*data*/, void* count) {
  ++*static_cast<int*>(count);
  return MOSQ_ERR_SUCCESS;
}

class EventCallbacksTest : public ::testing::Test {
 protected:
  FakeBroker broker_{FakeBroker::kLastEventOf20};
  int count_ = 0;
};

TEST_F(EventCallbacksTest, TheBrokerCallsWithTheUserData) {
  EventCallbacks callbacks(broker_.identifier());
  EXPECT_TRUE(callbacks.Add(MOSQ_EVT_TICK, &CountUp, &count_, "ticks").ok());
  EXPECT_EQ(broker_.Tell(MOSQ_EVT_TICK, nullptr), MOSQ_ERR_SUCCESS);
  EXPECT_EQ(count_, 1);
}

TEST_F(EventCallbacksTest, TheDestructorTakesBackEveryCallback) {
  {
    EventCallbacks callbacks(broker_.identifier());
    EXPECT_TRUE(callbacks.Add(MOSQ_EVT_TICK, &CountUp, &count_, "ticks").ok());
    EXPECT_TRUE(callbacks.TryAdd(MOSQ_EVT_RELOAD, &CountUp, &count_));
    EXPECT_EQ(broker_.callbacks(), 2U);
  }
  EXPECT_EQ(broker_.callbacks(), 0U);
}

// The method: each allocation of a registration fails once.
TEST_F(EventCallbacksTest, WhatHasNoMemoryIsNotRegisteredForGood) {
  int failing = 0;
  for (bool is_added = false; !is_added && failing < 10; ++failing) {
    EventCallbacks callbacks(broker_.identifier());
    try {
      const FailingAllocation failure(failing);
      is_added = callbacks.TryAdd(MOSQ_EVT_TICK, &CountUp, &count_);
    } catch (const std::bad_alloc&) {
      EXPECT_FALSE(is_added);
    }
  }
  EXPECT_GT(failing, 1);
  EXPECT_EQ(broker_.callbacks(), 0U);
}

TEST_F(EventCallbacksTest, AnErrorNamesTheEventThatTheBrokerDoesNotKnow) {
  EventCallbacks callbacks(broker_.identifier());
  const metrics::Status added = callbacks.Add(kNewerEvent, &CountUp, &count_, "connects");
  EXPECT_EQ(added.code(), metrics::StatusCode::kFailedPrecondition);
  EXPECT_THAT(added.message(), HasSubstr("connects: error " + std::to_string(MOSQ_ERR_NOT_SUPPORTED)));
}

TEST_F(EventCallbacksTest, AnEventThatTheBrokerMayNotKnowIsTried) {
  EventCallbacks callbacks(broker_.identifier());
  EXPECT_FALSE(callbacks.TryAdd(kNewerEvent, &CountUp, &count_));
  EXPECT_TRUE(callbacks.TryAdd(MOSQ_EVT_TICK, &CountUp, &count_));
}

TEST_F(EventCallbacksTest, ARefusedCallbackOfTheSameFileLeavesThatOfTheFirstLine) {
  EventCallbacks first(broker_.identifier());
  EXPECT_TRUE(first.Add(MOSQ_EVT_TICK, &CountUp, &count_, "ticks").ok());
  {
    EventCallbacks second(broker_.identifier());
    const metrics::Status added = second.Add(MOSQ_EVT_TICK, &CountUp, &count_, "ticks");
    EXPECT_THAT(added.message(), HasSubstr("another `plugin` line"));
  }
  EXPECT_EQ(broker_.callbacks(), 1U);
}

}  // namespace
}  // namespace streamhouse::mosquitto_plugin
