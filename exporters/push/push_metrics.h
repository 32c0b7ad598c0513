// PushMetrics: what became of pushes, by exporter, as metrics of the registry that is pushed.
//
//   streamhouse_exporter_pushes_total{exporter,outcome}                     outcome: "ok" or "failed"
//   streamhouse_exporter_families_left_out_total{exporter,family,reason}    see left_out_metrics.h
//   streamhouse_exporter_samples_sent_total{exporter}                       that a receiver has taken; a series is one,
//                                                  of StatsD a line
//   streamhouse_exporter_samples_dropped_total{exporter,reason}             see drop_reason
//   streamhouse_exporter_sent_bytes_total{exporter}                         of bodies that a receiver has taken
//   streamhouse_exporter_retries_total{exporter}
//   streamhouse_exporter_last_success_timestamp_seconds{exporter}           Unix time of the last push with outcome "ok"
//
// What a failed push would have said is not lost: the next one says it, as values are cumulative.
// When to use something else: ServerMetrics, for exporters that are asked.
// Guarantees:
// 1. The labels come from fixed sets and from the names of families.
// 2. A default-constructed one counts nowhere.
// Thread safety: from any thread.
// Cost: a look-up by labels and a recording for each count; a few a push.
// Errors: AlreadyExists, from Register, where the program has another family of such a name.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

#include "exporters/view/left_out_metrics.h"
#include "metrics_core/clock.h"
#include "metrics_core/counter.h"
#include "metrics_core/family.h"
#include "metrics_core/family_registration.h"
#include "metrics_core/gauge.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"

namespace streamhouse::exporters {

// Why samples are dropped: the values of the label `reason`.
namespace drop_reason {
inline constexpr std::string_view kRefused = "refused";     // a response that forbids a retry
inline constexpr std::string_view kTooLarge = "too_large";  // the receiver says so, or a limit of this program
inline constexpr std::string_view kRejected = "rejected";   // a part of a request that was taken
inline constexpr std::string_view kUnavailable =
    "unavailable";  // the receiver asks to come later, or its queue is full
inline constexpr std::string_view kUnreachable = "unreachable";    // no connection, or no response in time
inline constexpr std::string_view kBadResponse = "bad_response";   // not HTTP, or too large
inline constexpr std::string_view kUnusable = "unusable";          // files, TLS or a page that do not work
inline constexpr std::string_view kStopped = "stopped";            // the exporter stops
inline constexpr std::string_view kNameIsTaken = "name_is_taken";  // of series that the format cannot tell apart
}  // namespace drop_reason

class PushMetrics {
 public:
  PushMetrics() = default;

  static metrics::Result<PushMetrics> Register(metrics::Registry& registry) {
    PushMetrics made;
    metrics::FamilyRegistration families(registry);
    made.pushes_ = families.AddCounter({.name = "streamhouse_exporter_pushes_total",
                                        .help = "Times that metrics were sent or written",
                                        .labels = {"exporter", "outcome"}});
    auto left_out = LeftOutMetrics::Register(registry);
    if (!left_out.ok()) return left_out.status();
    made.left_out_ = *std::move(left_out);
    made.samples_sent_ = families.AddCounter({.name = "streamhouse_exporter_samples_sent_total",
                                              .help = "Samples that a receiver has taken",
                                              .labels = {"exporter"}});
    made.samples_dropped_ = families.AddCounter({.name = "streamhouse_exporter_samples_dropped_total",
                                                 .help = "Samples that are not known to have arrived",
                                                 .labels = {"exporter", "reason"}});
    made.sent_bytes_ = families.AddCounter({.name = "streamhouse_exporter_sent_bytes_total",
                                            .help = "Bytes of bodies that a receiver has taken",
                                            .unit = "bytes",
                                            .labels = {"exporter"}});
    made.retries_ = families.AddCounter({.name = "streamhouse_exporter_retries_total",
                                         .help = "Retries of bodies within a push",
                                         .labels = {"exporter"}});
    made.last_success_ = families.AddDoubleGauge({.name = "streamhouse_exporter_last_success_timestamp_seconds",
                                                  .help = "Time of the last push that succeeded, since 1970",
                                                  .unit = "seconds",
                                                  .labels = {"exporter"}});
    if (!families.status().ok()) return families.status();
    return made;
  }

  // `exporter` is a scheme.
  void Count(std::string_view exporter, const metrics::Status& outcome) const {
    pushes_.Lookup(exporter, outcome.ok() ? "ok" : "failed")->Increment();
    if (outcome.ok())
      last_success_.Lookup(exporter)->Set(static_cast<double>(metrics::Clock::UnixMilliseconds()) / 1e3);
  }
  const LeftOutMetrics& left_out() const { return left_out_; }

  void CountSent(std::string_view exporter, std::uint64_t samples) const {
    samples_sent_.Lookup(exporter)->Increment(samples);
  }
  // `reason` is one of drop_reason.
  void CountDropped(std::string_view exporter, std::string_view reason, std::uint64_t samples) const {
    if (samples > 0) samples_dropped_.Lookup(exporter, reason)->Increment(samples);
  }
  void CountSentBytes(std::string_view exporter, std::uint64_t bytes) const {
    sent_bytes_.Lookup(exporter)->Increment(bytes);
  }
  void CountRetry(std::string_view exporter) const { retries_.Lookup(exporter)->Increment(); }

 private:
  metrics::Family<metrics::Counter> pushes_;
  LeftOutMetrics left_out_;
  metrics::Family<metrics::Counter> samples_sent_;
  metrics::Family<metrics::Counter> samples_dropped_;
  metrics::Family<metrics::Counter> sent_bytes_;
  metrics::Family<metrics::Counter> retries_;
  metrics::Family<metrics::DoubleGauge> last_success_;
};

}  // namespace streamhouse::exporters
