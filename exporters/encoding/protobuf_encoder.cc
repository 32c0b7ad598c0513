#include "exporters/encoding/protobuf_encoder.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <numeric>
#include <protozero/types.hpp>
#include <protozero/varint.hpp>
#include <span>
#include <type_traits>

#include "exporters/encoding/encoded_timestamp.h"
#include "exporters/encoding/exemplar_text.h"
#include "metrics_core/exemplar.h"
#include "metrics_core/naming/name_escaping.h"
#include "metrics_core/naming/text_escaping.h"
#include "metrics_core/reading/family_values.h"
#include "metrics_core/reading/metric_kind.h"

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
using metrics::StateSetValues;
using metrics::SummaryValue;
using metrics::SummaryValues;
using metrics::UpDownCounterValues;

// The numbers of the fields, from io/prometheus/client/metrics.proto.
namespace family_field {
enum : protozero::pbf_tag_type { kName = 1, kHelp = 2, kType = 3, kMetric = 4, kUnit = 5 };
}
namespace metric_field {
enum : protozero::pbf_tag_type { kLabel = 1, kGauge = 2, kCounter = 3, kSummary = 4, kHistogram = 7 };
}
namespace label_field {
enum : protozero::pbf_tag_type { kName = 1, kValue = 2 };
}
namespace scalar_field {
enum : protozero::pbf_tag_type { kValue = 1, kExemplar = 2, kCreated = 3 };
}
namespace summary_field {
enum : protozero::pbf_tag_type { kSampleCount = 1, kSampleSum = 2, kQuantile = 3, kCreated = 4 };
}
namespace quantile_field {
enum : protozero::pbf_tag_type { kQuantile = 1, kValue = 2 };
}
namespace histogram_field {
enum : protozero::pbf_tag_type {
  kSampleCount = 1,
  kSampleSum = 2,
  kBucket = 3,
  kSchema = 5,
  kZeroThreshold = 6,
  kZeroCount = 7,
  kPositiveSpan = 12,
  kPositiveDelta = 13,
  kCreated = 15
};
}
namespace bucket_field {
enum : protozero::pbf_tag_type { kCumulativeCount = 1, kUpperBound = 2, kExemplar = 3 };
}
namespace span_field {
enum : protozero::pbf_tag_type { kOffset = 1, kLength = 2 };
}
namespace exemplar_field {
enum : protozero::pbf_tag_type { kLabel = 1, kValue = 2, kTimestamp = 3 };
}
template <typename Out>
void PutLabel(Out& out, const EscapedText& name, const EscapedText& value) {
  PutMessage(out, metric_field::kLabel, [&](auto& pair) {
    PutString(pair, label_field::kName, name);
    PutString(pair, label_field::kValue, value);
  });
}

// Short label text is counted without being taken apart: below it, every length in it takes one
// byte.
constexpr std::size_t kShortTextBytes = 100;

template <typename Out>
void PutExemplar(Out& parent, ProtobufField field, const metrics::Exemplar& exemplar) {
  PutMessage(parent, field, [&](auto& message) {
    const ExemplarLabels labels(exemplar);
    for (const ExemplarLabel& label : labels) {
      PutMessage(message, exemplar_field::kLabel, [&](auto& pair) {
        PutString(pair, label_field::kName, label.name);
        PutString(pair, label_field::kValue, label.value);
      });
    }
    PutDouble(message, exemplar_field::kValue, exemplar.value);
    PutMessage(message, exemplar_field::kTimestamp,
               [&](auto& time) { PutTimestampFields(time, exemplar.unix_milliseconds); });
  });
}

template <typename Out>
void PutCreated(Out& out, ProtobufField field, const EncodedTimestamp& created) {
  if (!created.empty()) PutString(out, field, created.bytes());
}

template <typename Out>
void PutGauge(Out& out, double value) {
  PutMessage(out, metric_field::kGauge, [&](auto& gauge) { PutDouble(gauge, scalar_field::kValue, value); });
}

template <typename Out>
void PutNative(Out& out, const ExponentialValue& value, const NativeBuckets& native) {
  PutSint64(out, histogram_field::kSchema, value.schema);
  PutDouble(out, histogram_field::kZeroThreshold, value.zero_threshold);
  PutUint64(out, histogram_field::kZeroCount, value.zero_count);
  for (const BucketSpan& span : native.spans) {
    PutMessage(out, histogram_field::kPositiveSpan, [&](auto& message) {
      PutSint64(message, span_field::kOffset, span.offset);
      PutUint64(message, span_field::kLength, span.length);
    });
  }
  if (native.deltas.empty()) return;
  PutMessage(out, histogram_field::kPositiveDelta, [&](auto& packed) {
    for (const std::int64_t delta : native.deltas) packed.Varint(protozero::encode_zigzag64(delta));
  });
}

