// EndedCursor: the kept series that the families of a push lack, found while they are read.
//
// When to use something else: SeriesKeeper makes one.
// Guarantees: those of SeriesKeeper.
// Invariants:
// 1. The text of the series that was given last, and that of the one before it, stay as they are.
// 2. There is a match only beside a reader: a family that is not begun has neither.
// Thread safety: one thread at a time. What it reads must outlive it, and must not change.
// Cost: that of SeriesMatch for each family; for one that has lost series, its kept texts are read
// again. The memory is given back where the family ends.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "exporters/remote_write/kept_texts.h"
#include "exporters/remote_write/remote_write_batch.h"
#include "exporters/remote_write/series_match.h"
#include "metrics_core/reading/family_info.h"
#include "metrics_core/reading/snapshot.h"

namespace streamhouse::exporters {

struct KeptFamily {
  metrics::FamilyInfo info;
  KeptTexts texts;
};

class EndedCursor final : public EndedSeriesSource {
 public:
  // `ended_exponential` is how ended exponential histograms are sent, `exponential` how the
  // families are.
  EndedCursor(std::span<const KeptFamily> kept, ExponentialUse ended_exponential,
              std::span<const metrics::FamilySnapshot> families, ExponentialUse exponential)
      : kept_(kept), ended_exponential_(ended_exponential), families_(families), exponential_(exponential) {}
  EndedCursor(const EndedCursor&) = delete;
  EndedCursor& operator=(const EndedCursor&) = delete;

  const EndedSeries* Next() override;
  void Pop() override { is_found_ = false; }

 private:
  // The family of the push that may still have series of the present kept one.
  const metrics::FamilySnapshot* FamilyOfPush() const;
  // False where the family has all of its kept series.
  bool BeginFamily();
  bool FindInFamily();

  const std::span<const KeptFamily> kept_;
  const ExponentialUse ended_exponential_;
  const std::span<const metrics::FamilySnapshot> families_;
  const ExponentialUse exponential_;

  std::size_t kept_family_ = 0;
  // Of it, once it is begun.
  std::optional<KeptTexts::Reader> reader_;
  std::optional<SeriesMatch> match_;  // none where all series have ended
  std::size_t series_ = 0;            // the next one

  bool is_found_ = false;
  EndedSeries found_;
  // Of found_ and the one before it, in turns.
  std::string texts_[2];
  std::size_t text_ = 0;
};

}  // namespace streamhouse::exporters
