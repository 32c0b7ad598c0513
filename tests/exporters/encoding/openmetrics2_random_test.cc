// Goal: the OpenMetrics 2.0 page of any registry is legal and says what the snapshot holds.
// Method: pages of random registries, by every escaping and in chunks of many sizes, are read by
// the parser of the tests, and compared with the snapshot.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <map>
#include <span>
#include <string>

#include "exporters/encoding/label_reader.h"
#include "exporters/encoding/openmetrics2_encoder.h"
#include "exporters/encoding/page_chunk.h"
#include "exporters/view/escaped_view.h"
#include "metrics_core/exemplar.h"
#include "metrics_core/naming/name_escaping.h"
#include "metrics_core/reading/family_info.h"
#include "metrics_core/reading/family_values.h"
#include "metrics_core/reading/metric_kind.h"
#include "metrics_core/reading/snapshot.h"
#include "tests/exporters/support/openmetrics2_parser.h"
#include "tests/exporters/support/openmetrics2_rules.h"
#include "tests/exporters/support/page.h"
#include "tests/exporters/support/random_registry.h"

namespace streamhouse::exporters {
namespace {

using metrics::CounterValues;
using metrics::ExponentialHistogramValues;
using metrics::ExponentialValue;
using metrics::FamilyInfo;
using metrics::FamilySnapshot;
using metrics::GaugeValues;
using metrics::HistogramValue;
using metrics::HistogramValues;
using metrics::InfoValues;
using metrics::MetricKind;
using metrics::StateSetValues;
using metrics::SummaryValue;
using metrics::SummaryValues;
using metrics::UpDownCounterValues;

std::string Meant(const EscapedText& text) {
  std::string meant(text.size(), ' ');
  text.CopyTo(meant.data());
  return meant;
}

OpenMetrics2Labels LabelsOf(std::string_view label_text) {
  OpenMetrics2Labels labels;
  LabelReader reader(label_text);
  while (reader.Next()) labels.emplace(Meant(reader.name_text()), Meant(reader.value()));
  return labels;
}

std::string TypeOf(MetricKind kind) {
  static const std::map<MetricKind, std::string> kTypes = {
      {MetricKind::kCounter, "counter"},   {MetricKind::kUpDownCounter, "gauge"},
      {MetricKind::kGauge, "gauge"},       {MetricKind::kInfo, "info"},
      {MetricKind::kStateSet, "stateset"}, {MetricKind::kHistogram, "histogram"},
      {MetricKind::kSummary, "summary"},   {MetricKind::kExponentialHistogram, "histogram"},
  };
  return kTypes.at(kind);
}

// A whole number is printed as such, and another one is not.
template <typename Integer>
void ExpectNumber(const OpenMetrics2Number& read, Integer value) {
  EXPECT_EQ(read.text, std::to_string(value));
}
void ExpectNumber(const OpenMetrics2Number& read, double value) {
  EXPECT_TRUE(read.value == value || (std::isnan(read.value) && std::isnan(value))) << read.text << ", not " << value;
  EXPECT_NE(read.text.find_first_of(std::isfinite(value) ? ".e" : "Na+-I"), std::string::npos) << read.text;
}

void ExpectSeconds(double read, std::int64_t unix_milliseconds) {
  EXPECT_EQ(std::llround(read * 1000), unix_milliseconds);
}

std::string Hexadecimal(std::uint64_t word) {
  char digits[17];
  std::snprintf(digits, sizeof(digits), "%016llx", static_cast<unsigned long long>(word));
  return digits;
}

void ExpectExemplar(const OpenMetrics2Exemplar& read, const metrics::Exemplar& exemplar) {
  const metrics::TraceContext& trace = exemplar.trace;
  EXPECT_EQ(read.labels,
            OpenMetrics2Labels({{"trace_id", Hexadecimal(trace.trace_id_high) + Hexadecimal(trace.trace_id_low)},
                                {"span_id", Hexadecimal(trace.span_id)}}));
  ExpectNumber(read.value, exemplar.value);
  ExpectSeconds(read.seconds, exemplar.unix_milliseconds);
}

void ExpectExemplars(const OpenMetrics2Sample& read, const metrics::ExemplarTable& exemplars, std::size_t series) {
  std::size_t next = 0;
  for (std::size_t bucket = 0; bucket < exemplars.buckets; ++bucket) {
    const metrics::Exemplar* const exemplar = exemplars.At(series, bucket);
    if (exemplar == nullptr) continue;
    ASSERT_LT(next, read.exemplars.size());
    ExpectExemplar(read.exemplars[next++], *exemplar);
  }
  EXPECT_EQ(read.exemplars.size(), next);
}

void ExpectNative(const OpenMetrics2Native& read, const ExponentialValue& value) {
  EXPECT_EQ(read.schema, value.schema);
  ExpectNumber(read.zero_threshold, value.zero_threshold);
  ExpectNumber(read.zero_count, value.zero_count);
  EXPECT_FALSE(read.negative);
  std::map<std::int64_t, std::string> counts;
  std::int64_t index = 0;
  std::size_t next = 0;
  for (const OpenMetrics2Span& span : read.positive.value_or(OpenMetrics2Side()).spans) {
    index += span.offset;
    for (std::uint64_t i = 0; i < span.length; ++i) counts[index++] = read.positive->counts.at(next++).text;
  }
  std::map<std::int64_t, std::string> expected;
  for (std::size_t i = 0; i < value.bucket_counts.size(); ++i) {
    const std::int64_t at = value.first_index + static_cast<std::int64_t>(i);
    // A short gap is written as zeros.
    if (value.bucket_counts[i] != 0 || counts.count(at) != 0) expected[at] = std::to_string(value.bucket_counts[i]);
  }
  EXPECT_EQ(counts, expected);
}

// The samples of one family, an overload for each kind.
class FamilyComparison {
 public:
  FamilyComparison(const FamilySnapshot& family, const OpenMetrics2Family& read) : family_(family), read_(read) {}

