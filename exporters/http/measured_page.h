// MeasuredPage: another page, counted while it is produced; holds its permit until it is gone.
//
// Guarantees: a page that comes to its end is counted once, with its bytes and the time since it
// was asked for. A page that was begun and does not come to its end is counted as failed.
// Thread safety: one thread at a time.
// Cost: two clock readings a page.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <utility>

#include "exporters/encoding/content_negotiation.h"
#include "exporters/encoding/page_chunk.h"
#include "exporters/http/scrape_permits.h"
#include "exporters/http/server_metrics.h"

namespace streamhouse::exporters {

class MeasuredPage : public PageSource {
 public:
  // `metrics` must outlive the page.
  MeasuredPage(std::unique_ptr<PageSource> page, PageFormat format, const ServerMetrics& metrics,
               ScrapePermits::Permit permit)
      : page_(std::move(page)), format_(format), metrics_(metrics), permit_(std::move(permit)) {}

  ~MeasuredPage() override {
    if (has_begun_ && !has_ended_) metrics_.CountFailedPage(format_);
  }

  Progress Fill(PageChunk& chunk) override {
    has_begun_ = true;
    const Progress progress = page_->Fill(chunk);
    bytes_ += chunk.view().size();
    if (progress == Progress::kEnd) {
      has_ended_ = true;
      metrics_.CountPage(format_, bytes_, std::chrono::steady_clock::now() - asked_at_);
    }
    return progress;
  }

 private:
  const std::unique_ptr<PageSource> page_;
  const PageFormat format_;
  const ServerMetrics& metrics_;
  const ScrapePermits::Permit permit_;
  const std::chrono::steady_clock::time_point asked_at_ = std::chrono::steady_clock::now();
  std::uint64_t bytes_ = 0;
  bool has_begun_ = false;
  bool has_ended_ = false;
};

}  // namespace streamhouse::exporters
