#include "tests/exporters/instructions/page_shapes.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "metrics_core/bucket_bounds.h"
#include "metrics_core/exemplar.h"

namespace streamhouse::exporters {
namespace {

using metrics::BucketBounds;
using metrics::Registry;

constexpr int kPartitionsPerTopic = 10;

metrics::MetricOptions Described(std::string name, std::vector<std::string> labels, int series) {
  return {.name = std::move(name),
          .help = "What is counted",
          .labels = std::move(labels),
          .series_max = static_cast<std::uint32_t>(series)};
}

metrics::MetricOptions TwoLabels(std::string name, int series) {
  return Described(std::move(name), {"topic", "partition"}, series);
}

std::string Partition(int i) {
  return std::to_string(i % kPartitionsPerTopic);
}

std::string Topic(int i, const std::string& prefix = "orders-") {
  return prefix + std::to_string(i / kPartitionsPerTopic);
}

// Some digits, as counters have them.
std::uint64_t Count(int i) {
  return static_cast<std::uint64_t>(i) * 7919 % 10'000'000 + 1'000;
}

void AddCounters(Registry& registry, int series, const std::string& topic_prefix) {
  const auto family = registry.AddCounter(TwoLabels("records_sent_total", series)).value();
  for (int i = 0; i < series; ++i) family.With(Topic(i, topic_prefix), Partition(i)).Increment(Count(i));
}

void AddFewLabels(Registry& registry, int series) {
  AddCounters(registry, series, "orders-");
}

void AddLongValues(Registry& registry, int series) {
  AddCounters(registry, series, std::string(120, 'o') + "-");
}

void AddEscapes(Registry& registry, int series) {
  AddCounters(registry, series, "C:\\orders\n\"first\"-");
}

void AddManyLabels(Registry& registry, int series) {
  const auto family = registry
                          .AddCounter(Described("records_sent_total",
                                                {"cluster", "region", "zone", "host", "service", "team", "version",
                                                 "client", "topic", "partition"},
                                                series))
                          .value();
  for (int i = 0; i < series; ++i) {
    family
        .With("production", "eu-west", "b", "broker-17", "orders", "payments", "1.24.3", "java", Topic(i), Partition(i))
        .Increment(Count(i));
  }
}

void AddFamilies(Registry& registry, int series) {
  for (int i = 0; i < series; ++i) {
    registry.AddCounter(Described("records_" + std::to_string(i) + "_total", {"partition"}, 1))
        .value()
        .With(Partition(i))
        .Increment(Count(i));
  }
}

void AddDoubles(Registry& registry, int series) {
  const auto family = registry.AddDoubleGauge(TwoLabels("queue_fill_ratio", series)).value();
  for (int i = 0; i < series; ++i) family.With(Topic(i), Partition(i)).Set(static_cast<double>(Count(i)) / 7919);
}

void AddExemplars(Registry& registry, int series) {
  constexpr metrics::TraceContext kTrace{
      .trace_id_high = 0x0123'4567'89ab'cdef, .trace_id_low = 0x1123'4567'89ab'cdef, .span_id = 0x2123'4567'89ab'cdef};
  metrics::MetricOptions options = TwoLabels("records_sent_total", series);
  options.exemplars = metrics::Exemplars::kSampled;
  const auto family = registry.AddCounter(std::move(options)).value();
  for (int i = 0; i < series; ++i) family.With(Topic(i), Partition(i)).Increment(Count(i), kTrace);
}

void AddHistograms(Registry& registry, int series, int bounds) {
  const auto family = registry
                          .AddHistogram(TwoLabels("send_duration_seconds", series),
                                        BucketBounds::Exponential(0.001, 1.25, bounds).value())
                          .value();
  for (int i = 0; i < series; ++i) {
    const auto histogram = family.With(Topic(i), Partition(i));
    for (int bucket = 0; bucket <= bounds; ++bucket) histogram.Observe(0.0009 * (1 + bucket * (1 + i % 3)));
  }
}

void AddSmallHistograms(Registry& registry, int series) {
  AddHistograms(registry, series, 5);
}

void AddLargeHistograms(Registry& registry, int series) {
  AddHistograms(registry, series, 50);
}

void AddExponentialHistograms(Registry& registry, int series) {
  const auto family = registry
                          .AddExponentialHistogram(TwoLabels("send_duration_seconds", series),
                                                   BucketBounds::Exponential(0.0009765625, 2, 13).value())
                          .value();
  for (int i = 0; i < series; ++i) {
    const auto histogram = family.With(Topic(i), Partition(i));
    for (int k = 1; k <= 40; ++k) histogram.Observe(0.001 * k * (1 + i % 3));
  }
}

constexpr PageShape kShapes[] = {
    {"few_labels", AddFewLabels},       {"many_labels", AddManyLabels},
    {"long_values", AddLongValues},     {"escapes", AddEscapes},
    {"one_a_family", AddFamilies},      {"doubles", AddDoubles},
    {"exemplars", AddExemplars},        {"small_hist", AddSmallHistograms},
    {"large_hist", AddLargeHistograms}, {"exponential", AddExponentialHistograms},
};

}  // namespace

std::span<const PageShape> PageShapes() {
  return kShapes;
}

}  // namespace streamhouse::exporters
