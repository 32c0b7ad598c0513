// TextPage: the lines of a page, one for each sample; what the text formats have in common.
//
// When to use something else: TextEncoder and OpenMetricsEncoder, which are this with a dialect.
// Guarantees: the same snapshot gives the same bytes. All lines of a family stand together, in the order of the
// snapshot; a family without series is left out. `le` stands last, and is printed alike in all dialects.
// Thread safety: one thread at a time. Cost: label text and names are copied, not rendered; memory for the lines' fixed
// parts of one family at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exporters/encoding/chunk.h"
#include "metrics_core/exemplar.h"
#include "metrics_core/snapshot.h"

namespace streamhouse::exporters {

// Whether exemplars stand behind the samples of counters and buckets (exemplar_text.h).
enum class ExemplarUse : std::uint8_t { kLeftOut, kShown };

// Whether series whose creation time is kept show it, in a sample of its own.
enum class CreatedUse : std::uint8_t { kLeftOut, kShown };

// The name of that sample, beside those of a counter or histogram.
std::string CreatedName(std::string_view family_name);

// Wherein the text formats differ.
struct TextDialect {
  // Appends the lines that stand before the samples of a family.
  void (*append_metadata)(const metrics::FamilyInfo& info, std::string& out);
  // See number_format.h. Integers are printed with all their digits in every dialect.
  char* (*write_double)(char* out, double value);
  ExemplarUse exemplars;
  std::string_view end_of_page;
};

// How a sample's line begins: name{ or, where the name has to be quoted, {"name", and without labels name or {"name"}.
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

  Progress Fill(Chunk& chunk) override;

 private:
  enum class Step { kBegin, kMetadata, kSeries };

  void BeginFamily(const metrics::FamilySnapshot& family);
  void BeginHistograms(const metrics::FamilyInfo& info);
  // These return false when the chunk is full.
  bool FillFamily(const metrics::FamilySnapshot& family, Chunk& chunk);
  bool FillSeries(const metrics::FamilySnapshot& family, Chunk& chunk);
  template <typename WriteValue>
  bool FillScalars(const metrics::FamilySnapshot& family, Chunk& chunk, const WriteValue& write_value);
  bool FillCreated(const metrics::FamilySnapshot& family, Chunk& chunk);
  bool FillHistograms(const metrics::FamilySnapshot& family, Chunk& chunk);
  bool FillHistogram(const metrics::FamilySnapshot& family, Chunk& chunk);
  template <typename WriteValue>
  static bool FillLine(Chunk& chunk, const SampleName& name, std::string_view labels, const WriteValue& write_value,
                       const metrics::Exemplar* exemplar = nullptr);
  // Null where there is none, or the dialect does not show it.
  const metrics::Exemplar* ExemplarOf(const metrics::FamilySnapshot& family, std::size_t bucket) const;
  bool FillBucketLine(Chunk& chunk, std::string_view labels, std::size_t bucket, std::uint64_t total,
                      const metrics::Exemplar* exemplar);

  const TextDialect& dialect_;
  const CreatedUse created_;
  const std::span<const metrics::FamilySnapshot> families_;

  // Where the page stands.
  std::size_t family_ = 0;
  Step step_ = Step::kBegin;
  std::size_t series_ = 0;
  std::size_t line_ = 0;  // of a histogram: its buckets, its sum, its count, its creation time; of others: 0 and 1
  std::uint64_t bucket_total_ = 0;  // of the buckets up to this line

  // Of the present family.
  std::string metadata_;
  bool shows_created_ = false;
  SampleName name_;
  SampleName bucket_name_;
  SampleName sum_name_;
  SampleName count_name_;
  SampleName created_name_;
  std::vector<std::string> le_labels_;  // ,le="0.5"
  std::size_t le_label_bytes_max_ = 0;
};

}  // namespace streamhouse::exporters
