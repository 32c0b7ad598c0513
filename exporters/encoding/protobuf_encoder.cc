#include "exporters/encoding/protobuf_encoder.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <numeric>
#include <protozero/types.hpp>
#include <protozero/varint.hpp>

#include "exporters/encoding/exemplar_text.h"
#include "metrics_core/name_escaping.h"

namespace streamhouse::exporters {
namespace {

using metrics::ExponentialValue;
using metrics::FamilyInfo;
using metrics::FamilySnapshot;
using metrics::HistogramValue;
using metrics::MetricType;
using metrics::NumberKind;

// The numbers of the fields, from io/prometheus/client/metrics.proto.
namespace family_field {
enum : protozero::pbf_tag_type { kName = 1, kHelp = 2, kType = 3, kMetric = 4, kUnit = 5 };
}
namespace metric_field {
enum : protozero::pbf_tag_type { kLabel = 1, kGauge = 2, kCounter = 3, kHistogram = 7 };
}
namespace label_field {
enum : protozero::pbf_tag_type { kName = 1, kValue = 2 };
}
namespace scalar_field {
enum : protozero::pbf_tag_type { kValue = 1, kExemplar = 2, kCreated = 3 };
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
namespace timestamp_field {
enum : protozero::pbf_tag_type { kSeconds = 1, kNanos = 2 };
}

std::uint64_t TypeNumber(MetricType type) {
  switch (type) {
    case MetricType::kCounter:
      return 0;
    case MetricType::kGauge:
      return 1;
    case MetricType::kHistogram:
      return 4;
  }
  return 3;  // untyped
}

double ScalarValue(const FamilySnapshot& family, std::size_t series) {
  switch (family.info().number) {
    case NumberKind::kUint64:
      return static_cast<double>(family.uint64_value(series));
    case NumberKind::kInt64:
      return static_cast<double>(family.int64_value(series));
    case NumberKind::kDouble:
      return family.double_value(series);
  }
  return 0;
}

template <typename Out>
void PutLabel(Out& out, const EscapedText& name, const EscapedText& value) {
  PutMessage(out, metric_field::kLabel, [&](auto& pair) {
    PutString(pair, label_field::kName, name);
    PutString(pair, label_field::kValue, value);
  });
}

// Short label text is counted without being taken apart: below it, every length in it takes one byte.
constexpr std::size_t kShortTextBytes = 100;

template <typename Out>
void PutTimestamp(Out& parent, ProtobufField field, std::int64_t unix_milliseconds) {
  constexpr std::int64_t kMillisecondsPerSecond = 1000;
  constexpr std::int64_t kNanosecondsPerMillisecond = 1'000'000;
  PutMessage(parent, field, [&](auto& timestamp) {
    PutInt64(timestamp, timestamp_field::kSeconds, unix_milliseconds / kMillisecondsPerSecond);
    PutInt64(timestamp, timestamp_field::kNanos,
             unix_milliseconds % kMillisecondsPerSecond * kNanosecondsPerMillisecond);
  });
}

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
    PutTimestamp(message, exemplar_field::kTimestamp, exemplar.unix_milliseconds);
  });
}

template <typename Out>
void PutScalar(Out& out, const FamilySnapshot& family, std::size_t series) {
  const bool is_counter = family.info().type == MetricType::kCounter;
  PutMessage(out, is_counter ? metric_field::kCounter : metric_field::kGauge, [&](auto& scalar) {
    PutDouble(scalar, scalar_field::kValue, ScalarValue(family, series));
    const metrics::Exemplar* const exemplar = is_counter ? family.exemplar(series) : nullptr;
    if (exemplar != nullptr) PutExemplar(scalar, scalar_field::kExemplar, *exemplar);
    if (family.info().has_created) {
      PutTimestamp(scalar, scalar_field::kCreated, family.created_unix_milliseconds(series));
    }
  });
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

// `native` is that of the series, where there is one.
template <typename Out>
void PutHistogram(Out& out, const FamilySnapshot& family, std::size_t series, const NativeBuckets& native) {
  const HistogramValue value = family.histogram_value(series);
  const std::vector<double>& bounds = family.info().bounds;
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
        const metrics::Exemplar* const exemplar = family.exemplar(series, i);
        if (exemplar != nullptr) PutExemplar(bucket, bucket_field::kExemplar, *exemplar);
      });
    }
    if (family.is_exponential()) PutNative(histogram, family.exponential_value(series), native);
    if (family.info().has_created) {
      PutTimestamp(histogram, histogram_field::kCreated, family.created_unix_milliseconds(series));
    }
  });
}

