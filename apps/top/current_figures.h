// CurrentFigures: the programs that `streamhouse top` reads, and their figures.
//
// Guarantees:
// 1. The figures are computed once for a reading, however often they are asked for.
// 2. What depends on the time of day, such as the time since a program started, is of the moment
//    when they were computed.
// Thread safety: one thread.
// Cost: Get() costs as much as FiguresOf() behind a reading, and nothing otherwise.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "apps/top/figures.h"
#include "metrics_core/status.h"

namespace streamhouse::apps {

class CurrentFigures {
 public:
  // A program that has not been asked yet.
  void Add(std::string url);

  // The outcome of asking the program that was added as number `index`.
  void Take(std::size_t index, metrics::Result<Reading> reading);

  bool HasResponse() const;

  // `unix_seconds` is the time of day.
  const Figures& Get(double unix_seconds);

 private:
  std::vector<Program> programs_;
  std::optional<Figures> figures_;  // of the programs as they are
};

}  // namespace streamhouse::apps
