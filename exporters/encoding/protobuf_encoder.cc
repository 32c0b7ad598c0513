#include "exporters/encoding/protobuf_encoder.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <numeric>
#include <protozero/pbf_writer.hpp>
#include <protozero/varint.hpp>

#include "exporters/encoding/exemplar_text.h"

namespace streamhouse::exporters {
namespace {

using metrics::ExponentialValue;
using metrics::FamilyInfo;
using metrics::FamilySnapshot;
using metrics::HistogramValue;
using metrics::MetricType;
using metrics::NumberKind;
using protozero::pbf_writer;

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
enum : protozero::pbf_tag_type { kValue = 1, kExemplar = 2 };
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
  kPositiveDelta = 13
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

std::int32_t TypeNumber(MetricType type) {
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

void AppendVarint(std::string& out, std::uint64_t value) {
  char bytes[protozero::max_varint_length];
  out.append(bytes, static_cast<std::size_t>(protozero::write_varint(bytes, value)));
}

void AppendTag(std::string& out, protozero::pbf_tag_type field, protozero::pbf_wire_type type) {
  AppendVarint(out, (std::uint64_t{field} << 3U) | static_cast<std::uint64_t>(type));
}

void EncodeExemplar(pbf_writer& parent, protozero::pbf_tag_type field, const metrics::Exemplar& exemplar) {
  constexpr std::int64_t kMillisecondsPerSecond = 1000;
  constexpr std::int32_t kNanosecondsPerMillisecond = 1'000'000;
  pbf_writer message(parent, field);
  for (const ExemplarLabel& label : ExemplarLabels(exemplar)) {
    pbf_writer pair(message, exemplar_field::kLabel);
    pair.add_string(label_field::kName, label.name.data(), label.name.size());
    pair.add_string(label_field::kValue, label.value.data(), label.value.size());
  }
  message.add_double(exemplar_field::kValue, exemplar.value);
  pbf_writer timestamp(message, exemplar_field::kTimestamp);
  timestamp.add_int64(timestamp_field::kSeconds, exemplar.unix_milliseconds / kMillisecondsPerSecond);
  timestamp.add_int32(
      timestamp_field::kNanos,
      static_cast<std::int32_t>(exemplar.unix_milliseconds % kMillisecondsPerSecond) * kNanosecondsPerMillisecond);
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
      if (!series_encoded_) EncodeSeries(family, series_);
      series_encoded_ = !chunk.Append(metric_);
      if (series_encoded_) return Progress::kMore;
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

  std::string fields;
  pbf_writer writer(fields);
  writer.add_string(family_field::kName, info.name);
  writer.add_string(family_field::kHelp, info.help);
  writer.add_enum(family_field::kType, TypeNumber(info.type));
  if (!info.unit.empty()) writer.add_string(family_field::kUnit, info.unit);

  std::uint64_t bytes = fields.size();
  for (std::size_t i = 0; i < family.size(); ++i) {
    EncodeSeries(family, i);
    bytes += metric_.size();
  }
  head_.clear();
  AppendVarint(head_, bytes);
  head_ += fields;
}

void ProtobufEncoder::EncodeSeries(const FamilySnapshot& family, std::size_t series) {
  message_.clear();
  EncodeLabels(family.label_text(series));
  if (family.info().type == MetricType::kHistogram) {
    EncodeHistogram(family, series);
  } else {
    EncodeScalar(family, series);
  }
  metric_.clear();
  AppendTag(metric_, family_field::kMetric, protozero::pbf_wire_type::length_delimited);
  AppendVarint(metric_, message_.size());
  metric_ += message_;
}

void ProtobufEncoder::EncodeLabels(std::string_view label_text) {
  labels_.clear();
  LabelReader reader(label_text);
  while (reader.Next()) labels_.push_back({reader.name(), reader.value()});
  for (const std::size_t place : label_order_) {
    const Label& label = labels_[place];
    const std::size_t name_bytes = 1 + protozero::length_of_varint(label.name.size()) + label.name.size();
    const std::size_t value_bytes = 1 + protozero::length_of_varint(label.value.size()) + label.value.size();
    AppendTag(message_, metric_field::kLabel, protozero::pbf_wire_type::length_delimited);
    AppendVarint(message_, name_bytes + value_bytes);
    AppendTag(message_, label_field::kName, protozero::pbf_wire_type::length_delimited);
    AppendVarint(message_, label.name.size());
    message_ += label.name;
    AppendTag(message_, label_field::kValue, protozero::pbf_wire_type::length_delimited);
    AppendVarint(message_, label.value.size());
    message_.resize(message_.size() + label.value.size());
    label.value.CopyTo(message_.data() + message_.size() - label.value.size());
  }
}

void ProtobufEncoder::EncodeScalar(const FamilySnapshot& family, std::size_t series) {
  pbf_writer message(message_);
  const bool is_counter = family.info().type == MetricType::kCounter;
  pbf_writer scalar(message, is_counter ? metric_field::kCounter : metric_field::kGauge);
  scalar.add_double(scalar_field::kValue, ScalarValue(family, series));
  if (const metrics::Exemplar* exemplar = is_counter ? family.exemplar(series) : nullptr) {
    EncodeExemplar(scalar, scalar_field::kExemplar, *exemplar);
  }
}

void ProtobufEncoder::EncodeHistogram(const FamilySnapshot& family, std::size_t series) {
  const HistogramValue value = family.histogram_value(series);
  const std::vector<double>& bounds = family.info().bounds;
  part_.clear();
  pbf_writer histogram(part_);
  histogram.add_uint64(histogram_field::kSampleCount, value.count);
  histogram.add_double(histogram_field::kSampleSum, value.sum);
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < value.bucket_counts.size(); ++i) {
    total += value.bucket_counts[i];
    pbf_writer bucket(histogram, histogram_field::kBucket);
    bucket.add_uint64(bucket_field::kCumulativeCount, total);
    bucket.add_double(bucket_field::kUpperBound,
                      i < bounds.size() ? bounds[i] : std::numeric_limits<double>::infinity());
    if (const metrics::Exemplar* exemplar = family.exemplar(series, i)) {
      EncodeExemplar(bucket, bucket_field::kExemplar, *exemplar);
    }
  }
  if (family.is_exponential()) EncodeNative(family.exponential_value(series));
  pbf_writer(message_).add_message(metric_field::kHistogram, part_);
}

void ProtobufEncoder::EncodeNative(const ExponentialValue& value) {
  native_.Assign(value);
  pbf_writer histogram(part_);
  histogram.add_sint32(histogram_field::kSchema, value.schema);
  histogram.add_double(histogram_field::kZeroThreshold, value.zero_threshold);
  histogram.add_uint64(histogram_field::kZeroCount, value.zero_count);
  for (const BucketSpan& span : native_.spans) {
    pbf_writer message(histogram, histogram_field::kPositiveSpan);
    message.add_sint32(span_field::kOffset, span.offset);
    message.add_uint32(span_field::kLength, span.length);
  }
  histogram.add_packed_sint64(histogram_field::kPositiveDelta, native_.deltas.begin(), native_.deltas.end());
}

}  // namespace streamhouse::exporters
