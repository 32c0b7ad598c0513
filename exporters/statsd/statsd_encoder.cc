#include "exporters/statsd/statsd_encoder.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <type_traits>
#include <utility>

#include "exporters/encoding/number_format.h"
#include "metrics_core/dcheck.h"
#include "metrics_core/reading/metric_kind.h"

namespace streamhouse::exporters {
namespace {

using metrics::FamilyInfo;
using metrics::FamilySnapshot;

constexpr char kCount = 'c';
constexpr char kGauge = 'g';

// Of the samples of a kind (KindDescription::sample_suffixes).
constexpr std::size_t kValue = 0;
constexpr std::size_t kSum = 1;
constexpr std::size_t kTotal = 2;

// The digits of the largest double, and a sign.
constexpr std::size_t kWholeBytesMax = std::numeric_limits<double>::max_exponent10 + 4;

std::string_view NewlineBehind(const PageChunk& chunk) {
  return chunk.empty() ? "" : "\n";
}

std::string FieldsBehindTags(const DogStatsdFields& fields) {
  return fields.origin + (fields.unix_seconds > 0 ? "|T" + std::to_string(fields.unix_seconds) : "");
}

std::uint64_t LinesOf(std::string_view lines) {
  return static_cast<std::uint64_t>(std::count(lines.begin(), lines.end(), '\n'));
}

}  // namespace

StatsdEncoder::StatsdEncoder(std::span<const FamilySnapshot> families, StatsdDialect dialect, DogStatsdFields fields,
                             std::string rest)
    : families_(families),
      dialect_(dialect),
      has_times_(dialect == StatsdDialect::kDogStatsd && fields.unix_seconds > 0),
      tags_(dialect == StatsdDialect::kDogStatsd ? std::move(fields.tags) : ""),
      fields_(dialect == StatsdDialect::kDogStatsd ? FieldsBehindTags(fields) : ""),
      names_(dialect),
      lines_(std::move(rest)),
      is_part_(!lines_.empty()),
      rest_begin_(lines_.size()) {}

PageSource::Progress StatsdEncoder::Fill(PageChunk& chunk) {
  const SeriesPosition before = begin_;
  const Progress progress = FillDatagram(chunk);
  // Invariant 1.
  metrics::DCheck([this] { return IsLineBegin(lines_.size()) && IsLineBegin(line_) && IsLineBegin(rest_begin_); },
                  "lines of StatsD are whole");
  // Invariant 2.
  metrics::DCheck([this] { return !is_part_ || line_ < lines_.size(); }, "a series that is split has more lines");
  // Invariant 3.
  metrics::DCheck([&] { return before <= begin_; }, "a datagram begins behind the one before");
  return progress;
}

bool StatsdEncoder::IsLineBegin(std::size_t place) const {
  return place == 0 || (place <= lines_.size() && lines_[place - 1] == '\n');
}

PageSource::Progress StatsdEncoder::FillDatagram(PageChunk& chunk) {
  samples_ = 0;
  if (is_part_) {
    begin_ = next_;
    FillPart(chunk);
    if (!chunk.empty()) return Progress::kMore;
  }
  begin_ = line_ < lines_.size() ? series_ : next_;
  rest_begin_ = lines_.size();
  while (line_ < lines_.size() || NextSeries()) {
    rest_begin_ = lines_.size();
    const std::string_view lines = std::string_view(lines_).substr(0, lines_.size() - 1);
    const std::string_view newline = NewlineBehind(chunk);
    if (newline.size() + lines.size() > chunk.room()) {
      if (!chunk.empty()) return Progress::kMore;
      begin_ = series_;
      FillPart(chunk);
      rest_begin_ = lines_.size();
      if (!chunk.empty()) return Progress::kMore;
      // All its lines are left out.
      begin_ = next_;
      continue;
    }
    // Both fit.
    static_cast<void>(chunk.Append(newline) && chunk.Append(lines));
    samples_ += LinesOf(lines_);
    line_ = lines_.size();
  }
  return Progress::kEnd;
}

void StatsdEncoder::FillPart(PageChunk& chunk) {
  rest_begin_ = line_;
  while (line_ < lines_.size()) {
    const std::string_view line = std::string_view(lines_).substr(line_, lines_.find('\n', line_) - line_);
    const std::string_view newline = NewlineBehind(chunk);
    const bool fits = newline.size() + line.size() <= chunk.room();
    if (!fits && !chunk.empty()) break;
    line_ += line.size() + 1;
    if (fits) {
      // Both fit.
      static_cast<void>(chunk.Append(newline) && chunk.Append(line));
      ++samples_;
    } else {
      ++left_out_.long_lines;
    }
  }
  is_part_ = line_ < lines_.size();
}

bool StatsdEncoder::NextSeries() {
  while (next_.family < families_.size()) {
    const FamilySnapshot& family = families_[next_.family];
    if (!is_begun_) BeginFamily(family);
    if (is_left_out_ || next_.series == family.size()) {
      next_ = {.family = next_.family + 1, .series = 0};
      is_begun_ = false;
      continue;
    }
    series_ = next_;
    ++next_.series;
    labels_.clear();
    AppendStatsdLabels(family.label_text(series_.series), dialect_, labels_);
    if (!names_.TakeSeries(labels_)) {
      LeaveOutSeries(family.info());
      continue;
    }
    if (!tags_.empty()) labels_.append(labels_.empty() ? "" : ",").append(tags_);
    lines_.clear();
    line_ = rest_begin_ = 0;
    family.Visit([this](const auto& values) { AppendValues(values); });
    if (!lines_.empty()) return true;
  }
  return false;
}

void StatsdEncoder::LeaveOutSeries(const FamilyInfo& info) {
  ++left_out_.series;
  std::vector<std::string>& families = left_out_.families_of_series;
  if (families.empty() || families.back() != info.name) families.push_back(info.name);
}

void StatsdEncoder::BeginFamily(const FamilySnapshot& family) {
  const FamilyInfo& info = family.info();
  is_begun_ = true;
  const std::string_view why = names_.TakeFamily(family);
  is_left_out_ = !why.empty();
  if (is_left_out_) left_out_.families.push_back({.name = info.name, .why = why});
  sample_names_.clear();
  for (const std::string_view suffix : metrics::Describe(info.kind).sample_suffixes) {
    const std::string name = std::string(metrics::BaseName(info.name, info.kind)).append(suffix);
    AppendStatsdName(name, dialect_, sample_names_.emplace_back());
  }
  added_.clear();
  AddLabels(info);
}

void StatsdEncoder::AddLabels(const FamilyInfo& info) {
  const std::string_view label = metrics::AddedLabel(info);
  const auto add = [&](std::string_view value) { AppendStatsdLabel(label, value, dialect_, added_.emplace_back()); };
  const auto add_number = [&](double number) {
    char text[kNumberBytesMax];
    add({text, WriteOpenMetricsDouble(text, number)});
  };
  if (label == metrics::kBoundLabel) {
    for (const double bound : info.bounds) add_number(bound);
    add("+Inf");
  } else if (label == metrics::kQuantileLabel) {
    for (const double quantile : info.quantiles) add_number(quantile);
  } else {
    for (const std::string& state : info.states) add(state);
  }
}

template <typename Number>
void StatsdEncoder::AppendValues(const metrics::CounterValues<Number>& counters) {
  AppendCount(kValue, kNoLabel, counters[series_.series]);
}

void StatsdEncoder::AppendValues(const metrics::UpDownCounterValues& counters) {
  AppendGauge(kValue, kNoLabel, counters[series_.series]);
}

template <typename Number>
void StatsdEncoder::AppendValues(const metrics::GaugeValues<Number>& gauges) {
  AppendGauge(kValue, kNoLabel, gauges[series_.series]);
}

void StatsdEncoder::AppendValues(const metrics::InfoValues& /*infos*/) {
  AppendGauge(kValue, kNoLabel, std::int64_t{1});
}

void StatsdEncoder::AppendValues(const metrics::StateSetValues& sets) {
  for (std::size_t i = 0; i < sets.states.size(); ++i) {
    AppendGauge(kValue, i, std::int64_t{sets.IsOn(series_.series, i) ? 1 : 0});
  }
}

void StatsdEncoder::AppendValues(const metrics::HistogramValues& histograms) {
  const metrics::HistogramValue value = histograms[series_.series];
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < value.bucket_counts.size(); ++i) {
    total += value.bucket_counts[i];
    AppendCount(kValue, i, total);
  }
  AppendCount(kSum, kNoLabel, value.sum);
  AppendCount(kTotal, kNoLabel, value.count);
}

