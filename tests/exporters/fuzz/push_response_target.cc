#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>

#include "exporters/push/http/http_response.h"
#include "exporters/push/http/response_reader.h"
#include "exporters/push/http/retry_after.h"
#include "metrics_core/status.h"
#include "tests/exporters/fuzz/fuzz_targets.h"

namespace streamhouse::exporters {
namespace {

using metrics::Check;

// What is read of the bytes in pieces of so many; nothing where they are no response.
std::optional<HttpResponse> ReadBy(std::size_t piece, std::string_view bytes) {
  ResponseReader reader;
  while (!bytes.empty() && !reader.is_done()) {
    if (!reader.Put(bytes.substr(0, piece)).ok()) return std::nullopt;
    bytes.remove_prefix(std::min(piece, bytes.size()));
  }
  if (!reader.PutEnd().ok()) return std::nullopt;
  Check(reader.is_done(), "a response that has ended is not done");
  return reader.Take();
}

void CheckRetryAfter(std::string_view text) {
  constexpr std::chrono::system_clock::time_point kNow{std::chrono::seconds(784'111'777)};
  const auto wait = ParseRetryAfter(text, kNow);
  if (wait) Check(wait->count() >= 0 && *wait <= kRetryAfterMax, "a wait that is not bounded");
  // A day later a date is no further away.
  const auto later = ParseRetryAfter(text, kNow + std::chrono::days(1));
  Check(wait.has_value() == later.has_value(), "whether a text has a value depends on the day");
  if (wait) Check(*later <= *wait, "a wait that grows");
}

}  // namespace

void FuzzPushResponse(std::string_view bytes) {
  CheckRetryAfter(bytes);
  const std::optional<HttpResponse> whole = ReadBy(bytes.size() + 1, bytes);
  const std::optional<HttpResponse> cut = ReadBy(1, bytes);
  Check(whole.has_value() == cut.has_value(), "whether a response is one depends on its pieces");
  if (whole) {
    Check(whole->status == cut->status && whole->body == cut->body && whole->fields == cut->fields,
          "a response that is cut is another one");
  }
  if (!whole) return;
  Check(whole->status >= 200 && whole->body.size() <= kResponseBytesMax, "a response that is none");
  if (const auto wait = whole->Field("Retry-After")) CheckRetryAfter(*wait);
}

}  // namespace streamhouse::exporters
