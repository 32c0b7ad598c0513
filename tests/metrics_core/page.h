// Page: everything that a registry exports, as text, so that a test compares the whole of it in one go.
//
// A line a series: `name{labels} value`, and for a histogram `name{labels} [bucket counts] sum S count N`, in the order
// of the snapshot. When to use something else: the exporters' encoders, for what a scraper gets; this is nobody's
// format.
//
//   EXPECT_EQ(Page(registry), "sent_total{topic=\"a\"} 2\nlatency [1 0 2] sum 7 count 3\n");
#pragma once

#include <cstddef>
#include <cstdint>
#include <sstream>
#include <string>

#include "metrics_core/registry.h"
#include "metrics_core/snapshot.h"

namespace streamhouse::metrics {

inline std::string Page(const Snapshot& snapshot) {
  std::ostringstream page;
  page.precision(17);
  for (const FamilySnapshot& family : snapshot.families()) {
    for (std::size_t i = 0; i < family.size(); ++i) {
      page << family.info().name;
      if (!family.label_text(i).empty()) page << '{' << family.label_text(i) << '}';
      if (family.info().type == MetricType::kHistogram) {
        const HistogramValue value = family.histogram_value(i);
        const char* separator = " [";
        for (const std::uint64_t count : value.bucket_counts) {
          page << separator << count;
          separator = " ";
        }
        page << "] sum " << value.sum << " count " << value.count << '\n';
      } else if (family.info().number == NumberKind::kDouble) {
        page << ' ' << family.double_value(i) << '\n';
      } else if (family.info().number == NumberKind::kInt64) {
        page << ' ' << family.int64_value(i) << '\n';
      } else {
        page << ' ' << family.uint64_value(i) << '\n';
      }
    }
  }
  return page.str();
}

// For what expires, a time that a test moves by hand; otherwise any time will do.
inline std::string Page(Registry& registry, std::uint64_t now_nanoseconds = 1) {
  return Page(registry.TakeSnapshot(now_nanoseconds));
}

}  // namespace streamhouse::metrics
