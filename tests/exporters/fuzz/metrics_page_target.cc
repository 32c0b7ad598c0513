#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "apps/top/figures.h"
#include "apps/top/page_parser.h"
#include "apps/top/report.h"
#include "metrics_core/status.h"
#include "tests/exporters/fuzz/fuzz_targets.h"

namespace streamhouse::exporters {
namespace {

using apps::Page;
using metrics::Check;
using metrics::Result;

// Limits that inputs reach.
constexpr apps::PageLimits kLimits = {.bytes_max = 2000, .samples_max = 20, .labels_max = 100, .line_bytes_max = 500};

Result<Page> Parse(std::string_view text, std::size_t piece_bytes) {
  apps::PageParser parser(kLimits);
  while (!text.empty()) {
    if (parser.Push(text.substr(0, piece_bytes)) == apps::PageParser::Progress::kWantsNoMore) break;
    text.remove_prefix(std::min(piece_bytes, text.size()));
  }
  return std::move(parser).Take();
}

void CheckPage(const Page& page) {
  Check(page.samples <= kLimits.samples_max, "more samples than the limit");
  for (const auto& [family, series] : page.histograms) {
    for (const auto& [labels, buckets] : series) {
      Check(buckets.bounds.size() == buckets.counts.size(), "a bucket without a count");
      Check(std::is_sorted(buckets.bounds.begin(), buckets.bounds.end()), "bounds that do not rise");
    }
  }
}

apps::Program ReadTwice(const Page& page) {
  apps::Program program;
  for (std::optional<apps::Reading>* const reading : {&program.before, &program.now}) {
    reading->emplace().page = page;
  }
  program.now->taken_at += std::chrono::seconds(1);
  program.was_asked = true;
  return program;
}

apps::Figures FiguresOf(const std::vector<apps::Program>& programs) {
  return apps::FiguresOf(programs, /*unix_seconds=*/1e9);
}

std::string Json(const std::vector<apps::Program>& programs) {
  return apps::ReportJson(FiguresOf(programs), /*unix_ms=*/0);
}

bool IsPrintable(char c) {
  return c == '\n' || (c >= 0x20 && c < 0x7F);
}

}  // namespace

void FuzzMetricsPage(std::string_view text) {
  const Result<Page> page = Parse(text, text.size());
  const Result<Page> in_pieces = Parse(text, 7);
  Check(page.ok() == in_pieces.ok(), "a page depends on how it is cut");
  Check(page.status().message() == in_pieces.status().message(), "a refusal depends on how the page is cut");
  if (!page.ok()) return;
  CheckPage(page.value());
  Check(Json({ReadTwice(page.value())}) == Json({ReadTwice(in_pieces.value())}), "figures depend on how a page is cut");
  const std::vector<apps::Program> programs = {ReadTwice(page.value()), ReadTwice(in_pieces.value())};
  const std::string report = apps::ReportText(FiguresOf(programs), /*unix_ms=*/0);
  Check(std::all_of(report.begin(), report.end(), IsPrintable), "a report with a control character");
  const std::string json = Json(programs);
  Check(std::none_of(json.begin(), json.end(), [](char c) { return c >= 0 && !IsPrintable(c); }),
        "a document with a control character");
}

}  // namespace streamhouse::exporters
