// IsValidUtf8() and ToValidUtf8(): text that readers of pages and of JSON accept.
//
// When to use something else: text_escaping.h escapes characters that are valid.
// Guarantees:
// 1. Valid means well-formed as in Unicode 15, table 3-7: no overlong form, no surrogate, no code
//    point above U+10FFFF.
// 2. ToValidUtf8() returns valid text, and valid text unchanged.
// Thread safety: pure functions.
// Cost: linear in the text. ToValidUtf8() copies only where a byte is bad.
//
//   std::string storage;
//   ToValidUtf8("caf\xC3\xA9", storage);  // the text given
//   ToValidUtf8("caf\xE9", storage);      // "caf\uFFFD", in storage
#pragma once

#include <string>
#include <string_view>

namespace streamhouse::metrics {

bool IsValidUtf8(std::string_view text) noexcept;

// `text`, or where it is not UTF-8, `storage`, made of it with each bad byte replaced by U+FFFD.
std::string_view ToValidUtf8(std::string_view text, std::string& storage);

}  // namespace streamhouse::metrics
