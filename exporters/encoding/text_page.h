// TextPage: the lines of a page, one for each sample; what the text formats have in common.
//
// When to use something else: TextEncoder, OpenMetricsEncoder and OpenMetrics2Encoder, which are
// this with a dialect. The last one has lines of its own for histograms and summaries.
// Guarantees:
// 1. The same snapshot gives the same bytes.
// 2. All lines of a family stand together, in the order of the snapshot; a family without series is
//    left out.
// 3. A sum is always shown, also beside negative bounds, where OpenMetrics 1.0 asks to leave it out
//    (docs/readers.md, Python).
// 4. The label that a kind adds (`le`) stands last, and is printed alike in all dialects.
// Thread safety: one thread at a time.
// Cost: label text and names are copied, not rendered; memory for the lines' fixed parts of one
// family at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exporters/encoding/page_chunk.h"
#include "exporters/encoding/sample_name.h"
#include "exporters/encoding/start_time_text.h"
#include "metrics_core/exemplar.h"
#include "metrics_core/reading/family_info.h"
#include "metrics_core/reading/family_values.h"
#include "metrics_core/reading/snapshot.h"

namespace streamhouse::exporters {

// Whether exemplars stand behind the samples of counters and buckets (exemplar_text.h).
enum class ExemplarUse : std::uint8_t { kLeftOut, kShown };

// Whether series whose creation time is kept show it.
enum class CreatedUse : std::uint8_t { kLeftOut, kShown };

// Where it stands then: in a sample of its own, or as the start time on the series' line.
enum class CreatedPlace : std::uint8_t { kOwnSample, kLine };

// Wherein the text formats differ.
struct TextDialect {
  // Appends the lines that stand before the samples of a family.
  void (*append_metadata)(const metrics::FamilyInfo& info, std::string& out);
  // See number_format.h. Integers are printed with all their digits in every dialect.
  char* (*write_double)(char* out, double value);
  ExemplarUse exemplars;
  CreatedPlace created;
  std::string_view end_of_page;
};

class TextPage : public PageSource {
 public:
  // `families` and `dialect` must outlive the page.
  TextPage(std::span<const metrics::FamilySnapshot> families, const TextDialect& dialect,
           CreatedUse created = CreatedUse::kLeftOut)
      : dialect_(dialect), created_(created), families_(families) {}

  Progress Fill(PageChunk& chunk) override;

 protected:
  // Prepares what the lines of a family share.
  virtual void BeginLines(const metrics::FamilySnapshot& family);
  // The lines of a family from series() on; false when the chunk is full.
  virtual bool FillLines(const metrics::FamilySnapshot& family, PageChunk& chunk);

  // Which series of the present family is next.
  std::size_t series() const { return series_; }
  void NextSeries() { ++series_; }

  // The start time behind the value, if it stands there: at most StartTimeText::kBytesMax.
  char* WriteStart(char* out, const metrics::FamilySnapshot& family) {
    return shows_start_ ? start_time_.Write(out, family.created_unix_milliseconds(series_)) : out;
  }

 private:
  enum class Step { kBegin, kMetadata, kSeries };

  void BeginFamily(const metrics::FamilySnapshot& family);
  // Prepares what the lines of a kind share: the names of its samples and the labels that it adds.
  template <typename Number>
  void Begin(const metrics::FamilyInfo& info, const metrics::CounterValues<Number>& counters);
  void Begin(const metrics::FamilyInfo& info, const metrics::UpDownCounterValues& counters);
  template <typename Number>
  void Begin(const metrics::FamilyInfo& info, const metrics::GaugeValues<Number>& gauges);
  void Begin(const metrics::FamilyInfo& info, const metrics::InfoValues& infos);
  void Begin(const metrics::FamilyInfo& info, const metrics::StateSetValues& sets);
  void Begin(const metrics::FamilyInfo& info, const metrics::HistogramValues& histograms);
  void Begin(const metrics::FamilyInfo& info, const metrics::ExponentialHistogramValues& histograms);
  void Begin(const metrics::FamilyInfo& info, const metrics::SummaryValues& summaries);

