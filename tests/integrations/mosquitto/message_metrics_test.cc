#include "integrations/mosquitto/message_metrics.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "integrations/mosquitto/topic_filter.h"
#include "metrics_core/reading/family_values.h"
#include "metrics_core/reading/snapshot.h"
#include "metrics_core/registry.h"
#include "metrics_core/testing/metric_reader.h"

namespace streamhouse::mosquitto_plugin {
namespace {

using metrics::testing::MetricReader;

constexpr const char* kByPrefix = "mosquitto_prefix_publishes_received_total";
constexpr const char* kBytesByPrefix = "mosquitto_prefix_payload_received_bytes_total";

std::int64_t now = 0;

// Adds up the increases of all series of a family. Unlike Prometheus' increase(), it also counts
// the first value of a series that was not there before.
class ReaderFromZero {
 public:
  explicit ReaderFromZero(metrics::Registry& registry) : registry_(registry) {}

  void Look() {
    std::map<std::string, std::uint64_t, std::less<>> now_read;
    const metrics::Snapshot snapshot = registry_.TakeSnapshot();
    for (const metrics::FamilySnapshot& family : snapshot.families()) {
      if (family.info().name != kByPrefix) continue;
      const auto& values = family.As<metrics::CounterValues<std::uint64_t>>();
      for (std::size_t i = 0; i < family.size(); ++i) now_read[std::string(family.label_text(i))] = values[i];
    }
    for (const auto& [labels, value] : now_read) {
      const auto before = read_.find(labels);
      sum_ += before == read_.end() || value < before->second ? value : value - before->second;
    }
    read_ = std::move(now_read);
  }
  std::uint64_t sum() const { return sum_; }

 private:
  metrics::Registry& registry_;
  std::map<std::string, std::uint64_t, std::less<>> read_;
  std::uint64_t sum_ = 0;
};

class MessageMetricsTest : public ::testing::Test {
 protected:
  MessageMetricsTest() { now = 0; }

  void Register(MessageMetricsOptions options) {
    messages_.emplace(
        MessageMetrics::Register(registry_, std::move(options), [] { return std::int64_t{now}; }).value());
  }
  void Publish(std::string_view topic, int times = 1) {
    for (int i = 0; i < times; ++i) messages_->Count(topic, 10, 0, Retain::kNo);
  }
  void EndPeriod() { now += std::chrono::nanoseconds(kPrefixPeriod).count(); }
  // A prefix takes a place over when it wins two periods.
  void WinTwoPeriods(std::string_view prefix, int times) {
    for (int period = 0; period < 2; ++period) {
      Publish(prefix, times - 1);
      EndPeriod();
      Publish(prefix);  // ends the period
    }
  }
  std::optional<double> OfPrefix(std::string_view prefix) {
    return MetricReader(registry_).Value(kByPrefix, {{"prefix", prefix}});
  }

