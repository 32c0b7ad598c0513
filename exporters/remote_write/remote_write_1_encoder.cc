#include "exporters/remote_write/remote_write_1_encoder.h"

#include <algorithm>
#include <cstring>
#include <protozero/types.hpp>
#include <type_traits>

#include "exporters/encoding/protobuf_writer.h"
#include "exporters/remote_write/native_histogram.h"
#include "metrics_core/exemplar.h"
#include "metrics_core/reading/metric_kind.h"

namespace streamhouse::exporters {
namespace {

using metrics::ExponentialHistogramValues;
using metrics::FamilyInfo;
using metrics::FamilySnapshot;

// The numbers of the fields, from prometheus/prompb/{remote,types}.proto.
namespace request_field {
enum : ProtobufField { kTimeseries = 1, kMetadata = 3 };
}
namespace series_field {
enum : ProtobufField { kLabels = 1, kSamples = 2, kExemplars = 3, kHistograms = 4 };
}
namespace label_field {
enum : ProtobufField { kName = 1, kValue = 2 };
}
namespace sample_field {
enum : ProtobufField { kValue = 1, kTimestamp = 2 };
}
namespace exemplar_field {
enum : ProtobufField { kLabels = 1, kValue = 2, kTimestamp = 3 };
}
namespace metadata_field {
enum : ProtobufField { kType = 1, kFamilyName = 2, kHelp = 4, kUnit = 5 };
}

// Of a TimeSeries: tags, lengths and a sample, and what is copied beyond the end.
constexpr std::size_t kPointBytesMax = 64;
// Of a label, beside its name and value.
constexpr std::size_t kLabelBytesMax = 3 * 6;

// Assigns the fields that `body` puts.
template <typename Body>
void Encode(std::string& bytes, const Body& body) {
  ProtobufSize size;
  body(size);
  bytes.resize(size.bytes());
  ProtobufWriter writer(bytes.data());
  body(writer);
}

template <typename Out>
void PutLabel(Out& out, ProtobufField field, std::string_view name, std::string_view value) {
  PutMessage(out, field, [&](auto& label) {
    PutString(label, label_field::kName, name);
    PutString(label, label_field::kValue, value);
  });
}

template <typename Out>
void PutExemplar(Out& out, const metrics::Exemplar& exemplar) {
  PutMessage(out, series_field::kExemplars, [&](auto& message) {
    const SortedExemplarLabels labels(exemplar);
    for (std::size_t i = 0; i < SortedExemplarLabels::kCount; ++i) {
      PutLabel(message, exemplar_field::kLabels, labels[i].name, labels[i].value);
    }
    PutFixed64(message, exemplar_field::kValue, NumberBits(exemplar.value));
    PutInt64(message, exemplar_field::kTimestamp, exemplar.unix_milliseconds);
  });
}

void PutSample(auto& series, std::uint64_t bits, std::int64_t unix_milliseconds) {
  PutMessage(series, series_field::kSamples, [&](auto& sample) {
    PutFixed64(sample, sample_field::kValue, bits);
    PutInt64(sample, sample_field::kTimestamp, unix_milliseconds);
  });
}

// Where the value stands in the field `samples`: behind tag and length, and its own tag.
constexpr std::size_t kValueOffset = 3;
// The labels that are not the series' own, by their places behind those.
constexpr std::size_t kNameLabel = 0;
constexpr std::size_t kAddedLabel = 1;
constexpr std::size_t kOtherLabels = 2;

std::string EncodedSample(std::int64_t unix_milliseconds) {
  std::string bytes;
  Encode(bytes, [&](auto& out) { PutSample(out, 0, unix_milliseconds); });
  return bytes;
}

}  // namespace

RemoteWrite1Encoder::RemoteWrite1Encoder(const RemoteWriteBatch& batch)
    : RequestEncoder(batch), sample_(EncodedSample(batch.unix_milliseconds)) {
  std::copy(sample_.begin(), sample_.end(), sample_copy_);
}

bool RemoteWrite1Encoder::FillFamily(const FamilySnapshot& family, std::size_t& series, PageChunk& chunk) {
  return family.Visit([&](const auto& values) { return FillSeries(family, values, series, chunk); });
}

template <typename Values>
bool RemoteWrite1Encoder::FillSeries(const FamilySnapshot& family, const Values& values, std::size_t& series,
                                     PageChunk& chunk) {
  for (; series < family.size(); ++series) {
    const std::string_view text = family.label_text(series);
    std::size_t native_bytes = 0;
    if constexpr (std::is_same_v<Values, ExponentialHistogramValues>) {
      native_bytes = NativeHistogramBytesMax(values[series]) + kNativeExemplarsMax * kSentExemplarBytesMax;
    }
    char* const out = Reserve(family.info(), text, native_bytes, chunk);
    if (out == nullptr) return false;
    labels_.Read(text);
    chunk.Commit(PutSeries(out, values, series));
    CountSamples(layout_.samples());
  }
  return true;
}

bool RemoteWrite1Encoder::FillEnded(const EndedSeries& ended, PageChunk& chunk) {
  if (info_ != ended.info) Enter(*ended.info, ended.exponential);
  char* out = Reserve(*ended.info, ended.label_text, 0, chunk);
  if (out == nullptr) return false;
  labels_.Read(ended.label_text);
  if (layout_.is_native()) {
    out = PutEndedNative(out);
  } else {
    ForEachEndedPoint(layout_, [&](const SeriesPoint& point) { out = PutNumber(out, point); });
  }
  chunk.Commit(out);
  CountSamples(layout_.samples());
  return true;
}

char* RemoteWrite1Encoder::Reserve(const FamilyInfo& info, std::string_view label_text, std::size_t bytes,
                                   PageChunk& chunk) {
  if (info_ != &info) Enter(info, batch().exponential);
  const std::size_t metadata_bytes = is_begun_ ? 0 : metadata_.size();
  char* const out = chunk.Reserve(bytes + series_bytes_max_ + layout_.samples() * label_text.size() + metadata_bytes);
  if (out == nullptr || is_begun_) return out;
  is_begun_ = true;
  return std::copy(metadata_.begin(), metadata_.end(), out);
}

void RemoteWrite1Encoder::Enter(const FamilyInfo& info, ExponentialUse exponential) {
  info_ = &info;
  is_begun_ = false;
  layout_.Assign(info, exponential);
  std::vector<std::size_t> places(info.label_names.size() + kOtherLabels, layout_.slots().size());
  name_labels_.resize(layout_.sample_names().size());
  added_labels_.resize(layout_.added_values().size());
  for (std::size_t place = 0; place < layout_.slots().size(); ++place) {
    const SampleLayout::Slot& slot = layout_.slots()[place];
    if (slot.source == SampleLayout::Source::kSeriesLabel) {
      places[slot.label] = place;
      continue;
    }
    const bool is_name = slot.source == SampleLayout::Source::kSampleName;
    places[info.label_names.size() + (is_name ? kNameLabel : kAddedLabel)] = place;
    std::vector<LabelField>& labels = is_name ? name_labels_ : added_labels_;
    const std::vector<std::string>& values = is_name ? layout_.sample_names() : layout_.added_values();
    for (std::size_t i = 0; i < values.size(); ++i) {
      Encode(labels[i].padded, [&](auto& out) { PutLabel(out, series_field::kLabels, slot.name, values[i]); });
      labels[i].size = labels[i].padded.size();
      labels[i].padded.append(ProtobufLabels::kCopyBytes, '\0');
    }
  }
  // Without an added label, its place is behind the others, and stays empty.
  labels_.Begin(info.label_names, places);
  Encode(metadata_, [&](auto& out) {
    PutMessage(out, request_field::kMetadata, [&](auto& metadata) {
      PutUint64(metadata, metadata_field::kType, metrics::Describe(info.kind).remote_write_type);
      PutString(metadata, metadata_field::kFamilyName, std::string_view(info.name));
      if (!info.help.empty()) PutString(metadata, metadata_field::kHelp, std::string_view(info.help));
      if (!info.unit.empty()) PutString(metadata, metadata_field::kUnit, std::string_view(info.unit));
    });
  });
  const std::size_t exemplar_bytes = info.has_exemplars ? kSentExemplarBytesMax : 0;
  series_bytes_max_ = layout_.samples() * (kPointBytesMax + exemplar_bytes + BytesMax(name_labels_) +
                                           BytesMax(added_labels_) + layout_.slots().size() * kLabelBytesMax);
}

std::size_t RemoteWrite1Encoder::BytesMax(const std::vector<LabelField>& labels) {
  std::size_t bytes = 0;
  for (const LabelField& label : labels) bytes = std::max(bytes, label.size);
  return bytes;
}

void RemoteWrite1Encoder::SetSample(std::size_t name, std::size_t added) {
  const std::size_t others = info_->label_names.size();
  labels_.Borrow(others + kNameLabel, name_labels_[name].bytes());
  const bool has_added = added != kNoAddedLabel;
  labels_.Borrow(others + kAddedLabel, has_added ? added_labels_[added].bytes() : std::string_view());
}

template <typename Values>
char* RemoteWrite1Encoder::PutSeries(char* out, const Values& values, std::size_t series) {
  if constexpr (std::is_same_v<Values, ExponentialHistogramValues>) {
    if (layout_.is_native()) return PutNative(out, values, series);
  }
  ForEachPoint(values, series, [&](const SeriesPoint& point) { out = PutNumber(out, point); });
  return out;
}

char* RemoteWrite1Encoder::PutNumber(char* out, const SeriesPoint& point) {
  SetSample(point.name, point.added);
  if (point.exemplar != nullptr && IsFresh(*point.exemplar, batch())) [[unlikely]] {
    return PutLabelled(out, [&](auto& series) {
      PutSample(series, point.bits, batch().unix_milliseconds);
      PutExemplar(series, *point.exemplar);
    });
  }
  ProtobufWriter writer(out);
  PutTag(writer, request_field::kTimeseries, protozero::pbf_wire_type::length_delimited);
  writer.Varint(labels_.bytes() + sample_.size());
  out = labels_.CopyTo(writer.end());
  std::memcpy(out, sample_copy_, sizeof(sample_copy_));
  std::memcpy(out + kValueOffset, &point.bits, sizeof(point.bits));
  return out + sample_.size();
}

char* RemoteWrite1Encoder::PutNative(char* out, const ExponentialHistogramValues& histograms, std::size_t series) {
  const NativeTimes times = {.unix_milliseconds = batch().unix_milliseconds};
  buckets_.Assign(histograms[series]);
  fresh_exemplars_.Assign(histograms.classic, series, batch());
  SetSample(0, kNoAddedLabel);
  return PutLabelled(out, [&](auto& message) {
    for (const metrics::Exemplar* exemplar : fresh_exemplars_) PutExemplar(message, *exemplar);
    PutMessage(message, series_field::kHistograms,
               [&](auto& histogram) { PutNativeHistogram(histogram, histograms[series], buckets_, times); });
  });
}

char* RemoteWrite1Encoder::PutEndedNative(char* out) {
  const NativeTimes times = {.unix_milliseconds = batch().unix_milliseconds};
  SetSample(0, kNoAddedLabel);
  return PutLabelled(out, [&](auto& message) {
    PutMessage(message, series_field::kHistograms, [&](auto& histogram) { PutEndedHistogram(histogram, times); });
  });
}

template <typename PutRest>
char* RemoteWrite1Encoder::PutLabelled(char* out, const PutRest& put_rest) const {
  ProtobufWriter writer(out);
  PutMessage(writer, request_field::kTimeseries, [&](auto& series) {
    if constexpr (std::is_same_v<decltype(series), ProtobufSize&>) {
      series.Add(labels_.bytes());
    } else {
      series = ProtobufWriter(labels_.CopyTo(series.end()));
    }
    put_rest(series);
  });
  return writer.end();
}

}  // namespace streamhouse::exporters