  void Compare() const {
    const FamilyInfo& info = family_.info();
    EXPECT_EQ(read_.name, info.name);
    EXPECT_EQ(read_.type, TypeOf(info.kind));
    EXPECT_EQ(read_.unit, info.unit.empty() ? std::nullopt : std::optional(info.unit));
    // Returns at its end are left out.
    EXPECT_EQ(read_.help, info.help.substr(0, info.help.find_last_not_of('\r') + 1));
    family_.Visit([this](const auto& values) { CompareKind(values); });
  }

 private:
  template <typename Number>
  void CompareKind(const CounterValues<Number>& counters) const {
    CompareSeries([&](const OpenMetrics2Sample& read, std::size_t i) {
      ExpectNumber(read.number, counters[i]);
      ExpectExemplars(read, counters.exemplars, i);
    });
  }
  void CompareKind(const UpDownCounterValues& counters) const {
    CompareSeries([&](const OpenMetrics2Sample& read, std::size_t i) { ExpectNumber(read.number, counters[i]); });
  }
  template <typename Number>
  void CompareKind(const GaugeValues<Number>& gauges) const {
    CompareSeries([&](const OpenMetrics2Sample& read, std::size_t i) { ExpectNumber(read.number, gauges[i]); });
  }
  void CompareKind(const InfoValues& /*infos*/) const {
    CompareSeries([&](const OpenMetrics2Sample& read, std::size_t /*i*/) { EXPECT_EQ(read.number.text, "1"); });
  }
  void CompareKind(const StateSetValues& sets) const {
    ASSERT_EQ(read_.samples.size(), family_.size() * sets.states.size());
    for (std::size_t at = 0; at < read_.samples.size(); ++at) {
      const std::size_t series = at / sets.states.size();
      const std::size_t state = at % sets.states.size();
      OpenMetrics2Labels labels = LabelsOf(family_.label_text(series));
      labels.emplace(family_.info().name, sets.states[state]);
      EXPECT_EQ(read_.samples[at].labels, labels);
      EXPECT_EQ(read_.samples[at].number.text, sets.IsOn(series, state) ? "1" : "0");
    }
  }
  void CompareKind(const HistogramValues& histograms) const {
    CompareSeries([&](const OpenMetrics2Sample& read, std::size_t i) {
      CompareHistogram(read, histograms, i);
      EXPECT_FALSE(read.composite->native);
    });
  }
  void CompareKind(const ExponentialHistogramValues& histograms) const {
    CompareSeries([&](const OpenMetrics2Sample& read, std::size_t i) {
      CompareHistogram(read, histograms.classic, i);
      ExpectNative(read.composite->native.value(), histograms[i]);
    });
  }
  void CompareKind(const SummaryValues& summaries) const {
    CompareSeries([&](const OpenMetrics2Sample& read, std::size_t i) {
      const SummaryValue value = summaries[i];
      ExpectNumber(read.composite->count, value.count);
      ExpectNumber(read.composite->sum, value.sum);
      ASSERT_EQ(read.composite->quantiles->size(), summaries.quantiles.size());
      for (std::size_t q = 0; q < summaries.quantiles.size(); ++q) {
        ExpectNumber(read.composite->quantiles->at(q).first, summaries.quantiles[q]);
        ExpectNumber(read.composite->quantiles->at(q).second, value.quantile_values[q]);
      }
    });
  }

