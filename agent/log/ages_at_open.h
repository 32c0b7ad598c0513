// AgesAtOpen: how long ago the last record of each segment of a log was appended, as retention sees
// it.
//
// The append times are of the system's clock, which may have been wrong then, or may be wrong now.
// Where the age is unclear, the younger one is given: records are kept too long rather than removed
// too early.
// When to use something else: while a log is open, a clock that never steps tells ages
// (PartitionLogOptions).
// Guarantees:
// 1. No segment is older than one before it. Example: the years 2026, 2021, 2027 count as 2026,
//    2026, 2027.
// 2. A time in the future or before kCredibleFromMs is not credible. The time of the next segment
//    with a credible one counts instead; at the end of the log, the present time. Example: in 2028,
//    the years 1970, 2026, 2106, 2027, 2106 count as 2026, 2026, 2027, 2027, 2028.
// Thread safety: a pure function.
// Cost: two passes.
#pragma once

#include <cstdint>
#include <vector>

namespace streamhouse::agent {

// 2020-01-01. No record was ever appended before: the clock of such a time had lost its date.
inline constexpr std::int64_t kCredibleFromMs = 1'577'836'800'000;

// All in milliseconds; `append_times_ms` in the order of the log. Ages are never negative.
std::vector<std::int64_t> AgesAtOpen(std::vector<std::int64_t> append_times_ms, std::int64_t now_ms);

}  // namespace streamhouse::agent
