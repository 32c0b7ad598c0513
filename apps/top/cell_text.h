// Printable(), FormatCount() and others: text of strangers, and numbers, as a cell of a table.
//
// Guarantees:
// 1. What Printable() returns has no control character, of ASCII or of Unicode, so a terminal finds
//    no command in it.
// 2. Each character takes one or two columns.
// 3. What is not known is "-".
// Thread safety: pure functions; Printable() and Columns() use the locale of the process
// (LC_CTYPE): without one for UTF-8, only ASCII is printable.
// Cost: linear in the text.
//
//   const std::string topic = Printable("gr\xC3\xBC\x1B[2J");  // "grü?[2J", 7 columns
//   CutToColumns(topic, 5);                                    // "grü?~"
//   FormatCount(12345);                                        // "12.3k"
//   FormatSeconds(std::nullopt);                               // "-"
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace streamhouse::apps {

// `text` with '?' in the place of each byte or character that cannot be shown.
std::string Printable(std::string_view text);

// How many columns a printable text takes.
std::size_t Columns(std::string_view printable);

// At most that many columns of a printable text; ends with '~' where it was cut.
std::string CutToColumns(std::string_view printable, std::size_t columns_max);

// Three digits: 0, 0.125, 12.3, 1234, 12.3k, 4.5M; two with an exponent: 1.2e+15, 1.2e-05. At most
// 8 columns, 9 below 0.
std::string FormatCount(std::optional<double> number);

// 512 B, 1.5 KiB.
std::string FormatBytes(std::optional<double> bytes);

// In us, ms, s, min, h or d.
std::string FormatSeconds(std::optional<double> seconds);

// 0.031 is "3.1 %".
std::string FormatRatio(std::optional<double> ratio);

}  // namespace streamhouse::apps
