// SeriesKeeper: which series a receiver has, so that series that are gone get their stale markers.
//
// When to use something else: readers that scrape see for themselves which series are gone.
// Guarantees: Ended() gives the series of the last snapshot that was kept which the given one
// lacks. A series is its family's name and its label text: one that was removed and made again has
// not ended. The classic series of exponential histograms have ended where they are native from now
// on. Native ones have not where they are classic from now on: receivers of classic ones may refuse
// their markers.
// Thread safety: one thread at a time. What it returns is valid until the next call of Keep().
// Cost: a copy of the label texts of the last snapshot that was kept, and nothing of older ones. A
// comparison and a copy of each text a push. In a steady state it allocates nothing that grows with
// the number of series.
//
//   const auto ended = keeper.Ended(snapshot.families(), exponential);
//   … send the markers, and then the samples …
//   keeper.Keep(snapshot.families(), exponential);  // once the markers are delivered
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "exporters/remote_write/remote_write_batch.h"
#include "metrics_core/reading/family_info.h"
#include "metrics_core/reading/snapshot.h"

namespace streamhouse::exporters {

class SeriesKeeper {
 public:
  // `exponential` is how the families are sent.
  std::span<const EndedSeries> Ended(std::span<const metrics::FamilySnapshot> families, ExponentialUse exponential);
  // All that are kept, for the end of the program.
  std::span<const EndedSeries> All(ExponentialUse exponential) { return Ended({}, exponential); }

  void Keep(std::span<const metrics::FamilySnapshot> families, ExponentialUse exponential);

 private:
  struct KeptFamily {
    metrics::FamilyInfo info;
    std::string texts;              // one after another
    std::vector<std::size_t> ends;  // of each text

    std::string_view text(std::size_t i) const {
      const std::size_t begin = i == 0 ? 0 : ends[i - 1];
      return std::string_view(texts).substr(begin, ends[i] - begin);
    }
  };

  void FindEnded(const KeptFamily& kept, const metrics::FamilySnapshot* family, ExponentialUse exponential);

  std::vector<KeptFamily> kept_;  // only the first kept_count_; the others are memory for later
  std::size_t kept_count_ = 0;
  ExponentialUse kept_exponential_ = ExponentialUse::kNative;
  std::vector<EndedSeries> ended_;
  std::unordered_set<std::string_view> texts_;  // of a family that has lost series
};

}  // namespace streamhouse::exporters
