#include "metrics_core/c_api/recording.h"

#include <string_view>

#include "metrics_core/clock.h"
#include "metrics_core/exemplar.h"
#include "metrics_core/traceparent.h"

namespace core = streamhouse::metrics;

streamhouse_trace streamhouse_sampled_trace(const char* header, std::size_t header_bytes) noexcept {
  const core::TraceContext trace = core::SampledTrace(std::string_view(header, header_bytes));
  return {.id_high = trace.trace_id_high, .id_low = trace.trace_id_low, .span_id = trace.span_id};
}

std::uint64_t streamhouse_now_nanoseconds() noexcept {
  return core::Clock::NowNanoseconds();
}