// `put_native(out)` adds what an exponential histogram has more.
template <typename Out, typename PutMore>
void PutHistogram(Out& out, const HistogramValues& histograms, std::size_t series, const MetricParts& parts,
                  const PutMore& put_native) {
  const HistogramValue value = histograms[series];
  const std::span<const double> bounds = histograms.bounds;
  PutMessage(out, metric_field::kHistogram, [&](auto& histogram) {
    PutUint64(histogram, histogram_field::kSampleCount, value.count);
    PutDouble(histogram, histogram_field::kSampleSum, value.sum);
    std::uint64_t total = 0;
    for (std::size_t i = 0; i < value.bucket_counts.size(); ++i) {
      total += value.bucket_counts[i];
      PutMessage(histogram, histogram_field::kBucket, [&](auto& bucket) {
        PutUint64(bucket, bucket_field::kCumulativeCount, total);
        PutDouble(bucket, bucket_field::kUpperBound,
                  i < bounds.size() ? bounds[i] : std::numeric_limits<double>::infinity());
        const metrics::Exemplar* const exemplar = histograms.exemplars.At(series, i);
        if (exemplar != nullptr) PutExemplar(bucket, bucket_field::kExemplar, *exemplar);
      });
    }
    put_native(histogram);
    PutCreated(histogram, histogram_field::kCreated, parts.created);
  });
}

// PutValue() puts the value of a Metric message. `parts` are those of the metric.
template <typename Out, typename Number>
void PutValue(Out& out, const CounterValues<Number>& counters, std::size_t series, const MetricParts& parts) {
  PutMessage(out, metric_field::kCounter, [&](auto& counter) {
    PutDouble(counter, scalar_field::kValue, static_cast<double>(counters[series]));
    const metrics::Exemplar* const exemplar = counters.exemplars.At(series, 0);
    if (exemplar != nullptr) PutExemplar(counter, scalar_field::kExemplar, *exemplar);
    PutCreated(counter, scalar_field::kCreated, parts.created);
  });
}

template <typename Out>
void PutValue(Out& out, const UpDownCounterValues& counters, std::size_t series, const MetricParts& /*parts*/) {
  PutGauge(out, static_cast<double>(counters[series]));
}

template <typename Out, typename Number>
void PutValue(Out& out, const GaugeValues<Number>& gauges, std::size_t series, const MetricParts& /*parts*/) {
  PutGauge(out, static_cast<double>(gauges[series]));
}

template <typename Out>
void PutValue(Out& out, const InfoValues& /*infos*/, std::size_t /*series*/, const MetricParts& /*parts*/) {
  PutGauge(out, 1);
}

// A metric is one state of a series.
template <typename Out>
void PutValue(Out& out, const StateSetValues& sets, std::size_t metric, const MetricParts& /*parts*/) {
  PutGauge(out, sets.IsOn(metric / sets.states.size(), metric % sets.states.size()) ? 1 : 0);
}

template <typename Out>
void PutValue(Out& out, const HistogramValues& histograms, std::size_t series, const MetricParts& parts) {
  PutHistogram(out, histograms, series, parts, [](auto& /*histogram*/) {});
}

template <typename Out>
void PutValue(Out& out, const ExponentialHistogramValues& histograms, std::size_t series, const MetricParts& parts) {
  PutHistogram(out, histograms.classic, series, parts,
               [&](auto& histogram) { PutNative(histogram, histograms[series], parts.native); });
}

template <typename Out>
void PutValue(Out& out, const SummaryValues& summaries, std::size_t series, const MetricParts& parts) {
  const SummaryValue value = summaries[series];
  PutMessage(out, metric_field::kSummary, [&](auto& summary) {
    PutUint64(summary, summary_field::kSampleCount, value.count);
    PutDouble(summary, summary_field::kSampleSum, value.sum);
    for (std::size_t i = 0; i < summaries.quantiles.size(); ++i) {
      PutMessage(summary, summary_field::kQuantile, [&](auto& quantile) {
        PutDouble(quantile, quantile_field::kQuantile, summaries.quantiles[i]);
        PutDouble(quantile, quantile_field::kValue, value.quantile_values[i]);
      });
    }
    PutCreated(summary, summary_field::kCreated, parts.created);
  });
}

std::size_t BytesOfMessage(std::size_t body_bytes) {
  ProtobufSize size;
  PutTag(size, family_field::kMetric, protozero::pbf_wire_type::length_delimited);
  size.Varint(body_bytes);
  return size.bytes() + body_bytes;
}

}  // namespace

PageSource::Progress ProtobufEncoder::Fill(PageChunk& chunk) {
  for (; family_ < families_.size(); ++family_) {
    const FamilySnapshot& family = families_[family_];
    if (family.size() == 0) continue;
    if (!family.Visit([&](const auto& values) { return FillFamily(family, values, chunk); })) return Progress::kMore;
  }
  return Progress::kEnd;
}

template <typename Values>
bool ProtobufEncoder::FillFamily(const FamilySnapshot& family, const Values& values, PageChunk& chunk) {
  if (!begun_) BeginFamily(family, values);
  begun_ = true;
  if (!chunk.Append(head_)) return false;
  head_.clear();
  const std::size_t metrics = family.size() * std::max<std::size_t>(states_.size(), 1);
  for (; metric_ < metrics; ++metric_) {
    if (!FillMetric(family, values, metric_, chunk)) return false;
  }
  begun_ = false;
  metric_ = 0;
  return true;
}

