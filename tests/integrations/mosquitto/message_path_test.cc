// A message of a prefix with a series, and a pass of the loop, allocate nothing and call no system:
// the broker waits for the plugin with each of them.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cstdint>
#include <memory>

#include "integrations/mosquitto/event_callbacks.h"
#include "integrations/mosquitto/event_counts.h"
#include "integrations/mosquitto/plugin_options.h"
#include "metrics_core/health.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"
#include "tests/integrations/mosquitto/fake_broker.h"
#include "tests/integrations/mosquitto/scarce_memory.h"

namespace streamhouse::mosquitto_plugin {
namespace {

// The kernel reads it at each system call of the thread that has asked for it.
volatile char selector = SYSCALL_DISPATCH_FILTER_ALLOW;
volatile bool has_called = false;

// Of the thread that called the system while it must not. From then on it may.
void NoteCall(int /*signal*/) {
  selector = SYSCALL_DISPATCH_FILTER_ALLOW;
  has_called = true;
}

// Whether the work calls the system; its first call is not made.
template <typename Work>
bool CallsTheSystem(const Work& work) {
  signal(SIGSYS, &NoteCall);
  const bool is_set = prctl(PR_SET_SYSCALL_USER_DISPATCH, PR_SYS_DISPATCH_ON, 0, 0, &selector) == 0;
  metrics::Check(is_set, "system calls can be noticed");
  has_called = false;
  selector = SYSCALL_DISPATCH_FILTER_BLOCK;
  work();
  selector = SYSCALL_DISPATCH_FILTER_ALLOW;
  prctl(PR_SET_SYSCALL_USER_DISPATCH, PR_SYS_DISPATCH_OFF, 0, 0, 0);
  return has_called;
}

class MessagePathTest : public ::testing::Test {
 protected:
  MessagePathTest() {
    metrics::Check(counts_->AddTo(callbacks_, registry_, options_).ok(), "the events are registered");
    PublishAndPass();  // makes the series, and what a thread needs for its first recording
  }
  void PublishAndPass() {
    for (const char* const topic : {"sensors/7", "device/7/state", "$other", ""}) broker_.Publish(client_, topic, 1);
    broker_.Tick();
  }

  const PluginOptions options_ = {.topic_rules = {"device/+/state"}};
  metrics::Registry registry_;
  metrics::Health health_;
  FakeBroker broker_{FakeBroker::kLastEventOf20};
  std::unique_ptr<EventCounts> counts_ = EventCounts::Register(registry_, health_, options_).value();
  EventCallbacks callbacks_{broker_.identifier()};
  const ::mosquitto client_ = {.id = "client"};
};

TEST_F(MessagePathTest, AllocatesNothing) {
  const std::uint64_t before = AllocationsOfThread();
  PublishAndPass();
  EXPECT_EQ(AllocationsOfThread(), before);
}

TEST_F(MessagePathTest, CallsNoSystem) {
  EXPECT_FALSE(CallsTheSystem([this] { PublishAndPass(); }));
}

TEST_F(MessagePathTest, ACallOfTheSystemIsNoticed) {
  EXPECT_TRUE(CallsTheSystem([] { getppid(); }));
}

TEST_F(MessagePathTest, ANewPrefixAllocates) {
  const std::uint64_t before = AllocationsOfThread();
  broker_.Publish(client_, "new", 1);
  EXPECT_GT(AllocationsOfThread(), before);
}

}  // namespace
}  // namespace streamhouse::mosquitto_plugin
