// kRecordingEnabled: false under --config=nometrics, where every recording call is an empty inline
// function.
//
// Guarantees:
// 1. The API is the same either way.
// 2. This header alone reads STREAMHOUSE_METRICS_DISABLED, and for C, c_api/abi.h.
// Thread safety: a constant.
// Cost: none.
#pragma once

namespace streamhouse::metrics::internal {

#ifdef STREAMHOUSE_METRICS_DISABLED
inline constexpr bool kRecordingEnabled = false;
#else
inline constexpr bool kRecordingEnabled = true;
#endif

}  // namespace streamhouse::metrics::internal
