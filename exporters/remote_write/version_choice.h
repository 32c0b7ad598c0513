// VersionChoice: which version of remote write a receiver gets, by its responses.
//
// A receiver of 2.0 says how much it has stored, in headers. One that knows 1.0 only answers 415 to
// a request of 2.0, or 400, or takes it for an empty one and answers 204 without these headers.
// When to use something else: a fixed version, where the receiver is known.
// Guarantees:
// 1. Begins with 2.0 unless told otherwise.
// 2. A response that shows a receiver of 1.0 makes it 1.0, and so it stays while the receiver
//    answers.
// 3. After a receiver was unreachable it may be another one: the next request is one of 2.0 again.
// Thread safety: one thread at a time.
// Cost: none.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

#include "exporters/push/http/http_response.h"

namespace streamhouse::exporters {

enum class RemoteWriteVersion : std::uint8_t { kAuto, k1, k2 };

// What a receiver of 2.0 says of a request, also with the status 400.
struct WrittenCounts {
  bool is_told = false;      // by any of the three headers
  std::uint64_t points = 0;  // samples and histograms
};

inline WrittenCounts WrittenCountsOf(const HttpResponse& response) {
  WrittenCounts counts;
  const auto read = [&](std::string_view name) {
    const std::optional<std::string_view> text = response.Field(name);
    std::uint64_t count = 0;
    if (text) std::from_chars(text->data(), text->data() + text->size(), count);
    counts.is_told = counts.is_told || text;
    return count;
  };
  counts.points = read("X-Prometheus-Remote-Write-Samples-Written");
  counts.points += read("X-Prometheus-Remote-Write-Histograms-Written");
  read("X-Prometheus-Remote-Write-Exemplars-Written");
  return counts;
}

class VersionChoice {
 public:
  explicit VersionChoice(RemoteWriteVersion wanted) : wanted_(wanted) {}

  // k1 or k2.
  RemoteWriteVersion version() const {
    if (wanted_ != RemoteWriteVersion::kAuto) return wanted_;
    return is_old_ ? RemoteWriteVersion::k1 : RemoteWriteVersion::k2;
  }

  // Whether the response to a request of version() shows a receiver of 1.0: the request is to be
  // sent again, as 1.0.
  bool FallsBackAfter(const HttpResponse& response) {
    if (wanted_ != RemoteWriteVersion::kAuto || is_old_) return false;
    const bool is_told = WrittenCountsOf(response).is_told;
    // A receiver that has understood one request refuses another for what is in it.
    is_old_ = response.status == kUnsupportedMediaType || (response.is_success() && !is_told) ||
              (response.status == kBadRequest && !is_told && !is_understood_);
    is_understood_ = is_understood_ || is_told;
    return is_old_;
  }

  // There was no response.
  void ReceiverIsUnreachable() { is_old_ = is_understood_ = false; }

 private:
  static constexpr unsigned kBadRequest = 400;
  static constexpr unsigned kUnsupportedMediaType = 415;

  const RemoteWriteVersion wanted_;
  bool is_old_ = false;
  bool is_understood_ = false;  // some request of 2.0
};

}  // namespace streamhouse::exporters
