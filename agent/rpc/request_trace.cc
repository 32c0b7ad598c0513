#include "agent/rpc/request_trace.h"

#include <iterator>
#include <string_view>

#include "metrics_core/traceparent.h"

namespace streamhouse::agent {

metrics::TraceContext TraceOf(const std::multimap<grpc::string_ref, grpc::string_ref>& metadata) {
  static const grpc::string_ref kName(metrics::kTraceparentHeader.data(), metrics::kTraceparentHeader.size());
  const auto [first, last] = metadata.equal_range(kName);
  // With two headers it is unknown which trace the request belongs to.
  if (first == last || std::next(first) != last) return {};
  return metrics::SampledTrace(std::string_view(first->second.data(), first->second.size()));
}

}  // namespace streamhouse::agent
