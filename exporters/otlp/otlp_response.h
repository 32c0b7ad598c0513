// ParseOtlpResponse(): what a receiver of OTLP says of a request that it has taken: which points it
// has rejected all the same (ExportMetricsPartialSuccess).
//
// When to use something else: the status of a response says whether the request was taken.
// Guarantees:
// 1. Text that is no such message says nothing: the request was taken.
// 2. Unknown fields are passed over.
// 3. A message without rejected points is a warning.
// Thread safety: a pure function.
// Cost: linear in the body.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "exporters/otlp/otlp_environment.h"

namespace streamhouse::exporters {

struct OtlpResponse {
  std::uint64_t rejected_points = 0;
  std::string message = {};  // for operators: one line, cut short

  friend bool operator==(const OtlpResponse&, const OtlpResponse&) = default;
};

inline constexpr std::size_t kOtlpMessageBytesMax = 200;

OtlpResponse ParseOtlpResponse(std::string_view body, OtlpEncoding encoding);

}  // namespace streamhouse::exporters
