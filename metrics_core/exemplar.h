// Exemplars: a trace that stands for the values near it, so that a reader finds an example of a
// slow request.
//
// Opt in with MetricOptions::exemplars, and give recordings their trace: counter.Increment(1,
// trace), histogram.Observe(seconds, trace). A series keeps the latest exemplar for each bucket; a
// counter keeps one. It takes a new one at most once in kExemplarInterval.
// When to use something else: a label for what has few values; traces have a new value for each
// request.
// Guarantees:
// 1. An exemplar is whole: trace, span, value and time belong to one recording, whose value is in
//    the bucket that shows it.
// 2. Which recordings are taken is not promised. Two at the same moment may both be passed over.
//    The recording itself is counted in any case.
// 3. Without the option, or on a sink, the trace is ignored.
// Thread safety: as for the handle.
// Cost: beyond the recording, without the option a look at one table. With it a clock reading, and
// once in kExemplarInterval the copy of the exemplar. Never a lock or an allocation.
// Memory: 56 bytes a bucket and series.
//
//   // SampledTrace() (traceparent.h) reads the trace of a request's header. A program with a tracing
//   // library fills in TraceContext from its current span.
//   duration.Observe(seconds, SampledTrace(request.header(kTraceparentHeader)));
#pragma once

#include <chrono>
#include <cstdint>

namespace streamhouse::metrics {

// As in W3C traceparent, whose first bytes are the high word; zero trace ids are no trace.
struct TraceContext {
  std::uint64_t trace_id_high = 0;
  std::uint64_t trace_id_low = 0;
  std::uint64_t span_id = 0;
};

inline constexpr std::chrono::seconds kExemplarInterval{1};

struct Exemplar {
  TraceContext trace;
  double value = 0;
  std::int64_t unix_milliseconds = 0;
};

}  // namespace streamhouse::metrics
