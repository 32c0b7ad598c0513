#include "exporters/encoding/text_page.h"

#include <algorithm>
#include <limits>

#include "exporters/encoding/exemplar_text.h"
#include "exporters/encoding/number_format.h"
#include "metrics_core/naming/name_escaping.h"
#include "metrics_core/reading/metric_kind.h"
#include "metrics_core/text/text_escaping.h"

namespace streamhouse::exporters {
namespace {

using metrics::CounterValues;
using metrics::ExemplarTable;
using metrics::ExponentialHistogramValues;
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

// Whether a kind whose lines end with a sum and a count has these as its second and third samples.
constexpr bool HasTotals(metrics::MetricKind kind) {
  const auto& suffixes = metrics::Describe(kind).sample_suffixes;
  return suffixes.size() == 3 && suffixes[1] == metrics::kSumSuffix && suffixes[2] == metrics::kCountSuffix;
}
static_assert(HasTotals(HistogramValues::kKind) && HasTotals(SummaryValues::kKind));

// What may stand behind the labels of a line, but for its exemplar.
constexpr std::size_t kValueBytesMax = kNumberBytesMax + StartTimeText::kBytesMax;

}  // namespace

PageSource::Progress TextPage::Fill(PageChunk& chunk) {
  for (; family_ < families_.size(); ++family_) {
    const FamilySnapshot& family = families_[family_];
    if (family.size() == 0) continue;
    if (!FillFamily(family, chunk)) return Progress::kMore;
    step_ = Step::kBegin;
  }
  return chunk.Append(dialect_.end_of_page) ? Progress::kEnd : Progress::kMore;
}

bool TextPage::FillFamily(const FamilySnapshot& family, PageChunk& chunk) {
  if (step_ == Step::kBegin) {
    BeginFamily(family);
    step_ = Step::kMetadata;
  }
  if (step_ == Step::kMetadata) {
    if (!chunk.Append(metadata_)) return false;
    step_ = Step::kSeries;
  }
  return FillLines(family, chunk);
}

bool TextPage::FillLines(const FamilySnapshot& family, PageChunk& chunk) {
  return family.Visit([&](const auto& values) { return FillSeries(family, values, chunk); });
}

void TextPage::BeginFamily(const FamilySnapshot& family) {
  const FamilyInfo& info = family.info();
  series_ = 0;
  line_ = 0;
  bucket_total_ = 0;
  metadata_.clear();
  dialect_.append_metadata(info, metadata_);
  const bool has_created = created_ == CreatedUse::kShown && info.has_created;
  shows_created_ = has_created && dialect_.created == CreatedPlace::kOwnSample;
  shows_start_ = has_created && dialect_.created == CreatedPlace::kLine;
  BeginLines(family);
}

void TextPage::BeginLines(const FamilySnapshot& family) {
  const FamilyInfo& info = family.info();
  added_labels_.clear();
  added_label_bytes_max_ = 0;
  names_.clear();
  const std::string base(metrics::BaseName(info.name, info.kind));
  for (const std::string_view suffix : metrics::Describe(info.kind).sample_suffixes) {
    names_.emplace_back(base + std::string(suffix));
  }
  if (shows_created_) created_name_ = SampleName(metrics::CreatedName(info.name, info.kind));
  family.Visit([&](const auto& values) { Begin(info, values); });
}

// One sample a series, with the family's name.
template <typename Number>
void TextPage::Begin(const FamilyInfo& /*info*/, const CounterValues<Number>& /*counters*/) {}
void TextPage::Begin(const FamilyInfo& /*info*/, const UpDownCounterValues& /*counters*/) {}
template <typename Number>
void TextPage::Begin(const FamilyInfo& /*info*/, const GaugeValues<Number>& /*gauges*/) {}
void TextPage::Begin(const FamilyInfo& /*info*/, const InfoValues& /*infos*/) {}

void TextPage::Begin(const FamilyInfo& info, const StateSetValues& sets) {
  const std::string label = metrics::QuotedLabelName(info.name);
  for (const std::string& state : sets.states) AddLabel(label, state);
}

void TextPage::Begin(const FamilyInfo& /*info*/, const HistogramValues& histograms) {
  for (const double bound : histograms.bounds) AddNumberLabel(metrics::kBoundLabel, bound);
  AddNumberLabel(metrics::kBoundLabel, std::numeric_limits<double>::infinity());
}

void TextPage::Begin(const FamilyInfo& info, const ExponentialHistogramValues& histograms) {
  Begin(info, histograms.classic);
}

void TextPage::Begin(const FamilyInfo& /*info*/, const SummaryValues& summaries) {
  for (const double quantile : summaries.quantiles) AddNumberLabel(metrics::kQuantileLabel, quantile);
}

void TextPage::AddLabel(std::string_view name, std::string_view value) {
  added_labels_.push_back("," + metrics::LabelPairText(name, value));
  added_label_bytes_max_ = std::max(added_label_bytes_max_, added_labels_.back().size());
}

void TextPage::AddNumberLabel(std::string_view name, double value) {
  char number[kNumberBytesMax];
  AddLabel(name, {number, WriteOpenMetricsDouble(number, value)});
}

template <typename Number>
bool TextPage::FillSeries(const FamilySnapshot& family, const CounterValues<Number>& counters, PageChunk& chunk) {
  return FillNumbers(family, counters.numbers, counters.exemplars, chunk);
}

bool TextPage::FillSeries(const FamilySnapshot& family, const UpDownCounterValues& counters, PageChunk& chunk) {
  return FillNumbers(family, counters.numbers, {}, chunk);
}

template <typename Number>
bool TextPage::FillSeries(const FamilySnapshot& family, const GaugeValues<Number>& gauges, PageChunk& chunk) {
  return FillNumbers(family, gauges.numbers, {}, chunk);
}

bool TextPage::FillSeries(const FamilySnapshot& family, const InfoValues& /*infos*/, PageChunk& chunk) {
  const auto write_one = [](char* out) { return WriteInteger(out, 1); };
  for (; series_ < family.size(); ++series_) {
    if (!FillLine(chunk, names_[0], family.label_text(series_), write_one)) return false;
  }
  return true;
}

bool TextPage::FillSeries(const FamilySnapshot& family, const StateSetValues& sets, PageChunk& chunk) {
  for (; series_ < family.size(); ++series_) {
    for (; line_ < sets.states.size(); ++line_) {
      const auto write_state = [&](char* out) { return WriteInteger(out, sets.IsOn(series_, line_) ? 1 : 0); };
      if (!FillLineWithAdded(chunk, names_[0], family.label_text(series_), line_, write_state)) return false;
    }
    line_ = 0;
  }
  return true;
}

bool TextPage::FillSeries(const FamilySnapshot& family, const HistogramValues& histograms, PageChunk& chunk) {
  for (; series_ < family.size(); ++series_) {
    if (!FillHistogram(family, histograms, chunk)) return false;
    line_ = 0;
    bucket_total_ = 0;
  }
  return true;
}

bool TextPage::FillSeries(const FamilySnapshot& family, const ExponentialHistogramValues& histograms,
                          PageChunk& chunk) {
  return FillSeries(family, histograms.classic, chunk);
}

bool TextPage::FillSeries(const FamilySnapshot& family, const SummaryValues& summaries, PageChunk& chunk) {
  for (; series_ < family.size(); ++series_) {
    if (!FillSummary(family, summaries, chunk)) return false;
    line_ = 0;
  }
  return true;
}

const metrics::Exemplar* TextPage::ExemplarOf(const ExemplarTable& exemplars, std::size_t bucket) const {
  return dialect_.exemplars == ExemplarUse::kShown ? exemplars.At(series_, bucket) : nullptr;
}

template <typename Number>
bool TextPage::FillNumbers(const FamilySnapshot& family, std::span<const Number> numbers,
                           const ExemplarTable& exemplars, PageChunk& chunk) {
  const bool has_exemplars = !exemplars.places.empty();
  if (shows_start_ && !has_exemplars) return FillStartedNumbers(family, numbers, chunk);
  for (; series_ < numbers.size(); ++series_) {
    const Number number = numbers[series_];
    const auto write = [&](char* out) { return WriteStart(WriteNumber(out, number), family); };
    const metrics::Exemplar* const exemplar = has_exemplars ? ExemplarOf(exemplars, 0) : nullptr;
    if (line_ == 0 && !FillLine(chunk, names_[0], family.label_text(series_), write, exemplar)) return false;
    if (!shows_created_) continue;
    line_ = 1;
    if (!FillCreated(family, chunk)) return false;
    line_ = 0;
  }
  return true;
}

// The start time ends the line.
template <typename Number>
bool TextPage::FillStartedNumbers(const FamilySnapshot& family, std::span<const Number> numbers, PageChunk& chunk) {
  const SampleName& name = names_[0];
  const std::size_t fixed_bytes_max = name.labelled.size() + kValueBytesMax + kPunctuationBytes;
  for (; series_ < numbers.size(); ++series_) {
    const std::string_view labels = family.label_text(series_);
    char* out = chunk.Reserve(fixed_bytes_max + labels.size());
    if (out == nullptr) return false;
    out = WriteNumber(PutSeries(out, name, labels), numbers[series_]);
    chunk.Commit(start_time_.WriteLine(out, family.created_unix_milliseconds(series_)));
  }
  return true;
}

char* TextPage::WriteNumber(char* out, std::uint64_t value) const {
  return WriteInteger(out, value);
}
char* TextPage::WriteNumber(char* out, std::int64_t value) const {
  return WriteInteger(out, value);
}
char* TextPage::WriteNumber(char* out, double value) const {
  return dialect_.write_double(out, value);
}

bool TextPage::FillCreated(const FamilySnapshot& family, PageChunk& chunk) {
  if (!shows_created_) return true;
  return FillLine(chunk, created_name_, family.label_text(series_),
                  [&](char* out) { return WriteUnixSeconds(out, family.created_unix_milliseconds(series_)); });
}

template <typename WriteValue>
bool TextPage::FillLine(PageChunk& chunk, const SampleName& name, std::string_view labels,
                        const WriteValue& write_value, const metrics::Exemplar* exemplar) {
  const std::size_t exemplar_bytes = exemplar == nullptr ? 0 : kExemplarBytesMax;
  char* out = chunk.Reserve(name.labelled.size() + labels.size() + kValueBytesMax + kPunctuationBytes + exemplar_bytes);
  if (out == nullptr) return false;
  out = write_value(PutSeries(out, name, labels));
  if (exemplar != nullptr) out = WriteExemplar(out, *exemplar);
  *out++ = '\n';
  chunk.Commit(out);
  return true;
}

bool TextPage::FillHistogram(const FamilySnapshot& family, const HistogramValues& histograms, PageChunk& chunk) {
  const HistogramValue value = histograms[series_];
  const std::string_view labels = family.label_text(series_);
  const std::size_t buckets = value.bucket_counts.size();
  for (; line_ < buckets; ++line_) {
    const std::uint64_t total = bucket_total_ + value.bucket_counts[line_];
    const auto write_total = [total](char* out) { return WriteInteger(out, total); };
    const metrics::Exemplar* const exemplar = ExemplarOf(histograms.exemplars, line_);
    if (!FillLineWithAdded(chunk, names_[0], labels, line_, write_total, exemplar)) return false;
    bucket_total_ = total;
  }
  return FillTotals(family, buckets, value.sum, value.count, chunk);
}

bool TextPage::FillSummary(const FamilySnapshot& family, const SummaryValues& summaries, PageChunk& chunk) {
  const SummaryValue value = summaries[series_];
  const std::size_t quantiles = value.quantile_values.size();
  for (; line_ < quantiles; ++line_) {
    const auto write_quantile = [&](char* out) { return dialect_.write_double(out, value.quantile_values[line_]); };
    if (!FillLineWithAdded(chunk, names_[0], family.label_text(series_), line_, write_quantile)) return false;
  }
  return FillTotals(family, quantiles, value.sum, value.count, chunk);
}

bool TextPage::FillTotals(const FamilySnapshot& family, std::size_t lines, double sum, std::uint64_t count,
                          PageChunk& chunk) {
  const std::string_view labels = family.label_text(series_);
  if (line_ == lines) {
    const auto write_sum = [&](char* out) { return dialect_.write_double(out, sum); };
    if (!FillLine(chunk, names_[1], labels, write_sum)) return false;
    ++line_;
  }
  if (line_ == lines + 1) {
    const auto write_count = [&](char* out) { return WriteInteger(out, count); };
    if (!FillLine(chunk, names_[2], labels, write_count)) return false;
    ++line_;
  }
  return FillCreated(family, chunk);
}

template <typename WriteValue>
bool TextPage::FillLineWithAdded(PageChunk& chunk, const SampleName& name, std::string_view labels, std::size_t added,
                                 const WriteValue& write_value, const metrics::Exemplar* exemplar) {
  const std::size_t exemplar_bytes = exemplar == nullptr ? 0 : kExemplarBytesMax;
  char* out = chunk.Reserve(name.labelled.size() + labels.size() + added_label_bytes_max_ + kNumberBytesMax +
                            kPunctuationBytes + exemplar_bytes);
  if (out == nullptr) return false;
  std::string_view label = added_labels_[added];
  // Its comma.
  if (labels.empty()) label.remove_prefix(1);
  out = PutText(PutText(PutText(out, name.labelled), labels), label);
  *out++ = '}';
  *out++ = ' ';
  out = write_value(out);
  if (exemplar != nullptr) out = WriteExemplar(out, *exemplar);
  *out++ = '\n';
  chunk.Commit(out);
  return true;
}

}  // namespace streamhouse::exporters
