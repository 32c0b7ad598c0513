#include "exporters/remote_write/remote_write_2_encoder.h"

#include <algorithm>
#include <cstring>
#include <protozero/types.hpp>
#include <type_traits>
#include <utility>

#include "exporters/encoding/label_reader.h"
#include "exporters/encoding/protobuf_writer.h"
#include "exporters/remote_write/native_histogram.h"
#include "metrics_core/dcheck.h"
#include "metrics_core/reading/metric_kind.h"

namespace streamhouse::exporters {
namespace {

using metrics::ExponentialHistogramValues;
using metrics::FamilyInfo;
using metrics::FamilySnapshot;

// The numbers of the fields, from io/prometheus/write/v2/types.proto.
namespace request_field {
enum : ProtobufField { kSymbols = 4, kTimeseries = 5 };
}
namespace series_field {
enum : ProtobufField { kLabelsRefs = 1, kSamples = 2, kHistograms = 3, kExemplars = 4, kMetadata = 5 };
}
namespace exemplar_field {
enum : ProtobufField { kLabelsRefs = 1, kValue = 2, kTimestamp = 3 };
}
namespace metadata_field {
enum : ProtobufField { kType = 1, kHelpRef = 3, kUnitRef = 4 };
}
namespace sample_field {
enum : ProtobufField { kValue = 1, kTimestamp = 2, kStartTimestamp = 3 };
}

constexpr std::size_t kRefBytesMax = 5;
// Of a TimeSeries: tags and lengths, a sample, metadata, and what is copied beyond the end.
constexpr std::size_t kPointBytesMax = 128;

// A field of up to 127 bytes begins with its tag and one byte of length.
constexpr char ShortTag(ProtobufField field) {
  return static_cast<char>(field << 3U | static_cast<unsigned>(protozero::pbf_wire_type::length_delimited));
}
constexpr std::size_t kShortBytesMax = 127;
constexpr std::size_t kShortHeaderBytes = 2;
// Where the value stands in the field `samples`: behind the header and the tag of the value.
constexpr std::size_t kValueOffset = kShortHeaderBytes + 1;

// Appends the fields that `body` puts.
template <typename Body>
void Append(std::string& bytes, const Body& body) {
  ProtobufSize size;
  body(size);
  const std::size_t begin = bytes.size();
  bytes.resize(begin + size.bytes());
  ProtobufWriter writer(bytes.data() + begin);
  body(writer);
}

template <typename Bytes, typename Body>
Bytes Encoded(const Body& body) {
  Bytes encoded;
  ProtobufWriter writer(encoded.bytes);
  body(writer);
  encoded.size = static_cast<std::uint8_t>(writer.end() - encoded.bytes);
  return encoded;
}

}  // namespace

template <std::size_t kBytesMax>
char* RemoteWrite2Encoder::ShortBytes<kBytesMax>::CopyTo(char* out) const {
  std::memcpy(out, this, sizeof(*this));
  return out + size;
}

RemoteWrite2Encoder::RemoteWrite2Encoder(const RemoteWriteBatch& batch, SymbolTable& symbols)
    : RequestEncoder(batch), symbols_(symbols) {}

void RemoteWrite2Encoder::BeginRequest() {
  symbols_.Clear();
  is_resolved_ = false;
}

void RemoteWrite2Encoder::EndRequest(PageChunk& chunk) {
  const std::string_view symbols = symbols_.encoded();
  const std::size_t series_bytes = chunk.view().size();
  // Invariant 2.
  metrics::DCheck([&] { return chunk.room() >= symbols.size(); }, "a request has room for its symbols");
  char* const end = chunk.Reserve(symbols.size());  // Reserve() of each series has left that room
  char* const begin = end - series_bytes;
  std::memmove(begin + symbols.size(), begin, series_bytes);
  std::memcpy(begin, symbols.data(), symbols.size());
  chunk.Commit(end + symbols.size());
}

inline char* RemoteWrite2Encoder::Reserve(const FamilyInfo& info, std::string_view label_text, std::size_t bytes,
                                          PageChunk& chunk) {
  if (info_ != &info) Enter(info, batch().exponential);
  std::size_t needed = bytes + series_bytes_max_ + label_text.size() + symbols_.encoded().size();
  if (!is_resolved_) needed += family_bytes_max_;
  char* const out = chunk.Reserve(needed);
  if (out != nullptr && !is_resolved_) ResolveNames();
  return out;
}

void RemoteWrite2Encoder::Enter(const FamilyInfo& info, ExponentialUse exponential) {
  info_ = &info;
  is_resolved_ = false;
  layout_.Assign(info, exponential);
  const std::size_t slots = layout_.slots().size();
  std::size_t texts = 2 + slots + layout_.sample_names().size() + layout_.added_values().size();
  family_bytes_max_ = info.help.size() + info.unit.size();
  for (const SampleLayout::Slot& slot : layout_.slots()) family_bytes_max_ += slot.name.size();
  for (const std::string& name : layout_.sample_names()) family_bytes_max_ += name.size();
  for (const std::string& value : layout_.added_values()) family_bytes_max_ += value.size();
  if (info.has_exemplars) {
    texts += 2;
    family_bytes_max_ += kSentExemplarBytesMax;
  }
  family_bytes_max_ += texts * SymbolTable::kOverheadBytesMax;

  const std::size_t refs_bytes_max = slots * 2 * kRefBytesMax + sizeof(LabelRefs);
  refs_.resize(refs_bytes_max);
  const std::size_t exemplar_bytes = info.has_exemplars ? kSentExemplarBytesMax : 0;
  series_bytes_max_ = layout_.samples() * (kPointBytesMax + refs_bytes_max + exemplar_bytes) +
                      info.label_names.size() * SymbolTable::kOverheadBytesMax;
}

void RemoteWrite2Encoder::ResolveNames() {
  const auto refs_of = [](std::uint32_t name, std::uint32_t value) {
    return Encoded<LabelRefs>([&](ProtobufWriter& out) {
      out.Varint(name);
      out.Varint(value);
    });
  };
  labels_.assign(info_->label_names.size(), SeriesLabel());
  changes_.Begin(info_->label_names);
  name_refs_.clear();
  added_refs_.clear();
  parts_.clear();
  added_part_ = layout_.slots().size();
  for (const SampleLayout::Slot& slot : layout_.slots()) {
    const std::uint32_t name = symbols_.Intern(slot.name);
    parts_.push_back(&no_refs_);
    switch (slot.source) {
      case SampleLayout::Source::kSeriesLabel:
        labels_[slot.label].refs = Encoded<LabelRefs>([&](ProtobufWriter& out) { out.Varint(name); });
        labels_[slot.label].name_bytes = std::exchange(labels_[slot.label].refs.size, std::uint8_t{0});
        parts_.back() = &labels_[slot.label].refs;
        break;
      case SampleLayout::Source::kSampleName:
        name_part_ = parts_.size() - 1;
        for (const std::string& value : layout_.sample_names()) {
          name_refs_.push_back(refs_of(name, symbols_.Intern(value)));
        }
        break;
      case SampleLayout::Source::kAddedLabel:
        added_part_ = parts_.size() - 1;
        for (const std::string& value : layout_.added_values()) {
          added_refs_.push_back(refs_of(name, symbols_.Intern(value)));
        }
        break;
    }
  }
  const std::uint32_t help = symbols_.Intern(info_->help);
  const std::uint32_t unit = symbols_.Intern(info_->unit);
  metadata_ = Encoded<MetadataBytes>([&](ProtobufWriter& out) {
    PutMessage(out, series_field::kMetadata, [&](auto& metadata) {
      PutUint64(metadata, metadata_field::kType, metrics::Describe(info_->kind).remote_write_type);
      if (help != 0) PutUint64(metadata, metadata_field::kHelpRef, help);
      if (unit != 0) PutUint64(metadata, metadata_field::kUnitRef, unit);
    });
  });
  MakeSamples();
  is_resolved_ = true;
}

bool RemoteWrite2Encoder::HasEntryOfEach() const {
  return name_refs_.size() == layout_.sample_names().size() && added_refs_.size() == layout_.added_values().size() &&
         labels_.size() == info_->label_names.size() && parts_.size() == layout_.slots().size() &&
         name_part_ < parts_.size();
}

[[gnu::noinline]] std::string_view RemoteWrite2Encoder::Unescaped(const EscapedText& value) {
  unescaped_.resize(value.size());
  value.CopyTo(unescaped_.data());
  return unescaped_;
}

[[gnu::always_inline]] inline void RemoteWrite2Encoder::SetLabel(std::size_t label, const EscapedText& value) {
  const std::uint32_t number = symbols_.Intern(value.has_escapes() ? Unescaped(value) : value.text());
  SeriesLabel& known = labels_[label];
  ProtobufWriter writer(known.refs.bytes + known.name_bytes);
  writer.Varint(number);
  known.refs.size = number == 0 ? 0 : static_cast<std::uint8_t>(writer.end() - known.refs.bytes);
}

inline void RemoteWrite2Encoder::ReadLabels(std::string_view label_text) {
  changes_.ForEachChange(
      label_text, [&](std::size_t label, const EscapedText& value)
                      __attribute__((always_inline)) { SetLabel(label, value); });
}

inline void RemoteWrite2Encoder::StartAt(std::int64_t created_unix_milliseconds) {
  if (created_unix_milliseconds == created_unix_milliseconds_) [[likely]]
    return;
  created_unix_milliseconds_ = created_unix_milliseconds;
  // A start behind the sample comes of a clock that was set back.
  const bool is_behind = created_unix_milliseconds > batch().unix_milliseconds;
  start_unix_milliseconds_ = is_behind ? 0 : created_unix_milliseconds;
  MakeSamples();
}

void RemoteWrite2Encoder::MakeSamples() {
  plain_sample_ = EncodedSample(0);
  started_sample_ = EncodedSample(start_unix_milliseconds_);
  // Invariant 3.
  metrics::DCheck(
      [this] { return start_unix_milliseconds_ == 0 || start_unix_milliseconds_ <= batch().unix_milliseconds; },
      "a series starts before its sample");
}

RemoteWrite2Encoder::SampleBytes RemoteWrite2Encoder::EncodedSample(std::int64_t start_unix_milliseconds) const {
  return Encoded<SampleBytes>([&](ProtobufWriter& out) {
    PutMessage(out, series_field::kSamples, [&](auto& sample) {
      PutFixed64(sample, sample_field::kValue, 0);
      PutInt64(sample, sample_field::kTimestamp, batch().unix_milliseconds);
      if (start_unix_milliseconds != 0) PutInt64(sample, sample_field::kStartTimestamp, start_unix_milliseconds);
    });
    out.Text(std::string_view(metadata_.bytes, metadata_.size));
  });
}

template <typename Values>
char* RemoteWrite2Encoder::PutSeries(char* out, const Values& values, std::size_t series) {
  if constexpr (std::is_same_v<Values, ExponentialHistogramValues>) {
    if (layout_.is_native()) return PutNative(out, values, series);
  }
  ForEachPoint(values, series, [&](const SeriesPoint& point) { out = PutNumber(out, point); });
  return out;
}

inline char* RemoteWrite2Encoder::PutRefs(char* out, std::size_t name, std::size_t added) {
  parts_[name_part_] = &name_refs_[name];
  if (added_part_ < parts_.size()) parts_[added_part_] = added == kNoAddedLabel ? &no_refs_ : &added_refs_[added];
  // What `out` points at might be these pointers, for all that the compiler knows.
  const LabelRefs* const* const end = parts_.data() + parts_.size();
  for (const LabelRefs* const* part = parts_.data(); part != end; ++part) out = (*part)->CopyTo(out);
  return out;
}

inline char* RemoteWrite2Encoder::PutNumber(char* out, const SeriesPoint& point) {
  const bool is_started = point.start == StartUse::kOfSeries && info_->has_created;
  const SampleBytes& sample = is_started ? started_sample_ : plain_sample_;
  char* const refs = out + 2 * kShortHeaderBytes;
  char* const end = PutRefs(refs, point.name, point.added);
  const std::size_t refs_bytes = static_cast<std::size_t>(end - refs);
  const std::size_t bytes = kShortHeaderBytes + refs_bytes + sample.size;
  if (bytes > kShortBytesMax || (point.exemplar != nullptr && IsFresh(*point.exemplar, batch()))) [[unlikely]]
    return PutLongNumber(out, point, {refs, refs_bytes}, sample);
  out[0] = ShortTag(request_field::kTimeseries);
  out[1] = static_cast<char>(bytes);
  out[2] = ShortTag(series_field::kLabelsRefs);
  out[3] = static_cast<char>(refs_bytes);
  char* const behind = sample.CopyTo(end);
  std::memcpy(end + kValueOffset, &point.bits, sizeof(point.bits));
  return behind;
}

[[gnu::noinline]] char* RemoteWrite2Encoder::PutLongNumber(char* out, const SeriesPoint& point, std::string_view refs,
                                                           const SampleBytes& sample) {
  // `refs` may stand where the number goes.
  std::copy(refs.begin(), refs.end(), refs_.data());
  data_.assign(sample.bytes, sample.size - metadata_.size);
  std::memcpy(data_.data() + kValueOffset, &point.bits, sizeof(point.bits));
  exemplars_.clear();
  if (point.exemplar != nullptr && IsFresh(*point.exemplar, batch())) AddExemplar(*point.exemplar);
  return PutParts(out, {refs_.data(), refs.size()}, data_);
}

char* RemoteWrite2Encoder::PutNative(char* out, const ExponentialHistogramValues& histograms, std::size_t series) {
  const NativeTimes times = {.unix_milliseconds = batch().unix_milliseconds,
                             .start_unix_milliseconds = info_->has_created ? start_unix_milliseconds_ : 0};
  buckets_.Assign(histograms[series]);
  data_.clear();
  Append(data_, [&](auto& parent) {
    PutMessage(parent, series_field::kHistograms,
               [&](auto& histogram) { PutNativeHistogram(histogram, histograms[series], buckets_, times); });
  });
  exemplars_.clear();
  fresh_exemplars_.Assign(histograms.classic, series, batch());
  for (const metrics::Exemplar* exemplar : fresh_exemplars_) AddExemplar(*exemplar);
  const char* const end = PutRefs(refs_.data(), 0, kNoAddedLabel);
  return PutParts(out, {refs_.data(), end}, data_);
}

char* RemoteWrite2Encoder::PutParts(char* out, std::string_view refs, std::string_view data) {
  ProtobufWriter writer(out);
  PutMessage(writer, request_field::kTimeseries, [&](auto& series) {
    PutString(series, series_field::kLabelsRefs, refs);
    series.Text(data);
    series.Text(std::string_view(exemplars_));
    series.Text(std::string_view(metadata_.bytes, metadata_.size));
  });
  return writer.end();
}

void RemoteWrite2Encoder::AddExemplar(const metrics::Exemplar& exemplar) {
  const SortedExemplarLabels labels(exemplar);
  std::uint32_t refs[2 * SortedExemplarLabels::kCount];
  for (std::size_t i = 0; i < SortedExemplarLabels::kCount; ++i) {
    refs[2 * i] = symbols_.Intern(labels[i].name);
    refs[2 * i + 1] = symbols_.Intern(labels[i].value);
  }
  Append(exemplars_, [&](auto& parent) {
    PutMessage(parent, series_field::kExemplars, [&](auto& message) {
      PutMessage(message, exemplar_field::kLabelsRefs, [&](auto& packed) {
        for (const std::uint32_t ref : refs) packed.Varint(ref);
      });
      PutFixed64(message, exemplar_field::kValue, NumberBits(exemplar.value));
      PutInt64(message, exemplar_field::kTimestamp, exemplar.unix_milliseconds);
    });
  });
}

template <typename Values>
bool RemoteWrite2Encoder::FillSeries(const FamilySnapshot& family, const Values& values, std::size_t& series,
                                     PageChunk& chunk) {
  const FamilyInfo& info = family.info();
  const bool has_created = info.has_created;
  const std::size_t size = family.size();
  for (; series < size; ++series) {
    const std::string_view text = family.label_text(series);
    std::size_t native_bytes = 0;
    if constexpr (std::is_same_v<Values, ExponentialHistogramValues>) {
      native_bytes = NativeHistogramBytesMax(values[series]) + kNativeExemplarsMax * kSentExemplarBytesMax;
    }
    char* const out = Reserve(info, text, native_bytes, chunk);
    if (out == nullptr) return false;
    ReadLabels(text);
    if (has_created) StartAt(family.created_unix_milliseconds(series));
    chunk.Commit(PutSeries(out, values, series));
    CountSamples(layout_.samples());
  }
  return true;
}

bool RemoteWrite2Encoder::FillFamily(const FamilySnapshot& family, std::size_t& series, PageChunk& chunk) {
  const bool is_whole = family.Visit([&](const auto& values) { return FillSeries(family, values, series, chunk); });
  // Invariant 1.
  metrics::DCheck([this] { return !is_resolved_ || HasEntryOfEach(); }, "references are those of the present family");
  return is_whole;
}

bool RemoteWrite2Encoder::FillEnded(const EndedSeries& ended, PageChunk& chunk) {
  if (info_ != ended.info) Enter(*ended.info, ended.exponential);
  char* out = Reserve(*ended.info, ended.label_text, 0, chunk);
  if (out == nullptr) return false;
  ReadLabels(ended.label_text);
  if (layout_.is_native()) {
    const NativeTimes times = {.unix_milliseconds = batch().unix_milliseconds};
    data_.clear();
    exemplars_.clear();
    Append(data_, [&](auto& parent) {
      PutMessage(parent, series_field::kHistograms, [&](auto& histogram) { PutEndedHistogram(histogram, times); });
    });
    const char* const end = PutRefs(refs_.data(), 0, kNoAddedLabel);
    out = PutParts(out, {refs_.data(), end}, data_);
  } else {
    ForEachEndedPoint(layout_, [&](const SeriesPoint& point) { out = PutNumber(out, point); });
  }
  chunk.Commit(out);
  CountSamples(layout_.samples());
  return true;
}

}  // namespace streamhouse::exporters
