// SeriesKeeper: which series a receiver has, so that series that are gone get their stale markers.
//
// When to use something else: readers that scrape see for themselves which series are gone.
// Guarantees:
// 1. Ended() gives the series of the last snapshot that was kept which the given one lacks.
// 2. A series is its family's name and its label text: one that was removed and made again has not
//    ended.
// 3. The classic series of exponential histograms have ended where they are native from now on.
//    Native ones have not where they are classic from now on: receivers of classic ones may refuse
//    their markers.
// Thread safety: one thread at a time. What Ended() returns is valid until the next call of Keep(),
// and as long as the families.
// Cost: a compressed copy of the label texts of the last snapshot that was kept (kept_texts.h), and
// nothing of older ones. A push decompresses it twice, to find the ended series and to keep the
// present ones; it compresses the families whose series have changed.
//
//   EndedCursor ended = keeper.Ended(snapshot.families(), exponential);
//   … send the markers, and then the samples …
//   keeper.Keep(snapshot.families(), exponential);  // once the markers are delivered
#pragma once

#include <span>
#include <vector>

#include "exporters/remote_write/ended_cursor.h"
#include "exporters/remote_write/remote_write_batch.h"
#include "metrics_core/reading/snapshot.h"

namespace streamhouse::exporters {

class SeriesKeeper {
 public:
  // `exponential` is how the families are sent.
  EndedCursor Ended(std::span<const metrics::FamilySnapshot> families, ExponentialUse exponential) const;
  // All that are kept, for the end of the program.
  EndedCursor All(ExponentialUse exponential) const { return Ended({}, exponential); }

  void Keep(std::span<const metrics::FamilySnapshot> families, ExponentialUse exponential);

 private:
  std::vector<KeptFamily> kept_;
  ExponentialUse kept_exponential_ = ExponentialUse::kNative;
};

}  // namespace streamhouse::exporters
