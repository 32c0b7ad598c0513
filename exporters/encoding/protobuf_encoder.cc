#include "exporters/encoding/protobuf_encoder.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <protozero/types.hpp>
#include <protozero/varint.hpp>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "exporters/encoding/encoded_timestamp.h"
#include "exporters/encoding/exemplar_labels.h"
#include "exporters/encoding/protobuf_writer.h"
#include "exporters/encoding/short_text.h"
#include "metrics_core/exemplar.h"
#include "metrics_core/naming/name_escaping.h"
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

// The value of a metric that is one number, of counters without exemplars too.
template <typename Number>
double NumberOf(const CounterValues<Number>& counters, std::size_t series) {
  return static_cast<double>(counters[series]);
}
double NumberOf(const UpDownCounterValues& counters, std::size_t series) {
  return static_cast<double>(counters[series]);
}
template <typename Number>
double NumberOf(const GaugeValues<Number>& gauges, std::size_t series) {
  return static_cast<double>(gauges[series]);
}
double NumberOf(const InfoValues& /*infos*/, std::size_t /*series*/) {
  return 1;
}

template <typename Values>
concept IsOneNumber = requires(const Values& values) {
  NumberOf(values, 0);
};

template <typename Values>
bool AreOneNumber(const Values& values) {
  if constexpr (requires { values.exemplars; }) return values.exemplars.places.empty();
  return IsOneNumber<Values>;
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
  if (!FillMetrics(family, values, chunk)) return false;
  begun_ = false;
  metric_ = 0;
  return true;
}

template <typename Values>
bool ProtobufEncoder::FillMetrics(const FamilySnapshot& family, const Values& values, PageChunk& chunk) {
  if constexpr (IsOneNumber<Values>) {
    if (AreOneNumber(values)) return FillNumbers(family, values, chunk);
  }
  const std::size_t metrics = family.size() * states_;
  for (; metric_ < metrics; ++metric_) {
    if (!FillMetric(family, values, metric_, chunk)) return false;
  }
  return true;
}

// Its message is that of the metric before, but for the number, unless the start time differs.
template <typename Values>
inline void ProtobufEncoder::PrepareNumber(const FamilySnapshot& family, const Values& values, std::size_t metric) {
  const std::int64_t created = has_created_ ? family.created_unix_milliseconds(metric) : 0;
  if (created != number_.created_unix_milliseconds || number_.size == 0) [[unlikely]]
    MakeNumber(values, metric, created);
}

template <typename Values>
bool ProtobufEncoder::FillNumbers(const FamilySnapshot& family, const Values& values, PageChunk& chunk) {
  const std::size_t metrics = family.size();
  for (; metric_ < metrics; ++metric_) {
    labels_.Read(family.label_text(metric_));
    PrepareNumber(family, values, metric_);
    const std::size_t bytes = labels_.bytes() + number_.size;
    char* out = chunk.Reserve(BytesOfMessage(bytes) + sizeof(number_.bytes));
    if (out == nullptr) return false;
    ProtobufWriter writer(out);
    PutTag(writer, family_field::kMetric, protozero::pbf_wire_type::length_delimited);
    writer.Varint(bytes);
    out = labels_.CopyTo(writer.end());
    std::memcpy(out, number_.bytes, sizeof(number_.bytes));
    const double number = NumberOf(values, metric_);
    std::memcpy(out + NumberMessage::kNumberOffset, &number, sizeof(number));
    chunk.Commit(out + number_.size);
  }
  return true;
}

template <typename Values>
void ProtobufEncoder::MakeNumber(const Values& values, std::size_t metric, std::int64_t created_unix_milliseconds) {
  if (has_created_) parts_.created.Assign(created_unix_milliseconds);
  ProtobufWriter writer(number_.bytes);
  PutValue(writer, values, metric, parts_);
  number_.size = static_cast<std::size_t>(writer.end() - number_.bytes);
  number_.created_unix_milliseconds = created_unix_milliseconds;
}

inline std::size_t ProtobufEncoder::LabelBytes(std::string_view text) {
  if (name_labels_ == 0) return 0;
  if (text.size() <= kShortTextBytes && !HasByte(text, '\\')) {
    // Of each label, =, two quotes and a comma give way to three tags and three lengths; the last
    // has no comma.
    return text.size() + 1 + 2 * name_labels_ - quotes_;
  }
  labels_.Read(text);
  return labels_.bytes();
}

