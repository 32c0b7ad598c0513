#include "tests/exporters/support/random_registry.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <limits>
#include <utility>

#include "metrics_core/bucket_bounds.h"
#include "metrics_core/clock.h"
#include "metrics_core/naming/metric_name.h"
#include "tests/exporters/support/hostile_registry.h"

namespace streamhouse::exporters {
namespace {

using metrics::MetricOptions;

constexpr const char* kLegacyParts[] = {"a", "b", "Z", "rate", "_", "9", "bytes"};
constexpr const char* kAnyParts[] = {"a",
                                     "B",
                                     "_",
                                     "7",
                                     ".",
                                     "-",
                                     " ",
                                     "\"",
                                     "\\",
                                     "\n",
                                     "{",
                                     "}",
                                     "le",
                                     "\xC3\xA4",
                                     "\xE2\x82\xAC",
                                     "\xF0\x9F\x98\x80",
                                     ":",
                                     "=",
                                     ",",
                                     "#",
                                     "\t",
                                     "\r"};
constexpr double kDoubles[] = {0, -0.0, 1, -1, 0.1, 1e300, 5e-324, 123456, 1234567, -2.5e-7, 0.001};

}  // namespace

RandomRegistry::RandomRegistry(std::uint64_t seed) : random_(seed) {
  registry_ = std::make_unique<metrics::Registry>(metrics::RegistryOptions{
      .creation_times = Happens(3) ? metrics::CreationTimes::kNotKept : metrics::CreationTimes::kKept,
      .names = Happens(4) ? metrics::NameRules::kLegacy : metrics::NameRules::kUtf8,
      .target = Target()});
  for (std::uint64_t families = Below(6); families > 0; --families) AddFamily();
}

metrics::TargetAttributes RandomRegistry::Target() {
  if (Happens(2)) return {};
  return {{"service.name", Text()}, {"zone", "a"}};
}

std::string RandomRegistry::Name() {
  std::string name;
  const bool is_legacy = Happens(2);
  for (std::uint64_t parts = 1 + Below(5); parts > 0; --parts) {
    name += is_legacy ? kLegacyParts[Below(std::size(kLegacyParts))] : kAnyParts[Below(std::size(kAnyParts))];
  }
  return name;
}

std::string RandomRegistry::Text() {
  const std::vector<std::string>& hostile = HostileLabelValues();
  std::string text = Happens(3) ? hostile[Below(hostile.size())] : Name();
  return Happens(4) ? text + "\xE2\x82\xAC\\" : text;
}

double RandomRegistry::PositiveDouble() {
  if (Happens(3)) return std::fabs(kDoubles[Below(std::size(kDoubles))]);
  if (Happens(3)) return static_cast<double>(Below(1'000'000));
  return std::ldexp(1 + static_cast<double>(Below(1'000)) / 1'000, static_cast<int>(Below(80)) - 40);
}

double RandomRegistry::AnyDouble() {
  if (Happens(8)) return std::numeric_limits<double>::quiet_NaN();
  if (Happens(8)) return (Happens(2) ? 1 : -1) * std::numeric_limits<double>::infinity();
  return (Happens(3) ? -1 : 1) * PositiveDouble();
}

metrics::TraceContext RandomRegistry::Trace() {
  if (Happens(3)) return {};
  return {.trace_id_high = random_(), .trace_id_low = random_(), .span_id = random_()};
}

MetricOptions RandomRegistry::Options(std::string_view suffix) {
  MetricOptions options = {.name = Name(), .help = Name() + Text()};
  if (Happens(3) && suffix != "_info") {
    options.unit = Happens(2) ? "seconds" : "records";
    options.name += "_" + options.unit;
  }
  options.name += suffix;
  for (std::uint64_t labels = Below(4); labels > 0; --labels) options.labels.push_back(Name());
  // A label cannot be as long as a page, so that some values are cut.
  if (Happens(5)) options.label_value_bytes_max = metrics::kFewestLabelValueBytes;
  return options;
}

metrics::BucketBounds RandomRegistry::Bounds() {
  std::vector<double> bounds;
  for (std::uint64_t n = Below(6); n > 0; --n) bounds.push_back((Happens(4) ? -1 : 1) * PositiveDouble());
  std::sort(bounds.begin(), bounds.end());
  bounds.erase(std::unique(bounds.begin(), bounds.end()), bounds.end());
  return metrics::BucketBounds::From(bounds).value();
}

std::vector<std::string> RandomRegistry::States() {
  std::vector<std::string> states;
  for (std::uint64_t n = 1 + Below(4); n > 0; --n) states.push_back(Name() + std::to_string(n));
  return states;
}

void RandomRegistry::AddFamily() {
  static constexpr void (RandomRegistry::*kWays[])() = {&RandomRegistry::AddCounter,
                                                        &RandomRegistry::AddDoubleCounter,
                                                        &RandomRegistry::AddGauge,
                                                        &RandomRegistry::AddDoubleGauge,
                                                        &RandomRegistry::AddUpDownCounter,
                                                        &RandomRegistry::AddInfo,
                                                        &RandomRegistry::AddStateSet,
                                                        &RandomRegistry::AddHistogram,
                                                        &RandomRegistry::AddTickHistogram,
                                                        &RandomRegistry::AddExponentialHistogram,
                                                        &RandomRegistry::AddCallbackHistogram,
                                                        &RandomRegistry::AddCallbackSummary};
  (this->*kWays[Below(std::size(kWays))])();
}

template <typename Family, typename Record>
void RandomRegistry::Fill(const Family& family, const MetricOptions& options, const Record& record) {
  if (!family.ok()) return;
  for (std::uint64_t series = 1 + Below(3); series > 0; --series) {
    std::vector<std::string> values;
    for (std::size_t i = 0; i < options.labels.size(); ++i) values.push_back(Text());
    switch (values.size()) {
      case 0:
        record(family.value().With());
        break;
      case 1:
        record(family.value().With(values[0]));
        break;
      case 2:
        record(family.value().With(values[0], values[1]));
        break;
      default:
        record(family.value().With(values[0], values[1], values[2]));
    }
  }
}

template <typename Family, typename Value>
void RandomRegistry::FillCallbacks(const Family& family, const MetricOptions& options, const Value& value,
                                   std::vector<typename Family::Token>& tokens) {
  tokens.push_back(family.AddMany([labels = options.labels.size(), value, text = Text()](auto& samples) {
    if (labels == 0) return samples.Add(value);
    if (labels == 1) return samples.Add(value, text);
    if (labels == 2) return samples.Add(value, text, "2");
    samples.Add(value, text, "2", "3");
    samples.Add(value, text, "2", "\\");
  }));
}

void RandomRegistry::AddCounter() {
  MetricOptions options = Options("_total");
  if (Happens(2)) options.exemplars = metrics::Exemplars::kSampled;
  Fill(registry_->AddCounter(options), options,
       [&](const metrics::Counter& counter) { counter.Increment(Happens(4) ? random_() : Below(10'000), Trace()); });
}

void RandomRegistry::AddDoubleCounter() {
  const MetricOptions options = Options("_total");
  Fill(registry_->AddDoubleCounter(options), options,
       [&](const metrics::DoubleCounter& counter) { counter.Increment(PositiveDouble()); });
}

void RandomRegistry::AddGauge() {
  const MetricOptions options = Options("");
  Fill(registry_->AddGauge(options), options,
       [&](const metrics::Gauge& gauge) { gauge.Set(static_cast<std::int64_t>(random_())); });
}

void RandomRegistry::AddDoubleGauge() {
  const MetricOptions options = Options("");
  Fill(registry_->AddDoubleGauge(options), options, [&](const metrics::DoubleGauge& gauge) { gauge.Set(AnyDouble()); });
}

void RandomRegistry::AddUpDownCounter() {
  const MetricOptions options = Options("");
  Fill(registry_->AddUpDownCounter(options), options,
       [&](const metrics::UpDownCounter& counter) { counter.Add(static_cast<std::int64_t>(Below(100)) - 50); });
}

void RandomRegistry::AddInfo() {
  const MetricOptions options = Options("_info");
  Fill(registry_->AddInfo(options), options, [](const metrics::Info& /*info*/) {});
}

void RandomRegistry::AddStateSet() {
  MetricOptions options = Options("");
  if (Happens(2)) options.unit.clear();
  Fill(registry_->AddStateSet(options, States()), options, [&](const metrics::StateSet& set) {
    set.SetOnly(Below(5));
    if (Happens(2)) set.TurnOn(0);
  });
}

void RandomRegistry::AddHistogram() {
  MetricOptions options = Options("");
  if (Happens(2)) options.exemplars = metrics::Exemplars::kSampled;
  Fill(registry_->AddHistogram(options, Bounds()), options, [&](const metrics::Histogram& histogram) {
    for (std::uint64_t n = Below(6); n > 0; --n) histogram.Observe(AnyDouble(), Trace());
  });
}

void RandomRegistry::AddTickHistogram() {
  MetricOptions options = Options("");
  if (Happens(2)) options.exemplars = metrics::Exemplars::kSampled;
  const auto bounds = metrics::BucketBounds::Exponential(0.001, 4, 1 + static_cast<int>(Below(8))).value();
  Fill(registry_->AddTickHistogram(options, bounds, metrics::kNanosecondsPerSecond), options,
       [&](const metrics::TickHistogram& histogram) {
         for (std::uint64_t n = Below(6); n > 0; --n) histogram.Observe(Below(100'000'000'000), Trace());
       });
}

void RandomRegistry::AddExponentialHistogram() {
  MetricOptions options = Options("");
  if (Happens(2)) options.exemplars = metrics::Exemplars::kSampled;
  const auto bounds = metrics::BucketBounds::Exponential(0.25, 2, 1 + static_cast<int>(Below(8))).value();
  Fill(registry_->AddExponentialHistogram(options, bounds), options,
       [&](const metrics::ExponentialHistogram& histogram) {
         for (std::uint64_t n = Below(12); n > 0; --n) histogram.Observe(PositiveDouble(), Trace());
       });
}

void RandomRegistry::AddCallbackHistogram() {
  const MetricOptions options = Options("");
  const metrics::BucketBounds bounds = Bounds();
  const auto family = registry_->AddCallbackHistogram(options, bounds);
  if (!family.ok()) return;
  metrics::CallbackHistogram value = {.bucket_counts = {}, .sum = (Happens(3) ? -1 : 1) * PositiveDouble()};
  for (std::size_t i = 0; i <= bounds.values().size(); ++i) value.bucket_counts.push_back(Below(1'000));
  FillCallbacks(family.value(), options, value, histogram_tokens_);
}

void RandomRegistry::AddCallbackSummary() {
  const MetricOptions options = Options("");
  std::vector<double> quantiles;
  for (std::uint64_t n = Below(4); n > 0; --n) quantiles.push_back(static_cast<double>(4 - n) / 4 + 0.25);
  const auto family = registry_->AddCallbackSummary(options, quantiles);
  if (!family.ok()) return;
  metrics::CallbackSummary value = {.quantile_values = {}, .sum = PositiveDouble(), .count = Below(1'000'000)};
  for (std::size_t i = 0; i < quantiles.size(); ++i) value.quantile_values.push_back(PositiveDouble());
  std::sort(value.quantile_values.begin(), value.quantile_values.end());
  if (Happens(4)) {
    std::fill(value.quantile_values.begin(), value.quantile_values.end(), std::numeric_limits<double>::quiet_NaN());
  }
  FillCallbacks(family.value(), options, value, summary_tokens_);
}

}  // namespace streamhouse::exporters
