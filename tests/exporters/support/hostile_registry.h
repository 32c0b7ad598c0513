// A registry that holds all that makes a page hard: hostile labels and help, extremes of every
// number, empty histograms.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "metrics_core/registry.h"
#include "tests/exporters/support/page.h"

namespace streamhouse::exporters {

inline const std::vector<std::string>& HostileLabelValues() {
  static const auto* const kValues = new std::vector<std::string>{
      "",
      "plain",
      "quote \" backslash \\ newline \n end",
      "\\n is not a newline",
      "ends with a backslash \\",
      "\",other=\"injected\"} 1\n",
      "carriage return \r tab \t",
      std::string("a NUL \0 inside", 14),
      "invalid UTF-8: \xFF \xC3( \xED\xA0\x80",
      "valid UTF-8: \xC3\xA4 \xE2\x82\xAC \xF0\x9F\x98\x80",
      "# EOF",
      "{}=,",
      std::string(1'000, 'x'),
  };
  return *kValues;
}

inline void AddHostileLabels(metrics::Registry& registry) {
  const auto family =
      registry.AddCounter({.name = "hostile_total", .help = "Help with \" and \\ and\nnewline", .labels = {"value"}});
  std::uint64_t n = 0;
  for (const std::string& value : HostileLabelValues()) family.value().With(value).Increment(++n);
}

inline void AddExtremeNumbers(metrics::Registry& registry) {
  constexpr auto kUint64Max = std::numeric_limits<std::uint64_t>::max();
  registry.AddCounter({.name = "largest_total", .help = "Largest count"}).value().With().Increment(kUint64Max);
  registry.AddCounter({.name = "never_total", .help = "Never recorded"}).value().With();
  registry.AddDoubleCounter({.name = "joules_total", .help = "Energy"}).value().With().Increment(1e300);
  const auto whole = registry.AddGauge({.name = "whole", .help = "Whole numbers", .labels = {"is"}}).value();
  whole.With("min").Set(std::numeric_limits<std::int64_t>::min());
  whole.With("max").Set(std::numeric_limits<std::int64_t>::max());
  const auto real = registry.AddDoubleGauge({.name = "real", .help = "Real numbers", .labels = {"is"}}).value();
  real.With("nan").Set(std::numeric_limits<double>::quiet_NaN());
  real.With("plus_infinity").Set(std::numeric_limits<double>::infinity());
  real.With("minus_infinity").Set(-std::numeric_limits<double>::infinity());
  real.With("smallest").Set(std::numeric_limits<double>::denorm_min());
  real.With("minus_zero").Set(-0.0);
  real.With("one").Set(1);
}

inline void AddHistograms(metrics::Registry& registry) {
  const auto duration =
      registry
          .AddHistogram({.name = "duration_seconds", .help = "Durations", .unit = "seconds", .labels = {"topic"}},
                        Bounds({0.001, 0.5, 1, 1e6}))
          .value();
  duration.With("orders").Observe(0.25);
  duration.With("orders").Observe(1);
  duration.With("orders").Observe(2e6);
  duration.With("empty");
}

inline void AddNegativeHistogram(metrics::Registry& registry) {
  registry.AddHistogram({.name = "change", .help = "Changes up and down"}, Bounds({-1, 0, 1}))
      .value()
      .With()
      .Observe(-5);
}

}  // namespace streamhouse::exporters
