// StatsdEncoder: deltas as StatsD lines, a datagram at a time.
//
// When to use something else: it has no start times, exemplars, types or help texts; other formats
// have.
// Each chunk that Fill() makes is a datagram: whole lines, with a newline between them.
// Invariants:
// 1. lines_ has whole lines. Each of line_ and rest_begin_ is where a line begins, or the end.
// 2. While is_part_, some lines of lines_ are in no datagram yet.
// 3. position() never goes back.
// Guarantees:
// 1. Counters, the cumulative buckets of histograms, their counts and sums are `|c`, and left out
//    where they are 0. Gauges, up-down counters, infos, states and all values of summaries are
//    `|g`. A negative gauge has a line of 0 before it, as a sign means a change. It has none where
//    lines have a time: a receiver that reads times would store the 0, and knows no changes.
// 2. Counts are whole numbers (DoubleDeltas::kWhole), as some receivers cut fractions off. NaN and
//    infinities are left out.
// 3. Lines of a series share a datagram if they fit in one. So position() and rest() say what a
//    datagram that was not sent lacks, to the line.
// 4. A family or a series whose name is another's is left out, and told by left_out().
// Thread safety: one thread at a time.
// Cost: the lines of one series are in memory, and the names of the families.
//
//   StatsdEncoder encoder(deltas.families(), StatsdDialect::kPlain, {}, std::move(rest));
//   do {
//     datagram.Clear();
//     progress = encoder.Fill(datagram);
//     if (Send(datagram.view())) continue;
//     view.CommitUntil(encoder.position().family, encoder.position().series);
//     rest = std::string(encoder.rest());  // goes first the next time
//     return;
//   } while (progress == PageSource::Progress::kMore);
//   view.Commit();
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exporters/encoding/page_chunk.h"
#include "exporters/statsd/dogstatsd_fields.h"
#include "exporters/statsd/statsd_names.h"
#include "exporters/statsd/taken_statsd_names.h"
#include "metrics_core/reading/family_info.h"
#include "metrics_core/reading/family_values.h"
#include "metrics_core/reading/snapshot.h"

namespace streamhouse::exporters {

class StatsdEncoder final : public PageSource {
 public:
  // Series of a snapshot: those of the families before `family`, and `series` of that one.
  struct SeriesPosition {
    std::size_t family = 0;
    std::size_t series = 0;

    friend auto operator<=>(const SeriesPosition&, const SeriesPosition&) = default;
  };

  struct LeftOutFamily {
    std::string name;
    std::string_view why;  // TakenStatsdNames::TakeFamily()
  };

  // What is left out is counted here.
  struct LeftOut {
    std::vector<LeftOutFamily> families;
    std::uint64_t series = 0;                     // whose name another one of the family has
    std::vector<std::string> families_of_series;  // that have such series
    std::uint64_t long_lines = 0;                 // that no datagram can hold
  };

  // `families` must outlive the encoder. DogStatsD lines have the fields. `rest` has the lines of a
  // series that an earlier encoder could not send whole; they go first, as they are.
  StatsdEncoder(std::span<const metrics::FamilySnapshot> families, StatsdDialect dialect, DogStatsdFields fields = {},
                std::string rest = {});

  // A datagram may be empty if it is the last.
  Progress Fill(PageChunk& chunk) override;

  // If the last datagram is not sent: the earlier ones hold the series before this position.
  SeriesPosition position() const { return begin_; }
  // The lines of the last one of these series that the earlier datagrams lack.
  std::string_view rest() const { return std::string_view(lines_).substr(rest_begin_); }

  std::uint64_t samples() const { return samples_; }  // lines of the last datagram
  const LeftOut& left_out() const { return left_out_; }

 private:
  static constexpr std::size_t kNoLabel = static_cast<std::size_t>(-1);

  Progress FillDatagram(PageChunk& chunk);
  // Makes lines_ of the next series that has any. False at the end.
  bool NextSeries();
  void BeginFamily(const metrics::FamilySnapshot& family);
  void LeaveOutSeries(const metrics::FamilyInfo& info);
  void AddLabels(const metrics::FamilyInfo& info);
  // Appends the lines of a series that one datagram cannot hold.
  void FillPart(PageChunk& chunk);
  // Whether a line of lines_ begins there, or all of them end.
  bool IsLineBegin(std::size_t place) const;

  template <typename Number>
  void AppendValues(const metrics::CounterValues<Number>& counters);
  void AppendValues(const metrics::UpDownCounterValues& counters);
  template <typename Number>
  void AppendValues(const metrics::GaugeValues<Number>& gauges);
  void AppendValues(const metrics::InfoValues& infos);
  void AppendValues(const metrics::StateSetValues& sets);
  void AppendValues(const metrics::HistogramValues& histograms);
  void AppendValues(const metrics::ExponentialHistogramValues& histograms);
  void AppendValues(const metrics::SummaryValues& summaries);

  template <typename Number>
  void AppendCount(std::size_t sample, std::size_t added, Number count);
  template <typename Number>
  void AppendGauge(std::size_t sample, std::size_t added, Number value);
  void AppendLine(std::size_t sample, std::size_t added, std::string_view value, char type);

  const std::span<const metrics::FamilySnapshot> families_;
  const StatsdDialect dialect_;
  const bool has_times_;
  const std::string tags_;    // of each series, behind its labels
  const std::string fields_;  // of each line, behind its tags
  TakenStatsdNames names_;
  LeftOut left_out_;

  std::string lines_;           // of one series, each with a newline
  std::size_t line_ = 0;        // where the lines begin that no datagram has yet
  bool is_part_ = false;        // whether earlier datagrams have lines of this series
  SeriesPosition series_;       // of lines_
  SeriesPosition next_;         // the series behind it
  SeriesPosition begin_;        // of the last datagram
  std::size_t rest_begin_ = 0;  // in lines_
  std::uint64_t samples_ = 0;

  // Of the present family.
  bool is_begun_ = false;
  bool is_left_out_ = false;
  std::vector<std::string> sample_names_;  // as KindDescription::sample_suffixes
  std::vector<std::string> added_;         // labels of buckets, quantiles or states
  std::string labels_;                     // of the present series, with tags_
};

}  // namespace streamhouse::exporters