template <typename Out>
void PutValue(Out& out, const FamilySnapshot& family, std::size_t series, const NativeBuckets& native) {
  if (family.info().type == MetricType::kHistogram) return PutHistogram(out, family, series, native);
  PutScalar(out, family, series);
}

std::size_t BytesOfMessage(std::size_t body_bytes) {
  ProtobufSize size;
  PutTag(size, family_field::kMetric, protozero::pbf_wire_type::length_delimited);
  size.Varint(body_bytes);
  return size.bytes() + body_bytes;
}

}  // namespace

PageSource::Progress ProtobufEncoder::Fill(Chunk& chunk) {
  for (; family_ < families_.size(); ++family_) {
    const FamilySnapshot& family = families_[family_];
    if (family.size() == 0) continue;
    if (!begun_) BeginFamily(family);
    begun_ = true;
    if (!chunk.Append(head_)) return Progress::kMore;
    head_.clear();
    for (; series_ < family.size(); ++series_) {
      if (!FillSeries(family, series_, chunk)) return Progress::kMore;
    }
    begun_ = false;
    series_ = 0;
  }
  return Progress::kEnd;
}

void ProtobufEncoder::BeginFamily(const FamilySnapshot& family) {
  const FamilyInfo& info = family.info();
  label_order_.resize(info.label_names.size());
  std::iota(label_order_.begin(), label_order_.end(), std::size_t{0});
  std::sort(label_order_.begin(), label_order_.end(),
            [&](std::size_t a, std::size_t b) { return info.label_names[a] < info.label_names[b]; });

  quotes_ = 0;
  for (const std::string& name : info.label_names) quotes_ += metrics::QuotedLabelName(name) == name ? 0 : 2;
  std::size_t series_bytes = 0;
  for (std::size_t i = 0; i < family.size(); ++i) series_bytes += BytesOfMessage(SeriesBytes(family, i));
  const auto put_fields = [&](auto& out) {
    PutString(out, family_field::kName, std::string_view(info.name));
    PutString(out, family_field::kHelp, std::string_view(info.help));
    PutUint64(out, family_field::kType, TypeNumber(info.type));
    if (!info.unit.empty()) PutString(out, family_field::kUnit, std::string_view(info.unit));
  };
  ProtobufSize fields;
  put_fields(fields);
  ProtobufSize length;
  length.Varint(fields.bytes() + series_bytes);
  head_.resize(length.bytes() + fields.bytes());
  ProtobufWriter writer(head_.data());
  writer.Varint(fields.bytes() + series_bytes);
  put_fields(writer);
}

bool ProtobufEncoder::FillSeries(const FamilySnapshot& family, std::size_t series, Chunk& chunk) {
  const std::size_t bytes = SeriesBytes(family, series);
  char* const out = chunk.Reserve(BytesOfMessage(bytes));
  if (out == nullptr) return false;
  ProtobufWriter writer(out);
  PutTag(writer, family_field::kMetric, protozero::pbf_wire_type::length_delimited);
  writer.Varint(bytes);
  ReadLabels(family.label_text(series));
  PutLabels(writer);
  PutValue(writer, family, series, native_);
  chunk.Commit(writer.end());
  return true;
}

std::size_t ProtobufEncoder::SeriesBytes(const FamilySnapshot& family, std::size_t series) {
  if (family.is_exponential()) native_.Assign(family.exponential_value(series));
  ProtobufSize value;
  PutValue(value, family, series, native_);
  return LabelBytes(family, series) + value.bytes();
}

std::size_t ProtobufEncoder::LabelBytes(const FamilySnapshot& family, std::size_t series) {
  const std::string_view text = family.label_text(series);
  const std::size_t labels = label_order_.size();
  if (labels == 0) return 0;
  if (text.size() <= kShortTextBytes && std::memchr(text.data(), '\\', text.size()) == nullptr) {
    // Of each label, =, two quotes and a comma give way to three tags and three lengths; the last has no comma.
    return text.size() + 1 + 2 * labels - quotes_;
  }
  ReadLabels(text);
  ProtobufSize size;
  for (const Label& label : labels_) PutLabel(size, label.name, label.value);
  return size.bytes();
}

void ProtobufEncoder::ReadLabels(std::string_view label_text) {
  labels_.clear();
  LabelReader reader(label_text);
  while (reader.Next()) labels_.push_back({reader.name_text(), reader.value()});
}

void ProtobufEncoder::PutLabels(ProtobufWriter& out) {
  for (const std::size_t place : label_order_) PutLabel(out, labels_[place].name, labels_[place].value);
}

}  // namespace streamhouse::exporters
