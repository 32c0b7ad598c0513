// MakeLabelText(): the labels of one series as they stand between the braces of a page.
//
// It is name="value",name="value" with \ " and newline escaped, in the order of the family's label
// names. A name that is no legacy name stands in quotes. The text is kept once: it is the identity
// of a series, and the bytes that encoders copy.
// Guarantees:
// 1. A label text is UTF-8.
// 2. Each bad byte of a value is replaced by U+FFFD, as other bytes would make a scraper refuse the
//    whole page.
// Thread safety: pure functions.
// Cost: linear in the values.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace streamhouse::metrics::internal {

// The names as they stand in a label text.
std::vector<std::string> QuotedLabelNames(std::span<const std::string> names);

// `names` are quoted.
std::string MakeLabelText(std::span<const std::string> names, std::span<const std::string_view> values);

}  // namespace streamhouse::metrics::internal
