#include "exporters/http/server_metrics.h"

#include <charconv>

#include "metrics_core/bucket_bounds.h"
#include "metrics_core/clock.h"
#include "metrics_core/family_registration.h"
#include "metrics_core/metric_options.h"

namespace streamhouse::exporters {
namespace {

constexpr std::array<std::string_view, kLimitCount> kLimitNames = {
    "head_bytes",     "target_bytes", "head_time",   "idle_time",       "write_time",       "page_time",
    "selection_time", "scrapes",      "connections", "password_checks", "readiness_checks", "rate"};
static_assert(!kLimitNames.back().empty(), "each limit has a name");

// Three digits: a status is from a fixed set.
class StatusText {
 public:
  explicit StatusText(int status) { std::to_chars(text_, text_ + sizeof(text_), status); }
  operator std::string_view() const { return {text_, sizeof(text_)}; }  // NOLINT(google-explicit-constructor)

 private:
  char text_[3] = {'0', '0', '0'};
};

}  // namespace

metrics::Result<ServerMetrics> ServerMetrics::Register(metrics::Registry& registry) {
  ServerMetrics made;
  metrics::FamilyRegistration families(registry);
  made.requests_ = families.AddCounter(
      {.name = "streamhouse_exporter_requests_total", .help = "HTTP requests answered", .labels = {"path", "code"}});
  made.scrapes_ = families.AddCounter({.name = "streamhouse_exporter_scrapes_total",
                                       .help = "Pages of metrics that were asked for",
                                       .labels = {"format", "code"}});
  made.scrapes_failed_ = families.AddCounter({.name = "streamhouse_exporter_scrapes_failed_total",
                                              .help = "Pages of metrics that were begun and not sent to the end",
                                              .labels = {"format"}});
  made.scrape_bytes_ = families.AddCounter({.name = "streamhouse_exporter_scrape_bytes_total",
                                            .help = "Bytes of pages that were sent, as sent",
                                            .unit = "bytes",
                                            .labels = {"format"}});
  made.scrape_duration_ = families.AddTickHistogram({.name = "streamhouse_exporter_scrape_duration_seconds",
                                                     .help = "Time from a request to the last byte of its page",
                                                     .unit = "seconds",
                                                     .labels = {"format"},
                                                     .exemplars = metrics::Exemplars::kSampled},
                                                    metrics::BucketBounds::Exponential(0.001, 4, 8).value(),
                                                    metrics::kNanosecondsPerSecond);
  const auto limits = families.AddCounter({.name = "streamhouse_exporter_limits_reached_total",
                                           .help = "Times that a client reached a limit of the server",
                                           .labels = {"limit"}});
  for (std::size_t i = 0; i < kLimitCount; ++i) made.limits_[i] = limits.With(kLimitNames[i]);
  const auto reloads = families.AddCounter({.name = "streamhouse_exporter_certificate_reloads_total",
                                            .help = "Times that changed certificate files were read again",
                                            .labels = {"outcome"}});
  made.reloads_ok_ = reloads.With("ok");
  made.reloads_failed_ = reloads.With("failed");
  made.connections_ =
      families.AddUpDownCounter({.name = "streamhouse_exporter_connections", .help = "Connections that are open"})
          .With();
  if (!families.status().ok()) return families.status();
  return made;
}

void ServerMetrics::CountRequest(std::string_view path, int status) const {
  requests_.Lookup(path, StatusText(status))->Increment();
}

void ServerMetrics::CountScrape(PageFormat format, int status) const {
  scrapes_.Lookup(PageFormatName(format), StatusText(status))->Increment();
}

void ServerMetrics::CountFailedPage(PageFormat format) const {
  scrapes_failed_.Lookup(PageFormatName(format))->Increment();
}

void ServerMetrics::CountPage(PageFormat format, std::uint64_t bytes, std::chrono::nanoseconds duration,
                              const metrics::TraceContext& trace) const {
  scrape_bytes_.Lookup(PageFormatName(format))->Increment(bytes);
  scrape_duration_.Lookup(PageFormatName(format))->Observe(static_cast<std::uint64_t>(duration.count()), trace);
}

}  // namespace streamhouse::exporters
