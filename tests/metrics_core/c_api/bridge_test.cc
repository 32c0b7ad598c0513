#include "metrics_core/c_api/bridge.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "metrics_core/c_api/callbacks.h"
#include "metrics_core/c_api/health.h"
#include "metrics_core/c_api/registry.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"
#include "tests/metrics_core/page.h"

namespace streamhouse::metrics {
namespace {

// What STREAMHOUSE_NOEXCEPT means here; symbols_test.py finds a function of the headers without it.
static_assert(noexcept(streamhouse_registry_new()));
static_assert(noexcept(streamhouse_abi_add_slowly(0, 0)));
static_assert(noexcept(streamhouse_token_free(nullptr)));
static_assert(noexcept(streamhouse_health_evaluate(nullptr)));
static_assert(noexcept(streamhouse_now_nanoseconds()));
static_assert(noexcept(streamhouse_status_code_name(0)));

class BridgeTest : public testing::Test {
 protected:
  const std::unique_ptr<streamhouse_registry, void (*)(streamhouse_registry*)> registry_{streamhouse_registry_new(),
                                                                                         &streamhouse_registry_free};

  static streamhouse_metric_options Options(const char* name) {
    streamhouse_metric_options options = {};
    options.size = sizeof(options);
    options.name = name;
    options.help = "Help";
    return options;
  }

  const streamhouse_metric_options options_ = Options("a_total");
};

TEST_F(BridgeTest, RecordingsFromCAndCppMeetInOneSeries) {
  streamhouse_counter_family in_c;
  ASSERT_EQ(streamhouse_add_counter(registry_.get(), &options_, &in_c).code, STREAMHOUSE_OK);
  Registry& registry = RegistryOf(*registry_);
  const Counter in_cpp = registry.AddCounter({.name = "a_total", .help = "Help"}).value().With();
  streamhouse_counter_add(streamhouse_counter_with(in_c, nullptr, nullptr, 0), 1);
  in_cpp.Increment(2);
  EXPECT_EQ(Page(registry), "a_total 3\n");
}

// Here, because programs in C have no death tests.
TEST_F(BridgeTest, ANullPointerEndsTheProgramWithAMessage) {
  streamhouse_metric_options options = options_;
  const char* const labels[] = {"topic"};
  options.labels = labels;
  options.label_count = 1;
  streamhouse_counter_family family;
  ASSERT_EQ(streamhouse_add_counter(registry_.get(), &options, &family).code, STREAMHOUSE_OK);
  const char* const none[] = {nullptr};
  EXPECT_DEATH(static_cast<void>(streamhouse_counter_with(family, none, nullptr, 1)), "a label value is null");
  EXPECT_DEATH(static_cast<void>(streamhouse_counter_with(family, nullptr, nullptr, 1)), "a label value is null");
  EXPECT_DEATH(EXPECT_EQ(streamhouse_linear_bounds(0, 1, 2, nullptr).code, STREAMHOUSE_OK), "the place for bounds");
}

TEST_F(BridgeTest, ACallbackThatThrowsIsLeftOut) {
  streamhouse_number_callbacks* family = nullptr;
  ASSERT_EQ(streamhouse_add_callback_counter(registry_.get(), &options_, &family).code, STREAMHOUSE_OK);
  const auto throws = [](void*) -> double { throw 1; };
  streamhouse_token* token = nullptr;
  const streamhouse_number_callback callback = {
      .read = throws, .user_data = nullptr, .destroy = nullptr, .began_unix_milliseconds = 0};
  ASSERT_EQ(streamhouse_number_callback_add(family, callback, nullptr, nullptr, 0, &token).code, STREAMHOUSE_OK);
  EXPECT_EQ(Page(RegistryOf(*registry_)), "");
  streamhouse_token_free(token);
}

TEST_F(BridgeTest, SamplesThatWereAddedBeforeAThrowStay) {
  const char* const labels[] = {"topic"};
  streamhouse_metric_options options = options_;
  options.labels = labels;
  options.label_count = 1;
  streamhouse_number_callbacks* family = nullptr;
  ASSERT_EQ(streamhouse_add_callback_counter(registry_.get(), &options, &family).code, STREAMHOUSE_OK);
  const auto throws = [](void*, streamhouse_samples* samples) {
    const char* const values[] = {"orders"};
    streamhouse_samples_add(samples, 2, values, nullptr, 1);
    throw 1;
  };
  streamhouse_token* const token = streamhouse_many_callback_add(
      family, {.read = throws, .user_data = nullptr, .destroy = nullptr, .began_unix_milliseconds = 0});
  EXPECT_EQ(Page(RegistryOf(*registry_)), "a_total{topic=\"orders\"} 2\n");
  streamhouse_token_free(token);
}

class CallbackBeginTest : public BridgeTest {
 protected:
  ~CallbackBeginTest() override { streamhouse_token_free(token_); }

  static constexpr std::int64_t kBegan = 1'700'000'000'000;

  // Of the one series.
  std::int64_t Created() const {
    return RegistryOf(*registry_).TakeSnapshot().families()[0].created_unix_milliseconds(0);
  }

