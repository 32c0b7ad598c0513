// A request of remote write as protoc reads it, one line for each sample, histogram and exemplar.
//
//   sent_total{topic="a"} 5 @1700000060000 from 1700000000007
//   wait{} histogram count=2 sum=3 schema=3 zero=2.9387358770557188e-39:1 spans=[0:1 63:1] deltas=[2 -1] @…
//   sent_total{topic="a"} exemplar {span_id="…",trace_id="…"} 1 @…
//
// Labels stand in the order of the request, values as C++ would escape them. A NaN is `nan`, a
// stale marker `stale`; another NaN is shown by its bits.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace streamhouse::exporters {

struct DecodedRequest {
  std::vector<std::string> lines = {};
  // 2.0: of each series `name TYPE "help" "unit"`; 1.0: of each family. Without repetitions.
  std::vector<std::string> metadata = {};
  std::vector<std::string> symbols = {};  // of 2.0
  // What breaks a rule of the specification: one that holds for every request.
  std::vector<std::string> faults = {};
};

DecodedRequest DecodeRemoteWrite2(std::string_view bytes);
DecodedRequest DecodeRemoteWrite1(std::string_view bytes);

// A line without times: the labels are the request's, in its order.
std::string SampleLine(std::string_view name, const std::vector<std::pair<std::string, std::string>>& labels,
                       double value);

// All of them, each with a newline behind it.
std::string Joined(const std::vector<std::string>& lines);

}  // namespace streamhouse::exporters