  metrics::Registry registry_;
  std::optional<MessageMetrics> messages_;
};

TEST_F(MessageMetricsTest, EachQosAndRetainHasASeriesFromTheStart) {
  Register({});
  EXPECT_EQ(MetricReader(registry_).SeriesCount("mosquitto_publishes_received_total"), 9U);
  messages_->Count("a", 1, 2, Retain::kSet);
  messages_->Count("a", 0, 1, Retain::kClear);
  const MetricReader page(registry_);
  EXPECT_EQ(page.Value("mosquitto_publishes_received_total", {{"qos", "2"}, {"retain", "set"}}), 1);
  EXPECT_EQ(page.Value("mosquitto_publishes_received_total", {{"qos", "1"}, {"retain", "clear"}}), 1);
  EXPECT_EQ(page.Value("mosquitto_publishes_received_total", {{"qos", "0"}, {"retain", "no"}}), 0);
}

TEST_F(MessageMetricsTest, PayloadsAreInAHistogram) {
  Register({});
  messages_->Count("a", 16, 0, Retain::kNo);
  messages_->Count("a", 17, 0, Retain::kNo);
  const MetricReader page(registry_);
  const auto sizes = page.Histogram("mosquitto_publish_payload_bytes");
  EXPECT_EQ(sizes->count, 2U);
  EXPECT_EQ(sizes->sum, 33);
}

TEST_F(MessageMetricsTest, TheFirstRuleThatMatchesNamesThePrefix) {
  Register({.topic_rules = {"device/+/state", "device/#"}, .prefix_series_max = 5});
  Publish("device/7/state");
  Publish("device/7/log");
  Publish("other/7");
  EXPECT_EQ(OfPrefix("device/+/state"), 1);
  EXPECT_EQ(OfPrefix("device/#"), 1);
  EXPECT_EQ(OfPrefix("other"), 1);
  EXPECT_EQ(OfPrefix("#"), 0);
}

TEST_F(MessageMetricsTest, WithoutLevelsOnlyRulesHaveSeries) {
  Register({.topic_rules = {"a/#"}, .topic_levels = 0});
  Publish("a/b");
  Publish("c/d");
  EXPECT_EQ(OfPrefix("a/#"), 1);
  EXPECT_EQ(OfPrefix("#"), 1);
  EXPECT_EQ(MetricReader(registry_).SeriesCount(kByPrefix), 2U);
}

TEST_F(MessageMetricsTest, ALongPrefixIsOneOfTheOthers) {
  Register({.prefix_series_max = 5});
  Publish(std::string(kPrefixBytesMax + 1, 'x') + "/y");
  EXPECT_EQ(OfPrefix("#"), 1);
}

TEST_F(MessageMetricsTest, ThePrefixThatAFamilyKeepsForItselfIsOneOfTheOthers) {
  Register({.prefix_series_max = 5});
  Publish("_overflow/a");
  EXPECT_EQ(OfPrefix("#"), 1);
  EXPECT_EQ(OfPrefix("_overflow"), std::nullopt);
}

TEST_F(MessageMetricsTest, APrefixBeyondTheLimitIsOneOfTheOthers) {
  Register({.prefix_series_max = 2});
  Publish("a/1");
  Publish("b/1");
  Publish("c/1");
  EXPECT_EQ(OfPrefix("#"), 1);
  EXPECT_EQ(MetricReader(registry_).Value(kBytesByPrefix, {{"prefix", "#"}}), 10);
  EXPECT_EQ(OfPrefix("c"), std::nullopt);
}

TEST_F(MessageMetricsTest, ABusierPrefixGetsASeriesAtTheEndOfAPeriodAndBeginsAtZero) {
  Register({.prefix_series_max = 1});
  Publish("quiet", 3);
  WinTwoPeriods("busy", 20);  // with its last message still one of the others
  EXPECT_EQ(OfPrefix("quiet"), std::nullopt);
  EXPECT_EQ(OfPrefix("busy"), 0);
  EXPECT_EQ(OfPrefix("#"), 40);
  Publish("busy", 2);
  EXPECT_EQ(OfPrefix("busy"), 2);
  EXPECT_EQ(MetricReader(registry_).Value("mosquitto_prefix_series_replaced_total"), 1);
}

TEST_F(MessageMetricsTest, APrefixThatComesBackBeginsAtZero) {
  Register({.prefix_series_max = 1});
  Publish("a", 5);
  WinTwoPeriods("b", 20);
  ASSERT_EQ(OfPrefix("a"), std::nullopt);
  WinTwoPeriods("a", 20);
  EXPECT_EQ(OfPrefix("a"), 0);
  EXPECT_EQ(OfPrefix("b"), std::nullopt);
}

// The method: a reader that looks at the page after each message adds up what each series has
// gained.
TEST_F(MessageMetricsTest, TheSumOfIncreasesFromZeroIsThatOfTheMessages) {
  constexpr int kMessages = 2'000;
  Register({.prefix_series_max = 3});
  ReaderFromZero reader(registry_);
  for (int i = 0; i < kMessages; ++i) {
    Publish("p" + std::to_string((i / 300 + i % 7) % 12));
    if (i % 100 == 0) EndPeriod();
    reader.Look();
  }
  EXPECT_EQ(reader.sum(), kMessages);
  EXPECT_GT(MetricReader(registry_).Value("mosquitto_prefix_series_replaced_total"), 1);
}

TEST_F(MessageMetricsTest, APrefixNamedAsARuleSharesTheSeriesOfTheRule) {
  Register({.topic_rules = {"home"}, .prefix_series_max = 1});
  Publish("home");
  Publish("home/light");
  EXPECT_EQ(OfPrefix("home"), 2);
  WinTwoPeriods("busy", 20);
  EXPECT_EQ(OfPrefix("home"), 2);
  EXPECT_EQ(OfPrefix("busy"), 0);
}

}  // namespace
}  // namespace streamhouse::mosquitto_plugin
