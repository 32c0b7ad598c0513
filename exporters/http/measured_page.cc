#include "exporters/http/measured_page.h"

#include <fmt/format.h>

#include <string>

namespace streamhouse::exporters {

MeasuredPage::~MeasuredPage() {
  if (!has_begun_ || has_ended_) return;
  metrics_.CountFailedPage(format_);
  Log(Outcome::kFailed, std::chrono::steady_clock::now() - origin_.asked_at);
}

PageSource::Progress MeasuredPage::Fill(PageChunk& chunk) {
  has_begun_ = true;
  const Progress progress = page_->Fill(chunk);
  bytes_ += chunk.view().size();
  if (progress == Progress::kEnd) {
    has_ended_ = true;
    const std::chrono::nanoseconds duration = std::chrono::steady_clock::now() - origin_.asked_at;
    // Only a trace that was recorded can be found by its exemplar.
    const bool is_sampled = origin_.parent && origin_.parent->is_sampled;
    metrics_.CountPage(format_, bytes_, duration, is_sampled ? origin_.parent->trace : metrics::TraceContext{});
    Log(Outcome::kSent, duration);
  }
  return progress;
}

void MeasuredPage::Log(Outcome outcome, std::chrono::nanoseconds duration) const {
  if (!origin_.log) return;
  std::string line =
      fmt::format("scrape {}: path={} format={} bytes={} seconds={:.6f}", outcome == Outcome::kSent ? "sent" : "failed",
                  origin_.path, PageFormatName(format_), bytes_, std::chrono::duration<double>(duration).count());
  if (origin_.parent) {
    const metrics::TraceContext& trace = origin_.parent->trace;
    line +=
        fmt::format(" trace_id={:016x}{:016x} span_id={:016x}", trace.trace_id_high, trace.trace_id_low, trace.span_id);
  }
  origin_.log(line);
}

}  // namespace streamhouse::exporters
