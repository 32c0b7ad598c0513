// SeriesMatch: which series of the kept texts a family still has.
//
// Series that come and go do not change the order of the others. So most kept texts are matched
// with the family's in one pass. The few series of the family that are left over, new ones and
// those in another order, are found by a table.
// When to use something else: KeptTexts::Assign(), which asks whether all texts stay the same.
// Guarantees: Has() is exact, for series in any order.
// Thread safety: any number of threads may read one.
// Cost: a comparison of each text. Memory: two bits a series, and six to twelve bytes for each
// series of the family that is left over.
//
//   const SeriesMatch match(kept, family);
//   KeptTexts::Reader reader(kept);
//   for (std::size_t i = 0; reader.Next(); ++i) { if (!match.Has(i, reader.text())) … }  // it has ended
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "exporters/remote_write/kept_texts.h"
#include "metrics_core/reading/snapshot.h"

namespace streamhouse::exporters {

class SeriesMatch {
 public:
  // The family must outlive this.
  SeriesMatch(const KeptTexts& kept, const metrics::FamilySnapshot& family);

  // Whether the match alone shows that the family has all that are kept.
  bool HasAll() const { return unmatched_count_ == 0; }
  // Whether the family has the series that is kept as number `series`, with this text.
  bool Has(std::size_t series, std::string_view text) const { return !unmatched_[series] || IsLeftOver(text); }

  // Of the family, in the table.
  std::size_t left_over() const { return left_over_; }

 private:
  static constexpr std::uint32_t kFree = UINT32_MAX;

  // Marks the series of the family that are left over.
  std::vector<bool> Match(const KeptTexts& kept);
  void MakeTable(const std::vector<bool>& left_over);
  bool IsLeftOver(std::string_view text) const;
  std::size_t Begin(std::string_view text) const;

  const metrics::FamilySnapshot& family_;
  const std::uint64_t seed_;     // so that no client can choose values that collide
  std::vector<bool> unmatched_;  // by number, of the kept series
  std::size_t unmatched_count_ = 0;
  std::size_t left_over_ = 0;
  std::vector<std::uint32_t> places_;  // in the family; a power of two, two thirds full at most
};

}  // namespace streamhouse::exporters
