// Whether recording calls do anything: false under --config=nometrics, where every recording call is an empty
// inline function and the API is unchanged. The only place that reads
// STREAMHOUSE_METRICS_DISABLED.
#pragma once

namespace streamhouse::metrics::internal {

#ifdef STREAMHOUSE_METRICS_DISABLED
inline constexpr bool kRecordingEnabled = false;
#else
inline constexpr bool kRecordingEnabled = true;
#endif

}  // namespace streamhouse::metrics::internal