  static void CompareHistogram(const OpenMetrics2Sample& read, const HistogramValues& histograms, std::size_t i) {
    const HistogramValue value = histograms[i];
    ExpectNumber(read.composite->count, value.count);
    ExpectNumber(read.composite->sum, value.sum);
    const OpenMetrics2Entries& buckets = read.composite->buckets.value();
    ASSERT_EQ(buckets.size(), value.bucket_counts.size());
    std::uint64_t total = 0;
    for (std::size_t b = 0; b < buckets.size(); ++b) {
      total += value.bucket_counts[b];
      ExpectNumber(buckets[b].second, total);
      if (b < histograms.bounds.size()) ExpectNumber(buckets[b].first, histograms.bounds[b]);
    }
    ExpectExemplars(read, histograms.exemplars, i);
  }

  // Of kinds with one sample a series.
  template <typename Compare>
  void CompareSeries(const Compare& compare) const {
    ASSERT_EQ(read_.samples.size(), family_.size());
    for (std::size_t i = 0; i < family_.size(); ++i) {
      const OpenMetrics2Sample& read = read_.samples[i];
      EXPECT_EQ(read.labels, LabelsOf(family_.label_text(i)));
      EXPECT_FALSE(read.seconds);
      EXPECT_EQ(read.start_seconds.has_value(), family_.info().has_created);
      if (read.start_seconds) ExpectSeconds(*read.start_seconds, family_.created_unix_milliseconds(i));
      compare(read, i);
    }
  }

  const FamilySnapshot& family_;
  const OpenMetrics2Family& read_;
};

void ExpectSame(std::span<const FamilySnapshot> families, const OpenMetrics2Page& page) {
  std::size_t next = 0;
  for (const FamilySnapshot& family : families) {
    if (family.size() == 0) continue;
    ASSERT_LT(next, page.size());
    FamilyComparison(family, page[next++]).Compare();
  }
  EXPECT_EQ(page.size(), next);
}

// How much of each kind was there, so that the test notices when a registry has nothing.
using Counts = std::map<MetricKind, std::size_t>;

void CheckOne(std::uint64_t seed, Counts& series) {
  RandomRegistry random(seed);
  const metrics::Snapshot snapshot = random.registry().TakeSnapshot();
  const metrics::Snapshot view = EscapedView(snapshot.families(), static_cast<metrics::NameEscaping>(seed % 4));
  OpenMetrics2Encoder encoder(view.families());
  const std::string page = seed % 3 == 0 ? ReadPageBy(encoder, 1 + seed % 1000) : ReadPage(encoder).value();
  const auto read = ReadOpenMetrics2(page);
  ASSERT_TRUE(read.ok()) << read.status().message() << "\n" << page;
  ExpectSame(view.families(), read.value());
  if (testing::Test::HasFailure()) ADD_FAILURE() << "seed " << seed << "\n" << page;
  for (const FamilySnapshot& family : view.families()) series[family.info().kind] += family.size();
}

// As many as are asked for, see docs/testing_exporters.md.
std::uint64_t Registries() {
  constexpr std::uint64_t kRegistries = 2'000;
  const char* const asked = std::getenv("STREAMHOUSE_REGISTRIES");
  return asked == nullptr ? kRegistries : std::strtoull(asked, nullptr, 10);
}

TEST(OpenMetrics2RandomTest, WritesThePageOfEachRandomSnapshot) {
  const std::uint64_t registries = Registries();
  Counts series;
  for (std::uint64_t seed = 0; seed < registries && !HasFailure(); ++seed) CheckOne(seed, series);
  EXPECT_EQ(series.size(), 8U);
  for (const auto& [kind, count] : series) EXPECT_GT(count, registries / 20) << TypeOf(kind);
}

}  // namespace
}  // namespace streamhouse::exporters
