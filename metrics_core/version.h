// STREAMHOUSE_VERSION and kVersion: the release of this library that a program is built with.
//
// When to use something else: RegisterBuildInfo (self_metrics/build_info.h) shows the version on
// the page.
// Guarantees:
// 1. Both name the newest release in CHANGELOG.md. A later release has a larger number.
// 2. Between two releases both still name the older one.
// docs/compatibility.md says what a version promises.
// Thread safety: constants.
// Cost: none.
//
//   #if STREAMHOUSE_VERSION >= 2000  // 0.2.0 or later
#pragma once

#include <string_view>

// Major * 1,000,000 + minor * 1,000 + patch; a macro, because #if cannot read a constant.
#define STREAMHOUSE_VERSION 1000

namespace streamhouse::metrics {

inline constexpr std::string_view kVersion = "0.1.0";

}  // namespace streamhouse::metrics