template <typename Values>
std::size_t ProtobufEncoder::AllMetricBytes(const FamilySnapshot& family, const Values& values) {
  const std::size_t metrics = family.size() * states_;
  std::size_t bytes = 0;
  if constexpr (IsOneNumber<Values>) {
    if (AreOneNumber(values)) {
      for (std::size_t i = 0; i < metrics; ++i) {
        PrepareNumber(family, values, i);
        bytes += BytesOfMessage(number_.size + LabelBytes(family.label_text(i)));
      }
      return bytes;
    }
  }
  for (std::size_t i = 0; i < metrics; ++i) bytes += BytesOfMessage(MetricBytes(family, values, i));
  return bytes;
}

template <typename Values>
void ProtobufEncoder::BeginFamily(const FamilySnapshot& family, const Values& values) {
  const FamilyInfo& info = family.info();
  states_ = 1;
  parts_.created.Clear();
  number_.size = 0;
  has_created_ = info.has_created;
  if constexpr (std::is_same_v<Values, StateSetValues>) states_ = values.states.size();
  OrderLabels(info);
  const std::size_t metric_bytes = AllMetricBytes(family, values);
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
  if (info.kind == StateSetValues::kKind) names.push_back(info.name);
  // Many families have the labels of the one before.
  if (names == label_names_ && info.label_names.size() == name_labels_) return;
  std::vector<std::size_t> places;
  places.reserve(names.size());
  for (const std::string& name : names) {
    places.push_back(static_cast<std::size_t>(
        std::count_if(names.begin(), names.end(), [&](const std::string& other) { return other < name; })));
  }
  labels_.Begin(info.label_names, places);
  label_names_ = std::move(names);
  name_labels_ = info.label_names.size();
  quotes_ = 0;
  for (const std::string& name : info.label_names) quotes_ += metrics::QuotedLabelName(name) == name ? 0 : 2;
}

template <typename Values>
bool ProtobufEncoder::FillMetric(const FamilySnapshot& family, const Values& values, std::size_t metric,
                                 PageChunk& chunk) {
  ReadLabels(family, values, metric);
  const std::size_t bytes = labels_.bytes() + ValueBytes(family, values, metric);
  char* const out = chunk.Reserve(BytesOfMessage(bytes) + ProtobufLabels::kCopyBytes);
  if (out == nullptr) return false;
  ProtobufWriter writer(out);
  PutTag(writer, family_field::kMetric, protozero::pbf_wire_type::length_delimited);
  writer.Varint(bytes);
  ProtobufWriter value(labels_.CopyTo(writer.end()));
  PutValue(value, values, metric, parts_);
  chunk.Commit(value.end());
  return true;
}

template <typename Values>
std::size_t ProtobufEncoder::MetricBytes(const FamilySnapshot& family, const Values& values, std::size_t metric) {
  const std::size_t value_bytes = ValueBytes(family, values, metric);
  if constexpr (std::is_same_v<Values, StateSetValues>) {
    ReadLabels(family, values, metric);
    return value_bytes + labels_.bytes();
  } else {
    return value_bytes + LabelBytes(family.label_text(metric));
  }
}

template <typename Values>
std::size_t ProtobufEncoder::ValueBytes(const FamilySnapshot& family, const Values& values, std::size_t metric) {
  if constexpr (std::is_same_v<Values, ExponentialHistogramValues>) parts_.native.Assign(values[metric]);
  if (has_created_) parts_.created.Assign(family.created_unix_milliseconds(metric));
  ProtobufSize size;
  PutValue(size, values, metric, parts_);
  return size.bytes();
}

template <typename Values>
void ProtobufEncoder::ReadLabels(const FamilySnapshot& family, const Values& values, std::size_t metric) {
  if constexpr (std::is_same_v<Values, StateSetValues>) {
    labels_.Read(family.label_text(metric / states_));
    labels_.Set(name_labels_, family.info().name, values.states[metric % states_]);
  } else {
    labels_.Read(family.label_text(metric));
  }
}

}  // namespace streamhouse::exporters
