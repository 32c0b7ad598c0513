// ServerMetrics: how the server itself is doing, as metrics of the registry that it serves.
//
//   streamhouse_exporter_scrapes_total{format,code}             pages asked for, by the format negotiated
//   streamhouse_exporter_scrapes_failed_total{format}           of those, begun and not sent to the end
//   streamhouse_exporter_scrape_duration_seconds{format}        from the request to the last byte handed to the system;
//                                                             exemplars are the traces of sampled requests
//   streamhouse_exporter_scrape_bytes_total{format}             of bodies as sent, compressed where they were
//   streamhouse_exporter_requests_total{path,code}              all requests; "other" are paths that do not exist, and
//                                                             requests that are refused before their path is looked at:
//                                                             400, 401, 414, 429, 431, 503 (listener.h)
//   streamhouse_exporter_limits_reached_total{limit}            see Limits; selection_time: also selection_budget.h;
//                                                             password_checks: kPasswordChecksMax;
//                                                             readiness_checks: readiness_checks.h; rate: rate_limit of a web
//                                                             configuration
//   streamhouse_exporter_certificate_reloads_total{outcome}     "ok" or "failed", of files that have changed
//   streamhouse_exporter_connections                            that are open
//
// When to use something else: CoreMetrics for what recordings cost and lose; PushMetrics for
// exporters that send.
// Guarantees:
// 1. Labels come from fixed sets: no request of a client makes a new series.
// 2. Servers of one registry, at once or one after another, share the families: their numbers add
//    up.
// 3. A default-constructed one counts nowhere.
// Thread safety: all methods from any thread.
// Cost: that of a few recordings.
// Errors: AlreadyExists, from Register, where the registry has another family with one of these
// names.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "exporters/encoding/content_negotiation.h"
#include "metrics_core/counter.h"
#include "metrics_core/exemplar.h"
#include "metrics_core/family.h"
#include "metrics_core/histogram.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"
#include "metrics_core/up_down_counter.h"

namespace streamhouse::exporters {

enum class Limit : std::uint8_t {
  kHeadBytes,
  kTargetBytes,
  kHeadTime,
  kIdleTime,
  kWriteTime,
  kPageTime,
  kSelectionTime,
  kScrapes,
  kConnections,
  kPasswordChecks,
  kReadinessChecks,
  kRate,
  kEnd,  // no limit: it stands behind the last
};
inline constexpr auto kLimitCount = static_cast<std::size_t>(Limit::kEnd);

class ServerMetrics {
 public:
  ServerMetrics() = default;

  static metrics::Result<ServerMetrics> Register(metrics::Registry& registry);

  // `path` is one of the server's own, or "other".
  void CountRequest(std::string_view path, int status) const;
  void CountScrape(PageFormat format, int status) const;
  void CountFailedPage(PageFormat format) const;
  // `trace` becomes the exemplar of the duration, if it is one.
  void CountPage(PageFormat format, std::uint64_t bytes, std::chrono::nanoseconds duration,
                 const metrics::TraceContext& trace = {}) const;
  void CountLimit(Limit limit) const { limits_[static_cast<std::size_t>(limit)].Increment(); }
  void CountCertificateReload(const metrics::Status& outcome) const {
    (outcome.ok() ? reloads_ok_ : reloads_failed_).Increment();
  }
  void ConnectionOpened() const { connections_.Add(1); }
  void ConnectionClosed() const { connections_.Add(-1); }

 private:
  metrics::Family<metrics::Counter> requests_;
  metrics::Family<metrics::Counter> scrapes_;
  metrics::Family<metrics::Counter> scrapes_failed_;
  metrics::Family<metrics::Counter> scrape_bytes_;
  metrics::Family<metrics::TickHistogram> scrape_duration_;
  std::array<metrics::Counter, kLimitCount> limits_;
  metrics::Counter reloads_ok_;
  metrics::Counter reloads_failed_;
  metrics::UpDownCounter connections_;
};

}  // namespace streamhouse::exporters
