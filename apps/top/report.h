// ReportText() and ReportJson(): figures for pipes, files and scripts.
//
// When to use something else: screen_layout.h for a terminal.
// Guarantees: no control character but newlines, for any page.
// Thread safety: pure functions.
// Cost: linear in the figures.
#pragma once

#include <cstdint>
#include <string>

#include "apps/top/figures.h"

namespace streamhouse::apps {

// A line that says how many programs answer, when, and over which time rates are; then the tables
// that have rows. Ends without a newline.
std::string ReportText(const Figures& figures, std::int64_t unix_ms);

// One JSON object in a line (docs/topics_and_groups.md); what is not known is null.
std::string ReportJson(const Figures& figures, std::int64_t unix_ms);

}  // namespace streamhouse::apps
