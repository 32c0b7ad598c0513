// EqualsIgnoringCase: compares names of HTTP, such as media types, codings, schemes and hosts,
// which have no case.
//
// When to use something else: operator== for names of metrics and labels, which have case.
// Guarantees: only ASCII letters are equal in both cases; the locale has no effect.
// Thread safety: a pure function.
// Cost: linear in the shorter text.
#pragma once

#include <algorithm>
#include <string_view>

namespace streamhouse::exporters {

inline bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace streamhouse::exporters