  // Everything below returns false when the chunk is full.
  bool FillFamily(const metrics::FamilySnapshot& family, PageChunk& chunk);
  template <typename Number>
  bool FillSeries(const metrics::FamilySnapshot& family, const metrics::CounterValues<Number>& counters,
                  PageChunk& chunk);
  bool FillSeries(const metrics::FamilySnapshot& family, const metrics::UpDownCounterValues& counters,
                  PageChunk& chunk);
  template <typename Number>
  bool FillSeries(const metrics::FamilySnapshot& family, const metrics::GaugeValues<Number>& gauges, PageChunk& chunk);
  bool FillSeries(const metrics::FamilySnapshot& family, const metrics::InfoValues& infos, PageChunk& chunk);
  bool FillSeries(const metrics::FamilySnapshot& family, const metrics::StateSetValues& sets, PageChunk& chunk);
  bool FillSeries(const metrics::FamilySnapshot& family, const metrics::HistogramValues& histograms, PageChunk& chunk);
  bool FillSeries(const metrics::FamilySnapshot& family, const metrics::ExponentialHistogramValues& histograms,
                  PageChunk& chunk);
  bool FillSeries(const metrics::FamilySnapshot& family, const metrics::SummaryValues& summaries, PageChunk& chunk);

  template <typename Number>
  bool FillNumbers(const metrics::FamilySnapshot& family, std::span<const Number> numbers,
                   const metrics::ExemplarTable& exemplars, PageChunk& chunk);
  // Of a family without exemplars whose start times stand on the lines.
  template <typename Number>
  bool FillStartedNumbers(const metrics::FamilySnapshot& family, std::span<const Number> numbers, PageChunk& chunk);
  bool FillCreated(const metrics::FamilySnapshot& family, PageChunk& chunk);
  bool FillHistogram(const metrics::FamilySnapshot& family, const metrics::HistogramValues& histograms,
                     PageChunk& chunk);
  bool FillSummary(const metrics::FamilySnapshot& family, const metrics::SummaryValues& summaries, PageChunk& chunk);
  // The sum, the count and the start time, which follow `lines` other lines.
  bool FillTotals(const metrics::FamilySnapshot& family, std::size_t lines, double sum, std::uint64_t count,
                  PageChunk& chunk);
  template <typename WriteValue>
  static bool FillLine(PageChunk& chunk, const SampleName& name, std::string_view labels, const WriteValue& write_value,
                       const metrics::Exemplar* exemplar = nullptr);
  // A line with added_labels_[added] behind the others.
  template <typename WriteValue>
  bool FillLineWithAdded(PageChunk& chunk, const SampleName& name, std::string_view labels, std::size_t added,
                         const WriteValue& write_value, const metrics::Exemplar* exemplar = nullptr);
  // Null where there is none, or the dialect does not show it.
  const metrics::Exemplar* ExemplarOf(const metrics::ExemplarTable& exemplars, std::size_t bucket) const;

  void AddLabel(std::string_view name, std::string_view value);
  void AddNumberLabel(std::string_view name, double value);
  char* WriteNumber(char* out, std::uint64_t value) const;
  char* WriteNumber(char* out, std::int64_t value) const;
  char* WriteNumber(char* out, double value) const;

  const TextDialect& dialect_;
  const CreatedUse created_;
  const std::span<const metrics::FamilySnapshot> families_;

  // Where the page stands.
  std::size_t family_ = 0;
  Step step_ = Step::kBegin;
  std::size_t series_ = 0;
  std::size_t line_ = 0;            // of the series
  std::uint64_t bucket_total_ = 0;  // of the buckets up to this line

  // Of the present family.
  std::string metadata_;
  bool shows_created_ = false;     // in a sample of its own
  bool shows_start_ = false;       // on the line
  std::vector<SampleName> names_;  // of its samples, in the order of KindDescription::sample_suffixes
  SampleName created_name_;
  StartTimeText start_time_;
  std::vector<std::string> added_labels_;  // ,le="0.5"
  std::size_t added_label_bytes_max_ = 0;
};

}  // namespace streamhouse::exporters
