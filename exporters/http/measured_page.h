// MeasuredPage: another page, counted while it is produced; holds its permit until it is gone.
//
// Guarantees:
// 1. A page that comes to its end is counted once, with its bytes and the time since it was asked
//    for.
// 2. A page that was begun and does not come to its end is counted as failed.
// 3. Both are told to the log, if there is one.
// 4. Of a request's trace, log and metrics get the ids alone, and only of a valid header.
// Thread safety: one thread at a time.
// Cost: two clock readings a page.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "exporters/encoding/content_negotiation.h"
#include "exporters/encoding/page_chunk.h"
#include "exporters/http/scrape_permits.h"
#include "exporters/http/server_metrics.h"
#include "metrics_core/traceparent.h"

namespace streamhouse::exporters {

// What a page is asked for by, and who is told.
struct ScrapeOrigin {
  std::string_view path = {};                           // of the server; lives until the process ends
  std::optional<metrics::Traceparent> parent = {};      // of the request
  std::function<void(std::string_view line)> log = {};  // empty: no log
  std::chrono::steady_clock::time_point asked_at = std::chrono::steady_clock::now();
};

class MeasuredPage : public PageSource {
 public:
  // `metrics` must outlive the page.
  MeasuredPage(std::unique_ptr<PageSource> page, PageFormat format, const ServerMetrics& metrics,
               ScrapePermits::Permit permit, ScrapeOrigin origin = {})
      : page_(std::move(page)),
        format_(format),
        metrics_(metrics),
        permit_(std::move(permit)),
        origin_(std::move(origin)) {}
  ~MeasuredPage() override;

  Progress Fill(PageChunk& chunk) override;

 private:
  enum class Outcome : std::uint8_t { kSent, kFailed };

  void Log(Outcome outcome, std::chrono::nanoseconds duration) const;

  const std::unique_ptr<PageSource> page_;
  const PageFormat format_;
  const ServerMetrics& metrics_;
  const ScrapePermits::Permit permit_;
  const ScrapeOrigin origin_;
  std::uint64_t bytes_ = 0;
  bool has_begun_ = false;
  bool has_ended_ = false;
};

}  // namespace streamhouse::exporters
