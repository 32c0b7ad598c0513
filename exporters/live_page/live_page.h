// LivePage(): a page for people that shows a server's metrics as moving charts, read from /metrics
// by the browser.
//
// When to use something else: dashboards (docs/observability.md), which remember what was before
// the page was opened.
// Guarantees:
// 1. One document with all that it needs.
// 2. It asks only the server that it came from, and there only for `metrics` and `ready` beside its
//    own path. So it works behind a proxy's prefix.
// Thread safety: both functions from any thread.
// Cost: none to the server but the scrapes: one a second where a reader asks for it, less often
// where pages are large.
#pragma once

#include <cstdint>
#include <string_view>

namespace streamhouse::exporters {

// Whether a browser that asks a server for `/` gets it.
enum class LivePageUse : std::uint8_t { kShown, kLeftOut };

// HTML, in UTF-8.
std::string_view LivePage();

// The value of the header Content-Security-Policy that belongs to it: the page's own script and
// style, by their hashes, and nothing else.
std::string_view LivePagePolicy();

}  // namespace streamhouse::exporters
