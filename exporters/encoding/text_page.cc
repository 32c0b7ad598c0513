#include "exporters/encoding/text_page.h"

#include <algorithm>
#include <cstring>

#include "exporters/encoding/exemplar_text.h"
#include "exporters/encoding/number_format.h"
#include "metrics_core/name_escaping.h"

namespace streamhouse::exporters {
namespace {

using metrics::FamilyInfo;
using metrics::FamilySnapshot;
using metrics::HistogramValue;
using metrics::MetricType;
using metrics::NumberKind;

// The braces, the space and the newline of a line.
constexpr std::size_t kPunctuationBytes = 4;

template <std::size_t kSize>
void CopyBlock(char* out, const char* from) {
  std::memcpy(out, from, kSize);
}

// memcpy for texts of some tens of bytes, without a call: whole blocks, and a last one that overlaps its predecessor.
inline char* Put(char* out, std::string_view text) {
  const std::size_t n = text.size();
  const char* const from = text.data();
  if (n >= 16) {
    std::size_t at = 0;
    for (; at + 16 <= n; at += 16) CopyBlock<16>(out + at, from + at);
    CopyBlock<16>(out + n - 16, from + n - 16);
  } else if (n >= 8) {
    CopyBlock<8>(out, from);
    CopyBlock<8>(out + n - 8, from + n - 8);
  } else if (n >= 4) {
    CopyBlock<4>(out, from);
    CopyBlock<4>(out + n - 4, from + n - 4);
  } else {
    for (std::size_t i = 0; i < n; ++i) out[i] = from[i];
  }
  return out + n;
}

// Seconds without an exponent, to the millisecond.
char* WriteUnixTime(char* out, std::int64_t unix_milliseconds) {
  constexpr std::int64_t kMillisecondsPerSecond = 1000;
  out = WriteInteger(out, unix_milliseconds / kMillisecondsPerSecond);
  // A digit before the three, which the point replaces.
  WriteInteger(out, kMillisecondsPerSecond + unix_milliseconds % kMillisecondsPerSecond);
  *out = '.';
  return out + 4;
}

std::string LeLabel(double bound) {
  char number[kNumberBytesMax];
  return ",le=\"" + std::string(number, WriteOpenMetricsDouble(number, bound)) + "\"";
}

}  // namespace

SampleName::SampleName(std::string_view name) {
  bare = metrics::QuotedMetricName(name);
  labelled = bare == name ? bare + "{" : "{" + bare + ",";
  if (bare != name) bare = "{" + bare + "}";
}

std::string CreatedName(std::string_view name) {
  constexpr std::string_view kCounterSuffix = "_total";
  if (name.ends_with(kCounterSuffix)) name.remove_suffix(kCounterSuffix.size());
  return std::string(name) + "_created";
}

PageSource::Progress TextPage::Fill(Chunk& chunk) {
  for (; family_ < families_.size(); ++family_) {
    const FamilySnapshot& family = families_[family_];
    if (family.size() == 0) continue;
    if (!FillFamily(family, chunk)) return Progress::kMore;
    step_ = Step::kBegin;
  }
  return chunk.Append(dialect_.end_of_page) ? Progress::kEnd : Progress::kMore;
}

bool TextPage::FillFamily(const FamilySnapshot& family, Chunk& chunk) {
  if (step_ == Step::kBegin) {
    BeginFamily(family);
    step_ = Step::kMetadata;
  }
  if (step_ == Step::kMetadata) {
    if (!chunk.Append(metadata_)) return false;
    step_ = Step::kSeries;
  }
  return FillSeries(family, chunk);
}

void TextPage::BeginFamily(const FamilySnapshot& family) {
  series_ = 0;
  line_ = 0;
  metadata_.clear();
  name_ = SampleName(family.info().name);
  shows_created_ = created_ == CreatedUse::kShown && family.info().has_created;
  if (shows_created_) created_name_ = SampleName(CreatedName(family.info().name));
  dialect_.append_metadata(family.info(), metadata_);
  if (family.info().type == MetricType::kHistogram) BeginHistograms(family.info());
}

void TextPage::BeginHistograms(const FamilyInfo& info) {
  bucket_total_ = 0;
  bucket_name_ = SampleName(info.name + "_bucket");
  sum_name_ = SampleName(info.name + "_sum");
  count_name_ = SampleName(info.name + "_count");
  le_labels_.clear();
  for (const double bound : info.bounds) le_labels_.push_back(LeLabel(bound));
  le_labels_.push_back(",le=\"+Inf\"");
  le_label_bytes_max_ = 0;
  for (const std::string& label : le_labels_) le_label_bytes_max_ = std::max(le_label_bytes_max_, label.size());
}

bool TextPage::FillSeries(const FamilySnapshot& family, Chunk& chunk) {
  if (family.info().type == MetricType::kHistogram) return FillHistograms(family, chunk);
  switch (family.info().number) {
    case NumberKind::kUint64:
      return FillScalars(family, chunk,
                         [&](char* out, std::size_t i) { return WriteInteger(out, family.uint64_value(i)); });
    case NumberKind::kInt64:
      return FillScalars(family, chunk,
                         [&](char* out, std::size_t i) { return WriteInteger(out, family.int64_value(i)); });
    case NumberKind::kDouble:
      return FillScalars(family, chunk,
                         [&](char* out, std::size_t i) { return dialect_.write_double(out, family.double_value(i)); });
  }
  return true;
}

const metrics::Exemplar* TextPage::ExemplarOf(const FamilySnapshot& family, std::size_t bucket) const {
  return dialect_.exemplars == ExemplarUse::kShown ? family.exemplar(series_, bucket) : nullptr;
}

template <typename WriteValue>
bool TextPage::FillScalars(const FamilySnapshot& family, Chunk& chunk, const WriteValue& write_value) {
  const bool has_exemplars = family.info().has_exemplars && family.info().type == MetricType::kCounter;
  for (; series_ < family.size(); ++series_) {
    const auto write = [&](char* out) { return write_value(out, series_); };
    const metrics::Exemplar* const exemplar = has_exemplars ? ExemplarOf(family, 0) : nullptr;
    if (line_ == 0 && !FillLine(chunk, name_, family.label_text(series_), write, exemplar)) return false;
    if (!shows_created_) continue;
    line_ = 1;
    if (!FillCreated(family, chunk)) return false;
    line_ = 0;
  }
  return true;
}

bool TextPage::FillCreated(const FamilySnapshot& family, Chunk& chunk) {
  if (!shows_created_) return true;
  return FillLine(chunk, created_name_, family.label_text(series_),
                  [&](char* out) { return WriteUnixTime(out, family.created_unix_milliseconds(series_)); });
}

template <typename WriteValue>
bool TextPage::FillLine(Chunk& chunk, const SampleName& name, std::string_view labels, const WriteValue& write_value,
                        const metrics::Exemplar* exemplar) {
  const std::size_t exemplar_bytes = exemplar == nullptr ? 0 : kExemplarBytesMax;
  char* out =
      chunk.Reserve(name.labelled.size() + labels.size() + kNumberBytesMax + kPunctuationBytes + exemplar_bytes);
  if (out == nullptr) return false;
  if (labels.empty()) {
    out = Put(out, name.bare);
  } else {
    out = Put(Put(out, name.labelled), labels);
    *out++ = '}';
  }
  *out++ = ' ';
  out = write_value(out);
  if (exemplar != nullptr) out = WriteExemplar(out, *exemplar);
  *out++ = '\n';
  chunk.Commit(out);
  return true;
}

bool TextPage::FillHistograms(const FamilySnapshot& family, Chunk& chunk) {
  for (; series_ < family.size(); ++series_) {
    if (!FillHistogram(family, chunk)) return false;
    line_ = 0;
    bucket_total_ = 0;
  }
  return true;
}

bool TextPage::FillHistogram(const FamilySnapshot& family, Chunk& chunk) {
  const HistogramValue value = family.histogram_value(series_);
  const std::string_view labels = family.label_text(series_);
  const std::size_t buckets = value.bucket_counts.size();
  for (; line_ < buckets; ++line_) {
    const std::uint64_t total = bucket_total_ + value.bucket_counts[line_];
    if (!FillBucketLine(chunk, labels, line_, total, ExemplarOf(family, line_))) return false;
    bucket_total_ = total;
  }
  if (line_ == buckets) {
    const auto write_sum = [&](char* out) { return dialect_.write_double(out, value.sum); };
    if (!FillLine(chunk, sum_name_, labels, write_sum)) return false;
    ++line_;
  }
  if (line_ == buckets + 1) {
    const auto write_count = [&](char* out) { return WriteInteger(out, value.count); };
    if (!FillLine(chunk, count_name_, labels, write_count)) return false;
    ++line_;
  }
  return FillCreated(family, chunk);
}

bool TextPage::FillBucketLine(Chunk& chunk, std::string_view labels, std::size_t bucket, std::uint64_t total,
                              const metrics::Exemplar* exemplar) {
  const std::size_t exemplar_bytes = exemplar == nullptr ? 0 : kExemplarBytesMax;
  char* out = chunk.Reserve(bucket_name_.labelled.size() + labels.size() + le_label_bytes_max_ + kNumberBytesMax +
                            kPunctuationBytes + exemplar_bytes);
  if (out == nullptr) return false;
  std::string_view le_label = le_labels_[bucket];
  if (labels.empty()) le_label.remove_prefix(1);
  out = Put(Put(Put(out, bucket_name_.labelled), labels), le_label);
  *out++ = '}';
  *out++ = ' ';
  out = WriteInteger(out, total);
  if (exemplar != nullptr) out = WriteExemplar(out, *exemplar);
  *out++ = '\n';
  chunk.Commit(out);
  return true;
}

}  // namespace streamhouse::exporters
