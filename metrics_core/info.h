// Info: labels that describe the program and do not change while it runs, such as its version. The
// value is always 1.
//
// When to use something else: a StateSet for what changes; RegisterBuildInfo (build_info.h) for the
// build of a program.
// Guarantees: the series is on the page from Family<Info>::With() until it is removed.
// Thread safety: as any handle.
// Cost: none; nothing is recorded.
//
//   auto info = registry.AddInfo({.name = "relay_info", .help = "…", .labels = {"version"}});
//   info->With("1.0");
#pragma once

#include <utility>

#include "metrics_core/internal/series/series_ref.h"

namespace streamhouse::metrics {

class Info {
 public:
  Info() = default;
  explicit Info(internal::SeriesRef series) : series_(std::move(series)) {}

 private:
  internal::SeriesRef series_;
};

}  // namespace streamhouse::metrics
