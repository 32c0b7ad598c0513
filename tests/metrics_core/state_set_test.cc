#include "metrics_core/state_set.h"

#include <cstddef>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "metrics_core/registry.h"
#include "tests/metrics_core/page.h"

namespace streamhouse::metrics {
namespace {

class StateSetTest : public testing::Test {
 protected:
  std::string WhyRefused(std::vector<std::string> states, std::string name = "mode") {
    return registry_.AddStateSet({.name = std::move(name), .help = "h", .labels = {"x"}}, std::move(states))
        .status()
        .message();
  }

  Registry registry_;
  Family<StateSet> family_ =
      registry_.AddStateSet({.name = "relay_mode", .help = "h"}, {"starting", "serving", "draining"}).value();
  StateSet mode_ = family_.With();
};

TEST_F(StateSetTest, AtFirstAllStatesAreOff) {
  EXPECT_EQ(Page(registry_), "relay_mode\n");
}

TEST_F(StateSetTest, SetOnlyTurnsAllOthersOff) {
  mode_.SetOnly(0);
  mode_.SetOnly(1);
  EXPECT_EQ(Page(registry_), "relay_mode is serving\n");
}

TEST_F(StateSetTest, SeveralStatesMayBeOn) {
  mode_.TurnOn(0);
  mode_.TurnOn(2);
  EXPECT_EQ(Page(registry_), "relay_mode is starting is draining\n");
  mode_.TurnOff(0);
  EXPECT_EQ(Page(registry_), "relay_mode is draining\n");
}

TEST_F(StateSetTest, APlaceBeyondTheStatesIsNoState) {
  mode_.SetOnly(1);
  for (const std::size_t beyond : {std::size_t{3}, kStatesMax, SIZE_MAX}) {
    mode_.TurnOn(beyond);
    mode_.TurnOff(beyond);
    EXPECT_EQ(Page(registry_), "relay_mode is serving\n");
  }
  mode_.SetOnly(SIZE_MAX);
  EXPECT_EQ(Page(registry_), "relay_mode\n");
}

// Goal: changes of different states never undo each other. Method: each thread turns its own state
// on and off, and ends with it on.
TEST_F(StateSetTest, LosesNoStateOfConcurrentThreads) {
  std::vector<std::jthread> threads;
  for (std::size_t state = 0; state < 3; ++state) {
    threads.emplace_back([this, state] {
      for (int i = 0; i < 10'000; ++i) {
        mode_.TurnOff(state);
        mode_.TurnOn(state);
      }
    });
  }
  threads.clear();
  EXPECT_EQ(Page(registry_), "relay_mode is starting is serving is draining\n");
}

TEST_F(StateSetTest, NoSnapshotSeesTwoStatesOrNone) {
  mode_.SetOnly(0);
  std::jthread setter([this](const std::stop_token& stop) {
    for (std::size_t i = 0; !stop.stop_requested(); ++i) mode_.SetOnly(i % 3);
  });
  for (int i = 0; i < 1'000; ++i) {
    const std::string page = Page(registry_);
    ASSERT_EQ(page.find(" is "), page.rfind(" is ")) << page;
    ASSERT_NE(page.find(" is "), std::string::npos);
  }
}

TEST_F(StateSetTest, ADefaultConstructedSetIsASink) {
  const StateSet sink;
  sink.SetOnly(0);
  sink.TurnOn(1);
  EXPECT_EQ(Page(registry_), "relay_mode\n");
}

TEST_F(StateSetTest, StatesAreDistinctAndNotEmpty) {
  const std::string rule =
      "metric \"mode\": a state set has 1 to 64 states, whose names are distinct, in UTF-8 and not empty";
  EXPECT_EQ(WhyRefused({}), rule);
  EXPECT_EQ(WhyRefused({"a", "a"}), rule);
  EXPECT_EQ(WhyRefused({""}), rule);
  EXPECT_EQ(WhyRefused(std::vector<std::string>(65, "a")), rule);
  EXPECT_EQ(WhyRefused({"any \"text\""}), "");
}

TEST_F(StateSetTest, ItsNameIsTheNameOfALabel) {
  EXPECT_EQ(WhyRefused({"a"}, "x"), "metric \"x\": label \"x\" is the state set's own");
  EXPECT_EQ(WhyRefused({"a"}, "a:b"),
            "metric \"a:b\": the name of a state set matches [a-zA-Z_][a-zA-Z0-9_]* and does not start with \"__\"");
}

// Readers of legacy names see it as well.
TEST(Utf8StateSetTest, ItsNameIsTheNameOfALabelByEveryEscaping) {
  Registry registry({.names = NameRules::kUtf8});
  const auto refused = [&](std::string name, std::vector<std::string> labels) {
    return registry.AddStateSet({.name = std::move(name), .help = "h", .labels = std::move(labels)}, {"on", "off"})
        .status()
        .message();
  };
  EXPECT_EQ(refused("relay.mode", {"relay_mode"}),
            "metric \"relay.mode\": label \"relay_mode\" is the state set's own");
  const std::string not_legal =
      "the name of a state set, escaped with underscores, matches [a-zA-Z_][a-zA-Z0-9_]* and does not start with "
      "\"__\"";
  EXPECT_EQ(refused("relay:mode", {}), "metric \"relay:mode\": " + not_legal);
  EXPECT_EQ(refused("..mode", {}), "metric \"..mode\": " + not_legal);
  EXPECT_EQ(refused("relay.mode", {"node.name"}), "");
}

TEST_F(StateSetTest, OtherStatesAreAnotherDefinition) {
  const MetricOptions options = {.name = "relay_mode", .help = "h"};
  EXPECT_TRUE(registry_.AddStateSet(options, {"starting", "serving", "draining"}).ok());
  EXPECT_EQ(registry_.AddStateSet(options, {"starting"}).status().code(), StatusCode::kAlreadyExists);
}

}  // namespace
}  // namespace streamhouse::metrics