void StatsdEncoder::AppendValues(const metrics::ExponentialHistogramValues& histograms) {
  AppendValues(histograms.classic);
}

void StatsdEncoder::AppendValues(const metrics::SummaryValues& summaries) {
  const metrics::SummaryValue value = summaries[series_.series];
  for (std::size_t i = 0; i < value.quantile_values.size(); ++i) AppendGauge(kValue, i, value.quantile_values[i]);
  AppendGauge(kSum, kNoLabel, value.sum);
  AppendGauge(kTotal, kNoLabel, static_cast<double>(value.count));
}

template <typename Number>
void StatsdEncoder::AppendCount(std::size_t sample, std::size_t added, Number count) {
  if (count == 0) return;
  char text[kWholeBytesMax];
  if constexpr (std::is_same_v<Number, double>) {
    if (!std::isfinite(count)) return;
    AppendLine(sample, added, {text, std::to_chars(text, text + sizeof(text), count, std::chars_format::fixed, 0).ptr},
               kCount);
  } else {
    AppendLine(sample, added, {text, WriteInteger(text, count)}, kCount);
  }
}

template <typename Number>
void StatsdEncoder::AppendGauge(std::size_t sample, std::size_t added, Number value) {
  char text[kNumberBytesMax];
  char* end = nullptr;
  if constexpr (std::is_same_v<Number, double>) {
    if (!std::isfinite(value)) return;
    end = WriteTextDouble(text, value);
  } else {
    end = WriteInteger(text, value);
  }
  if (text[0] == '-' && !has_times_) AppendLine(sample, added, "0", kGauge);
  AppendLine(sample, added, {text, end}, kGauge);
}

void StatsdEncoder::AppendLine(std::size_t sample, std::size_t added, std::string_view value, char type) {
  const std::string_view more = added == kNoLabel ? std::string_view() : added_[added];
  lines_ += sample_names_[sample];
  if (dialect_ == StatsdDialect::kPlain) lines_.append(labels_).append(more);
  lines_.append(":").append(value).append("|").push_back(type);
  if (dialect_ == StatsdDialect::kDogStatsd && !(labels_.empty() && more.empty())) {
    lines_.append("|#").append(labels_).append(labels_.empty() || more.empty() ? "" : ",").append(more);
  }
  if (!fields_.empty()) lines_ += fields_;
  lines_ += '\n';
}

}  // namespace streamhouse::exporters