  streamhouse_token* token_ = nullptr;
  const double half_ = 0.5;
};

TEST_F(CallbackBeginTest, ACounterBeginsWhenItsProgramSays) {
  streamhouse_number_callbacks* family = nullptr;
  ASSERT_EQ(streamhouse_add_callback_counter(registry_.get(), &options_, &family).code, STREAMHOUSE_OK);
  const streamhouse_number_callback callback = {
      .read = [](void*) { return 1.0; }, .user_data = nullptr, .destroy = nullptr, .began_unix_milliseconds = kBegan};
  ASSERT_EQ(streamhouse_number_callback_add(family, callback, nullptr, nullptr, 0, &token_).code, STREAMHOUSE_OK);
  EXPECT_EQ(Created(), kBegan);
}

TEST_F(CallbackBeginTest, AHistogramBeginsWhenItsProgramSays) {
  streamhouse_histogram_callbacks* family = nullptr;
  const streamhouse_metric_options options = Options("sizes");
  ASSERT_EQ(streamhouse_add_callback_histogram(registry_.get(), &options, &half_, 1, &family).code, STREAMHOUSE_OK);
  const streamhouse_histogram_callback callback = {
      .read = [](void*, std::uint64_t*, std::size_t, double*) { return true; },
      .user_data = nullptr,
      .destroy = nullptr,
      .began_unix_milliseconds = kBegan};
  ASSERT_EQ(streamhouse_histogram_callback_add(family, callback, nullptr, nullptr, 0, &token_).code, STREAMHOUSE_OK);
  EXPECT_EQ(Created(), kBegan);
}

TEST_F(CallbackBeginTest, ASummaryBeginsWhenItsProgramSays) {
  streamhouse_summary_callbacks* family = nullptr;
  const streamhouse_metric_options options = Options("waits");
  ASSERT_EQ(streamhouse_add_callback_summary(registry_.get(), &options, &half_, 1, &family).code, STREAMHOUSE_OK);
  const streamhouse_summary_callback callback = {
      .read = [](void*, double*, std::size_t, double*, std::uint64_t*) { return true; },
      .user_data = nullptr,
      .destroy = nullptr,
      .began_unix_milliseconds = kBegan};
  ASSERT_EQ(streamhouse_summary_callback_add(family, callback, nullptr, nullptr, 0, &token_).code, STREAMHOUSE_OK);
  EXPECT_EQ(Created(), kBegan);
}

TEST_F(CallbackBeginTest, ManySeriesBeginWhenTheirProgramSays) {
  streamhouse_number_callbacks* family = nullptr;
  ASSERT_EQ(streamhouse_add_callback_counter(registry_.get(), &options_, &family).code, STREAMHOUSE_OK);
  const streamhouse_many_callback callback = {
      .read = [](void*, streamhouse_samples* samples) { streamhouse_samples_add(samples, 1, nullptr, nullptr, 0); },
      .user_data = nullptr,
      .destroy = nullptr,
      .began_unix_milliseconds = kBegan};
  token_ = streamhouse_many_callback_add(family, callback);
  EXPECT_EQ(Created(), kBegan);
}

TEST(BridgeHealthTest, ChecksOfBothPartsAreOneHealth) {
  streamhouse_health* const health = streamhouse_health_new();
  EXPECT_TRUE(HealthOf(*health).Evaluate().ready());
  const streamhouse_check fails = {
      .passes = [](void*, char*, std::size_t) { return false; }, .user_data = nullptr, .destroy = nullptr};
  streamhouse_token* const token = streamhouse_health_add(health, "disk", fails);
  EXPECT_EQ(HealthOf(*health).Evaluate().Reason(), "disk: ");
  streamhouse_token_free(token);
  streamhouse_health_free(health);
}

TEST(BridgeStatusTest, CodeFieldAndMessageAreKept) {
  const streamhouse_status in_c = ToC(InvalidField("tls.key", "is empty"));
  EXPECT_EQ(in_c.code, STREAMHOUSE_INVALID_ARGUMENT);
  EXPECT_STREQ(in_c.field, "tls.key");
  EXPECT_STREQ(in_c.message, "tls.key is empty");
  EXPECT_EQ(ToC(Status::Ok()).code, STREAMHOUSE_OK);
}

TEST(BridgeStatusTest, ALongMessageIsCutAtACharacter) {
  const std::string fits(STREAMHOUSE_MESSAGE_BYTES - 1, 'x');
  EXPECT_EQ(ToC({StatusCode::kInternal, fits}).message, fits);
  std::string umlauts;
  while (umlauts.size() < STREAMHOUSE_MESSAGE_BYTES) umlauts += "\xC3\xA4";
  const std::string cut = ToC({StatusCode::kInternal, umlauts}).message;
  // Of 895 bytes, 3 are the ellipsis, and the 892 before it are whole characters of 2 bytes.
  EXPECT_EQ(cut, umlauts.substr(0, 892) + "\xE2\x80\xA6");
  const std::string odd = ToC({StatusCode::kInternal, "x" + umlauts}).message;
  EXPECT_EQ(odd, "x" + umlauts.substr(0, 890) + "\xE2\x80\xA6");
}

}  // namespace
}  // namespace streamhouse::metrics
