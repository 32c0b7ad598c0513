// Page: everything that a registry exports, as text, so that a test compares the whole of it in one
// go.
//
// A line a series, in the order of the snapshot:
// - by default `name{labels} value`,
// - of a histogram `name{labels} [bucket counts] sum S count N`,
// - of a state set the states that are on,
// - of an info no value.
// When to use something else: the exporters' encoders, for what a scraper gets; no program reads
// this format.
//
//   EXPECT_EQ(Page(registry), "sent_total{topic=\"a\"} 2\nlatency [1 0 2] sum 7 count 3\n");
#pragma once

#include <cstddef>
#include <cstdint>
#include <sstream>
#include <string>

#include "metrics_core/reading/family_values.h"
#include "metrics_core/reading/snapshot.h"
#include "metrics_core/registry.h"

namespace streamhouse::metrics {

// Writes what stands behind the labels of one series.
class PageValue {
 public:
  PageValue(std::ostringstream& page, std::size_t series) : page_(page), series_(series) {}

  template <typename Number>
  void operator()(const CounterValues<Number>& counters) const {
    page_ << ' ' << counters[series_];
  }
  void operator()(const UpDownCounterValues& counters) const { page_ << ' ' << counters[series_]; }
  template <typename Number>
  void operator()(const GaugeValues<Number>& gauges) const {
    page_ << ' ' << gauges[series_];
  }
  void operator()(const InfoValues& /*infos*/) const {}
  void operator()(const StateSetValues& sets) const {
    for (std::size_t state = 0; state < sets.states.size(); ++state) {
      if (sets.IsOn(series_, state)) page_ << " is " << sets.states[state];
    }
  }
  void operator()(const HistogramValues& histograms) const {
    const HistogramValue value = histograms[series_];
    const char* separator = " [";
    for (const std::uint64_t count : value.bucket_counts) {
      page_ << separator << count;
      separator = " ";
    }
    page_ << "] sum " << value.sum << " count " << value.count;
  }
  void operator()(const ExponentialHistogramValues& histograms) const { (*this)(histograms.classic); }
  void operator()(const SummaryValues& summaries) const {
    const SummaryValue value = summaries[series_];
    for (std::size_t i = 0; i < summaries.quantiles.size(); ++i) {
      page_ << ' ' << summaries.quantiles[i] << ": " << value.quantile_values[i];
    }
    page_ << " sum " << value.sum << " count " << value.count;
  }

 private:
  std::ostringstream& page_;
  const std::size_t series_;
};

inline std::string Page(const Snapshot& snapshot) {
  std::ostringstream page;
  page.precision(17);
  for (const FamilySnapshot& family : snapshot.families()) {
    for (std::size_t i = 0; i < family.size(); ++i) {
      page << family.info().name;
      if (!family.label_text(i).empty()) page << '{' << family.label_text(i) << '}';
      family.Visit(PageValue(page, i));
      page << '\n';
    }
  }
  return page.str();
}

// For what expires, a time that a test moves by hand; otherwise any time will do.
inline std::string Page(Registry& registry, std::uint64_t now_nanoseconds = 1) {
  return Page(registry.TakeSnapshot(now_nanoseconds));
}

}  // namespace streamhouse::metrics
