#include <gtest/gtest.h>

#include <cstdint>

#include "metrics_core/exponential_histogram.h"
#include "metrics_core/internal/cell_arena.h"
#include "metrics_core/internal/exponential_run.h"
#include "metrics_core/internal/series_ref.h"

namespace streamhouse::metrics::internal {
namespace {

// Goal: a run is not given to so many series that one has the incarnation of another that a thread still remembers.
// Method: as many series as there are incarnations, of which the first was recorded into.
TEST(ExponentialIncarnationTest, ARunIsRetiredBeforeItsIncarnationsBeginAnew) {
  const RunShape shape = {.length = kExponentialRunCells, .numbers = CellNumbers::kExponential};
  const Slot run = AllocateRun(shape);
  ExponentialHistogram(SeriesRef::Adopt(run)).Observe(5);
  std::uint32_t uses = 1;
  Slot next = AllocateRun(shape);
  for (; next == run; next = AllocateRun(shape)) {
    ++uses;
    DereferenceRun(next);
  }
  EXPECT_EQ(uses, ExponentialLayout::kIncarnations);
  DereferenceRun(next);
}

}  // namespace
}  // namespace streamhouse::metrics::internal
