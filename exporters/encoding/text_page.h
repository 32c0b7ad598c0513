// TextPage: the lines of a page, one for each sample; what the text formats have in common.
//
// When to use something else: TextEncoder and OpenMetricsEncoder, which are this with a dialect.
// Guarantees: the same snapshot gives the same bytes. All lines of a family stand together, in the
// order of the snapshot; a family without series is left out. A sum is always shown, also beside
// negative bounds, where OpenMetrics asks to leave it out (docs/readers.md, Python). The label that
// a kind adds (`le`) stands last, and is printed alike in all dialects.
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
#include "metrics_core/exemplar.h"
#include "metrics_core/reading/family_info.h"
#include "metrics_core/reading/family_values.h"
#include "metrics_core/reading/snapshot.h"

namespace streamhouse::exporters {

// Whether exemplars stand behind the samples of counters and buckets (exemplar_text.h).
enum class ExemplarUse : std::uint8_t { kLeftOut, kShown };

// Whether series whose creation time is kept show it, in a sample of its own.
enum class CreatedUse : std::uint8_t { kLeftOut, kShown };

// Wherein the text formats differ.
struct TextDialect {
  // Appends the lines that stand before the samples of a family.
  void (*append_metadata)(const metrics::FamilyInfo& info, std::string& out);
  // See number_format.h. Integers are printed with all their digits in every dialect.
  char* (*write_double)(char* out, double value);
  ExemplarUse exemplars;
  std::string_view end_of_page;
};

// How a sample's line begins: name{ or, where the name has to be quoted, {"name", and without
// labels name or {"name"}.
struct SampleName {
  SampleName() = default;
  explicit SampleName(std::string_view name);

  std::string labelled;
  std::string bare;
};

class TextPage : public PageSource {
 public:
  // `families` and `dialect` must outlive the page.
  TextPage(std::span<const metrics::FamilySnapshot> families, const TextDialect& dialect,
           CreatedUse created = CreatedUse::kLeftOut)
      : dialect_(dialect), created_(created), families_(families) {}

  Progress Fill(PageChunk& chunk) override;

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
  bool shows_created_ = false;
  std::vector<SampleName> names_;  // of its samples, in the order of KindDescription::sample_suffixes
  SampleName created_name_;
  std::vector<std::string> added_labels_;  // ,le="0.5"
  std::size_t added_label_bytes_max_ = 0;
};

}  // namespace streamhouse::exporters
