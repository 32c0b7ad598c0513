// PageShapes(): the registries whose pages are counted: ten kinds of series that cost differently.
//
// Guarantees: the same series and values in every run, but for times. Each family has the label
// `partition`, last. Ten series in a row share the values of their other labels.
// Thread safety: one thread.
#pragma once

#include <span>
#include <string_view>

#include "metrics_core/registry.h"

namespace streamhouse::exporters {

struct PageShape {
  std::string_view name;
  // Adds so many series.
  void (*add)(metrics::Registry& registry, int series);
};

std::span<const PageShape> PageShapes();

}  // namespace streamhouse::exporters
