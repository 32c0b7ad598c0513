#include <algorithm>
#include <string_view>

#include "exporters/otlp/otlp_answer.h"
#include "exporters/otlp/otlp_environment.h"
#include "metrics_core/naming/utf8.h"
#include "metrics_core/status.h"
#include "tests/exporters/fuzz/fuzz_targets.h"

namespace streamhouse::exporters {

void FuzzOtlpAnswer(std::string_view body) {
  for (const OtlpEncoding encoding : {OtlpEncoding::kProtobuf, OtlpEncoding::kJson}) {
    const OtlpAnswer answer = ParseOtlpAnswer(body, encoding);
    metrics::Check(metrics::IsValidUtf8(answer.message), "a message that is no text");
    metrics::Check(std::none_of(answer.message.begin(), answer.message.end(),
                                [](char c) { return (c >= 0 && c < ' ') || c == '\x7F'; }),
                   "a message that moves a terminal");
    // A byte that is no text takes three.
    metrics::Check(answer.message.size() <= 3 * kOtlpMessageBytesMax, "a long message");
    metrics::Check(answer == ParseOtlpAnswer(body, encoding), "another answer for the same bytes");
  }
}

}  // namespace streamhouse::exporters
