#include "exporters/encoding/composite_values.h"

#include <cstdint>
#include <limits>
#include <string_view>
#include <utility>

#include "exporters/encoding/number_format.h"
#include "exporters/encoding/text_copy.h"

namespace streamhouse::exporters {
namespace {

using metrics::CounterValues;
using metrics::ExponentialHistogramValues;
using metrics::ExponentialValue;
using metrics::GaugeValues;
using metrics::HistogramValue;
using metrics::HistogramValues;
using metrics::InfoValues;
using metrics::StateSetValues;
using metrics::SummaryValue;
using metrics::SummaryValues;
using metrics::UpDownCounterValues;

constexpr std::string_view kCountField = "{count:";
constexpr std::string_view kSumField = ",sum:";
constexpr std::string_view kSchemaField = ",schema:";
constexpr std::string_view kZeroThresholdField = ",zero_threshold:";
constexpr std::string_view kZeroCountField = ",zero_count:";
constexpr std::string_view kSpansField = ",positive_spans:[";
constexpr std::string_view kNativeField = "],positive_buckets:[";
constexpr std::string_view kBucketField = ",bucket:[";
constexpr std::string_view kQuantileField = ",quantile:[";

// What every value takes beside the keys and numbers of its list.
constexpr std::size_t kTotalsBytesMax =
    kCountField.size() + kSumField.size() + kQuantileField.size() + 2 * kNumberBytesMax + 2;
constexpr std::size_t kNativeBytesMax = kSchemaField.size() + kZeroThresholdField.size() + kZeroCountField.size() +
                                        kSpansField.size() + kNativeField.size() + 1 + 3 * kNumberBytesMax;
// A native bucket with its comma, and a span, which has a bucket at least: two numbers with a colon
// and a comma.
constexpr std::size_t kNativeBucketBytesMax = 3 * (kNumberBytesMax + 1);

char* WriteTotals(char* out, std::uint64_t count, double sum) {
  out = WriteInteger(PutText(out, kCountField), count);
  return WriteOpenMetricsDouble(PutText(out, kSumField), sum);
}

}  // namespace

bool CompositeValues::Begin(const metrics::FamilySnapshot& family) {
  classic_ = nullptr;
  native_ = nullptr;
  summaries_ = nullptr;
  exemplars_ = {};
  keys_.clear();
  key_bytes_ = 0;
  return family.Visit([this](const auto& values) { return BeginKind(values); });
}

template <typename Number>
bool CompositeValues::BeginKind(const CounterValues<Number>& /*counters*/) {
  return false;
}
bool CompositeValues::BeginKind(const UpDownCounterValues& /*counters*/) {
  return false;
}
template <typename Number>
bool CompositeValues::BeginKind(const GaugeValues<Number>& /*gauges*/) {
  return false;
}
bool CompositeValues::BeginKind(const InfoValues& /*infos*/) {
  return false;
}
bool CompositeValues::BeginKind(const StateSetValues& /*sets*/) {
  return false;
}

bool CompositeValues::BeginKind(const HistogramValues& histograms) {
  classic_ = &histograms;
  exemplars_ = histograms.exemplars;
  for (const double bound : histograms.bounds) AddKey(bound);
  AddKey(std::numeric_limits<double>::infinity());
  return true;
}

bool CompositeValues::BeginKind(const ExponentialHistogramValues& histograms) {
  native_ = &histograms;
  return BeginKind(histograms.classic);
}

bool CompositeValues::BeginKind(const SummaryValues& summaries) {
  summaries_ = &summaries;
  for (const double quantile : summaries.quantiles) AddKey(quantile);
  return true;
}

void CompositeValues::AddKey(double number) {
  char text[kNumberBytesMax];
  std::string key = keys_.empty() ? "" : ",";
  key.append(text, WriteOpenMetricsDouble(text, number)).append(":");
  key_bytes_ += key.size();
  keys_.push_back(std::move(key));
}

std::size_t CompositeValues::BytesMax(std::size_t series) const {
  const std::size_t bytes = kTotalsBytesMax + key_bytes_ + keys_.size() * kNumberBytesMax;
  if (native_ == nullptr) return bytes;
  return bytes + kNativeBytesMax + (*native_)[series].bucket_counts.size() * kNativeBucketBytesMax;
}

char* CompositeValues::Write(char* out, std::size_t series) {
  if (summaries_ != nullptr) {
    const SummaryValue value = (*summaries_)[series];
    return WriteQuantiles(WriteTotals(out, value.count, value.sum), value);
  }
  const HistogramValue value = (*classic_)[series];
  out = WriteTotals(out, value.count, value.sum);
  if (native_ != nullptr) out = WriteNative(out, (*native_)[series]);
  return WriteBuckets(out, value);
}

char* CompositeValues::WriteNative(char* out, const ExponentialValue& value) {
  out = WriteInteger(PutText(out, kSchemaField), value.schema);
  out = WriteOpenMetricsDouble(PutText(out, kZeroThresholdField), value.zero_threshold);
  out = WriteInteger(PutText(out, kZeroCountField), value.zero_count);
  buckets_.Assign(value);
  if (buckets_.spans.empty()) return out;
  out = PutText(out, kSpansField);
  for (const BucketSpan& span : buckets_.spans) {
    out = WriteInteger(out, span.offset);
    *out++ = ':';
    out = WriteInteger(out, span.length);
    *out++ = ',';
  }
  // In place of the last comma.
  out = PutText(out - 1, kNativeField);
  std::int64_t count = 0;
  for (const std::int64_t delta : buckets_.deltas) {
    count += delta;
    out = WriteInteger(out, count);
    *out++ = ',';
  }
  out[-1] = ']';
  return out;
}

char* CompositeValues::WriteBuckets(char* out, const HistogramValue& value) const {
  out = PutText(out, kBucketField);
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < keys_.size(); ++i) {
    total += value.bucket_counts[i];
    out = WriteInteger(PutText(out, keys_[i]), total);
  }
  return PutText(out, "]}");
}

char* CompositeValues::WriteQuantiles(char* out, const SummaryValue& value) const {
  out = PutText(out, kQuantileField);
  for (std::size_t i = 0; i < keys_.size(); ++i) {
    out = WriteOpenMetricsDouble(PutText(out, keys_[i]), value.quantile_values[i]);
  }
  return PutText(out, "]}");
}

}  // namespace streamhouse::exporters