template <typename Values>
void ProtobufEncoder::BeginFamily(const FamilySnapshot& family, const Values& values) {
  const FamilyInfo& info = family.info();
  states_.clear();
  parts_.created.Clear();
  if constexpr (std::is_same_v<Values, StateSetValues>) {
    const std::string name = metrics::QuotedLabelName(info.name);
    for (const std::string& state : values.states) states_.push_back(metrics::LabelPairText(name, state));
  }
  OrderLabels(info);
  const std::size_t metrics = family.size() * std::max<std::size_t>(states_.size(), 1);
  std::size_t metric_bytes = 0;
  for (std::size_t i = 0; i < metrics; ++i) metric_bytes += BytesOfMessage(MetricBytes(family, values, i));
  const auto put_fields = [&](auto& out) {
    PutString(out, family_field::kName, std::string_view(info.name));
    PutString(out, family_field::kHelp, std::string_view(info.help));
    PutUint64(out, family_field::kType, metrics::Describe(info.kind).protobuf_type);
    if (!info.unit.empty()) PutString(out, family_field::kUnit, std::string_view(info.unit));
  };
  ProtobufSize fields;
  put_fields(fields);
  ProtobufSize length;
  length.Varint(fields.bytes() + metric_bytes);
  head_.resize(length.bytes() + fields.bytes());
  ProtobufWriter writer(head_.data());
  writer.Varint(fields.bytes() + metric_bytes);
  put_fields(writer);
}

void ProtobufEncoder::OrderLabels(const FamilyInfo& info) {
  std::vector<std::string> names = info.label_names;
  if (!states_.empty()) names.push_back(info.name);
  label_order_.resize(names.size());
  std::iota(label_order_.begin(), label_order_.end(), std::size_t{0});
  std::sort(label_order_.begin(), label_order_.end(),
            [&](std::size_t a, std::size_t b) { return names[a] < names[b]; });
  quotes_ = 0;
  for (const std::string& name : info.label_names) quotes_ += metrics::QuotedLabelName(name) == name ? 0 : 2;
}

template <typename Values>
bool ProtobufEncoder::FillMetric(const FamilySnapshot& family, const Values& values, std::size_t metric,
                                 PageChunk& chunk) {
  const std::size_t bytes = MetricBytes(family, values, metric);
  char* const out = chunk.Reserve(BytesOfMessage(bytes));
  if (out == nullptr) return false;
  ProtobufWriter writer(out);
  PutTag(writer, family_field::kMetric, protozero::pbf_wire_type::length_delimited);
  writer.Varint(bytes);
  labels_.clear();
  if constexpr (std::is_same_v<Values, StateSetValues>) {
    ReadStateLabels(family, metric);
  } else {
    ReadLabels(family.label_text(metric));
  }
  PutLabels(writer);
  PutValue(writer, values, metric, parts_);
  chunk.Commit(writer.end());
  return true;
}

template <typename Values>
std::size_t ProtobufEncoder::MetricBytes(const FamilySnapshot& family, const Values& values, std::size_t metric) {
  if constexpr (std::is_same_v<Values, ExponentialHistogramValues>) parts_.native.Assign(values[metric]);
  if (family.info().has_created) parts_.created.Assign(family.created_unix_milliseconds(metric));
  ProtobufSize value;
  PutValue(value, values, metric, parts_);
  if constexpr (std::is_same_v<Values, StateSetValues>) {
    labels_.clear();
    ReadStateLabels(family, metric);
    return value.bytes() + ReadLabelBytes();
  } else {
    return value.bytes() + LabelBytes(family.label_text(metric));
  }
}

std::size_t ProtobufEncoder::LabelBytes(std::string_view text) {
  const std::size_t labels = label_order_.size();
  if (labels == 0) return 0;
  if (text.size() <= kShortTextBytes && std::memchr(text.data(), '\\', text.size()) == nullptr) {
    // Of each label, =, two quotes and a comma give way to three tags and three lengths; the last
    // has no comma.
    return text.size() + 1 + 2 * labels - quotes_;
  }
  labels_.clear();
  ReadLabels(text);
  return ReadLabelBytes();
}

std::size_t ProtobufEncoder::ReadLabelBytes() const {
  ProtobufSize size;
  for (const Label& label : labels_) PutLabel(size, label.name, label.value);
  return size.bytes();
}

void ProtobufEncoder::ReadLabels(std::string_view label_text) {
  LabelReader reader(label_text);
  while (reader.Next()) labels_.push_back({reader.name_text(), reader.value()});
}

void ProtobufEncoder::ReadStateLabels(const FamilySnapshot& family, std::size_t metric) {
  ReadLabels(family.label_text(metric / states_.size()));
  ReadLabels(states_[metric % states_.size()]);
}

void ProtobufEncoder::PutLabels(ProtobufWriter& out) {
  for (const std::size_t place : label_order_) PutLabel(out, labels_[place].name, labels_[place].value);
}

}  // namespace streamhouse::exporters
