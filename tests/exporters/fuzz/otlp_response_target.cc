#include <algorithm>
#include <string_view>

#include "exporters/otlp/otlp_environment.h"
#include "exporters/otlp/otlp_response.h"
#include "metrics_core/status.h"
#include "metrics_core/text/utf8.h"
#include "tests/exporters/fuzz/fuzz_targets.h"

namespace streamhouse::exporters {

void FuzzOtlpResponse(std::string_view body) {
  for (const OtlpEncoding encoding : {OtlpEncoding::kProtobuf, OtlpEncoding::kJson}) {
    const OtlpResponse response = ParseOtlpResponse(body, encoding);
    metrics::Check(metrics::IsValidUtf8(response.message), "a message that is no text");
    metrics::Check(std::none_of(response.message.begin(), response.message.end(),
                                [](char c) { return (c >= 0 && c < ' ') || c == '\x7F'; }),
                   "a message that moves a terminal");
    // A byte that is no text takes three.
    metrics::Check(response.message.size() <= 3 * kOtlpMessageBytesMax, "a long message");
    metrics::Check(response == ParseOtlpResponse(body, encoding), "another response for the same bytes");
  }
}

}  // namespace streamhouse::exporters
