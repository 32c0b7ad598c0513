#include "exporters/remote_write/remote_write_1_encoder.h"

#include <algorithm>
#include <type_traits>

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

// Of a TimeSeries: tags, lengths and a sample.
constexpr std::size_t kPointBytesMax = 48;
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

std::size_t SizeOf(const std::vector<std::string>& texts) {
  std::size_t bytes = 0;
  for (const std::string& text : texts) bytes = std::max(bytes, text.size());
  return bytes;
}

}  // namespace

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
    ReadLabels(text);
    chunk.Commit(PutSeries(out, values, series));
    CountSamples(layout_.samples());
  }
  return true;
}

bool RemoteWrite1Encoder::FillEnded(const EndedSeries& ended, PageChunk& chunk) {
  if (info_ != ended.info) Enter(*ended.info, ended.exponential);
  char* out = Reserve(*ended.info, ended.label_text, 0, chunk);
  if (out == nullptr) return false;
  ReadLabels(ended.label_text);
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
  changes_.Begin(info_->label_names);
  series_labels_.assign(info.label_names.size(), {});
  name_labels_.resize(layout_.sample_names().size());
  added_labels_.resize(layout_.added_values().size());
  for (const SampleLayout::Slot& slot : layout_.slots()) {
    if (slot.source == SampleLayout::Source::kSeriesLabel) continue;
    const bool is_name = slot.source == SampleLayout::Source::kSampleName;
    std::vector<std::string>& labels = is_name ? name_labels_ : added_labels_;
    const std::vector<std::string>& values = is_name ? layout_.sample_names() : layout_.added_values();
    for (std::size_t i = 0; i < values.size(); ++i) {
      Encode(labels[i], [&](auto& out) { PutLabel(out, series_field::kLabels, slot.name, values[i]); });
    }
  }
  Encode(metadata_, [&](auto& out) {
    PutMessage(out, request_field::kMetadata, [&](auto& metadata) {
      PutUint64(metadata, metadata_field::kType, metrics::Describe(info.kind).remote_write_type);
      PutString(metadata, metadata_field::kFamilyName, std::string_view(info.name));
      if (!info.help.empty()) PutString(metadata, metadata_field::kHelp, std::string_view(info.help));
      if (!info.unit.empty()) PutString(metadata, metadata_field::kUnit, std::string_view(info.unit));
    });
  });
  const std::size_t exemplar_bytes = info.has_exemplars ? kSentExemplarBytesMax : 0;
  series_bytes_max_ = layout_.samples() * (kPointBytesMax + exemplar_bytes + SizeOf(name_labels_) +
                                           SizeOf(added_labels_) + layout_.slots().size() * kLabelBytesMax);
}

void RemoteWrite1Encoder::ReadLabels(std::string_view label_text) {
  changes_.ForEachChange(label_text, [&](std::size_t label, const EscapedText& value) {
    series_labels_[label].clear();
    if (value.size() == 0) return;
    unescaped_.resize(value.size());
    value.CopyTo(unescaped_.data());
    Encode(series_labels_[label],
           [&](auto& out) { PutLabel(out, series_field::kLabels, info_->label_names[label], unescaped_); });
  });
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
  return PutLabelled(out, point.name, point.added, [&](auto& series) {
    PutMessage(series, series_field::kSamples, [&](auto& sample) {
      PutFixed64(sample, sample_field::kValue, point.bits);
      PutInt64(sample, sample_field::kTimestamp, batch().unix_milliseconds);
    });
    if (point.exemplar != nullptr && IsFresh(*point.exemplar, batch())) PutExemplar(series, *point.exemplar);
  });
}

char* RemoteWrite1Encoder::PutNative(char* out, const ExponentialHistogramValues& histograms, std::size_t series) {
  const NativeTimes times = {.unix_milliseconds = batch().unix_milliseconds};
  buckets_.Assign(histograms[series]);
  fresh_exemplars_.Assign(histograms.classic, series, batch());
  return PutLabelled(out, 0, kNoAddedLabel, [&](auto& message) {
    for (const metrics::Exemplar* exemplar : fresh_exemplars_) PutExemplar(message, *exemplar);
    PutMessage(message, series_field::kHistograms,
               [&](auto& histogram) { PutNativeHistogram(histogram, histograms[series], buckets_, times); });
  });
}

char* RemoteWrite1Encoder::PutEndedNative(char* out) const {
  const NativeTimes times = {.unix_milliseconds = batch().unix_milliseconds};
  return PutLabelled(out, 0, kNoAddedLabel, [&](auto& message) {
    PutMessage(message, series_field::kHistograms, [&](auto& histogram) { PutEndedHistogram(histogram, times); });
  });
}

template <typename PutRest>
char* RemoteWrite1Encoder::PutLabelled(char* out, std::size_t name, std::size_t added, const PutRest& put_rest) const {
  ProtobufWriter writer(out);
  PutMessage(writer, request_field::kTimeseries, [&](auto& series) {
    for (const SampleLayout::Slot& slot : layout_.slots()) series.Text(LabelBytes(slot, name, added));
    put_rest(series);
  });
  return writer.end();
}

std::string_view RemoteWrite1Encoder::LabelBytes(const SampleLayout::Slot& slot, std::size_t name,
                                                 std::size_t added) const {
  switch (slot.source) {
    case SampleLayout::Source::kSampleName:
      return name_labels_[name];
    case SampleLayout::Source::kSeriesLabel:
      return series_labels_[slot.label];
    case SampleLayout::Source::kAddedLabel:
      break;
  }
  return added == kNoAddedLabel ? std::string_view() : std::string_view(added_labels_[added]);
}

}  // namespace streamhouse::exporters
