// RandomRegistry: families of every kind, whose names, labels, help texts, values and exemplars are
// drawn from what makes a page hard.
//
// When to use something else: hostile_registry.h for a page that is compared byte for byte.
// Guarantees: the same seed gives the same families and values; times are those of the clock. What
// the registry refuses is left out, so some registries have few families.
#pragma once

#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "metrics_core/callback_family.h"
#include "metrics_core/registry.h"

namespace streamhouse::exporters {

class RandomRegistry {
 public:
  explicit RandomRegistry(std::uint64_t seed);

  metrics::Registry& registry() { return *registry_; }

 private:
  std::uint64_t Below(std::uint64_t end) { return random_() % end; }
  bool Happens(std::uint64_t once_in) { return Below(once_in) == 0; }

  std::string Name();
  std::string Text();
  double AnyDouble();
  double PositiveDouble();
  metrics::TraceContext Trace();
  metrics::TargetAttributes Target();
  metrics::MetricOptions Options(std::string_view suffix);
  metrics::BucketBounds Bounds();
  std::vector<std::string> States();

  // One for each way to register a family.
  void AddFamily();
  void AddCounter();
  void AddDoubleCounter();
  void AddGauge();
  void AddDoubleGauge();
  void AddUpDownCounter();
  void AddInfo();
  void AddStateSet();
  void AddHistogram();
  void AddTickHistogram();
  void AddExponentialHistogram();
  void AddCallbackHistogram();
  void AddCallbackSummary();

  // Calls `record` for some series of a family, which has the labels of `options`.
  template <typename Family, typename Record>
  void Fill(const Family& family, const metrics::MetricOptions& options, const Record& record);
  // The same for a callback family, whose series give `value()` each time.
  template <typename Family, typename Value>
  void FillCallbacks(const Family& family, const metrics::MetricOptions& options, const Value& value,
                     std::vector<typename Family::Token>& tokens);

  std::mt19937_64 random_;
  std::unique_ptr<metrics::Registry> registry_;
  std::vector<metrics::CallbackHistogramFamily::Token> histogram_tokens_;
  std::vector<metrics::CallbackSummaryFamily::Token> summary_tokens_;
};

}  // namespace streamhouse::exporters
