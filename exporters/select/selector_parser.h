// ParseSelector: a selector of series, as PromQL has it: http_requests_total{topic="orders"}.
//
// When to use something else: Selection (selection.h), which holds several selectors and their
// limits.
// Guarantees:
// 1. Takes what Prometheus takes for match[]: a name, matchers in braces, or both.
// 2. Names of any UTF-8 may stand in quotes: {"my.name","my.label"="x"}.
// 3. There may be a comma behind the last matcher, and comments from '#' to the end of a line.
// 4. The name is a matcher of __name__ like others.
// 5. {} is refused: Prometheus refuses it in queries, and /federate chooses no series by it.
// Thread safety: pure.
// Cost: linear in the text, and the compilation of its regular expressions.
// Errors: InvalidArgument. The message is `at character N: ` and what is wrong there, and quotes
// nothing of the text. N counts bytes from 1.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "exporters/select/label_matcher.h"
#include "metrics_core/status.h"

namespace streamhouse::exporters {

// A series has to meet all of them.
using Selector = std::vector<LabelMatcher>;

// What selectors may still have; what one has is taken off.
struct SelectorBudget {
  std::size_t matchers;
  std::size_t expressions;  // of these, with =~ or !~
};

metrics::Result<Selector> ParseSelector(std::string_view text, SelectorBudget& budget);

}  // namespace streamhouse::exporters
