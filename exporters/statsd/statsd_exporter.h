// StatsdExporter: sends what was counted since the last push to a StatsD daemon, once an interval
// and at the end: by UDP, or to a Unix socket.
//
// When to use something else: RemoteWriteExporter and OtlpExporter, where the receiver takes them:
// they have responses, types and timestamps. A StatsD daemon adds up what it gets, and no one
// learns of a datagram that is lost.
// Invariants:
// 1. A datagram is unproven by UDP only, and only as long as the socket that sent it is kept: the
//    refusal comes to that socket.
// 2. While rest_ has lines, there is no socket: the push that begins with them connects again.
// Guarantees:
// 1. Counters and histograms are deltas (delta_view.h): since the last push of this exporter. The
//    first push has all since each series began: another exporter of the registry, such as one that
//    was stopped before, may have sent it too. What a push could not send is part of the next one.
//    Gauges and the like are sent with the value that they have then.
// 2. Unix: over all pushes that succeed, the sum of a counter's lines is its value. Lost is what is
//    in the queue of a receiver that ends before it has read it.
// 3. UDP: a datagram that gets lost on the way is not retried. If the receiver is unreachable, the
//    system refuses datagrams, but does not tell which. The last one before the refusal is sent
//    again. If an earlier one was refused too, it is lost, and if the last one was not, it counts
//    twice. A refusal that comes between two pushes is seen by the second one, which fails.
//    Once the receiver is back, the first push whose predecessor was not refused succeeds. The host
//    is looked up again every kPushesPerLookUp pushes, and after each failure. If the look-up
//    fails, the address before stays. A look-up has no deadline: Stop(), which waits for two pushes
//    (push_loop.h), may take the time of two look-ups as well.
// 4. After a datagram that cannot be sent, the rest of the push is dropped. A Unix socket is
//    connected again first, once: another receiver may have taken its path.
// 5. Two families, two series or two states with one StatsD name are an error at the start
//    (taken_statsd_names.h). If they come later, the second, or the state set, is left out, counted
//    with the reason "name_is_taken" (left_out_metrics.h), and logged once a family.
// 6. What a series counted between the last push and its removal is lost.
// 7. With StatsdTimestamps::kOn, no two pushes have the same second: a push within the second of
//    the one before has the next. A clock that is set back by more than kClockSetBack is followed.
// Thread safety and errors: those of Exporter. A receiver that is unreachable is no reason not to
// start.
// Cost: a thread; a datagram and the snapshot during a push. UDP keeps the snapshot until the next
// push.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "exporters/push/push_deadline.h"
#include "exporters/push/push_loop.h"
#include "exporters/push/push_metrics.h"
#include "exporters/statsd/datagram_socket.h"
#include "exporters/statsd/dogstatsd_fields.h"
#include "exporters/statsd/statsd_encoder.h"
#include "exporters/statsd/statsd_names.h"
#include "exporters/view/combined_view.h"
#include "exporters/view/delta_view.h"
#include "exporters/view/labelled_view.h"
#include "metrics_core/exporter.h"
#include "metrics_core/registry.h"
#include "metrics_core/sockets/socket_address.h"
#include "metrics_core/status.h"

namespace streamhouse::exporters {

inline constexpr std::uint16_t kStatsdPortDefault = 8125;
// Of a datagram. That of UDP fits into a frame of Ethernet.
inline constexpr std::size_t kStatsdUdpBytes = 1432;
inline constexpr std::size_t kStatsdUnixBytes = 8192;
// By UDP, so that a daemon is found that moved to another address.
inline constexpr int kPushesPerLookUp = 4;

// Whether a line of DogStatsD says when its value was taken.
enum class StatsdTimestamps : std::uint8_t { kOff, kOn };

// Lines have whole seconds. Pushes that come sooner would have times in the future.
inline constexpr std::chrono::milliseconds kTimestampIntervalMin{1000};
inline constexpr std::chrono::seconds kClockSetBack{60};

struct StatsdExporterOptions {
  metrics::SocketAddress address;
  StatsdDialect dialect = StatsdDialect::kPlain;
  StatsdTimestamps timestamps = StatsdTimestamps::kOff;  // kOn: of DogStatsD only
  std::optional<DogStatsdOrigin> origin = {};            // of DogStatsD only; empty: lines tell none
  PushLoopOptions push = {};
  ExtraLabels labels = {};                               // that every series has as well
  std::vector<metrics::Registry*> more_registries = {};  // in the same pushes; they outlive the exporter
};

// InvalidArgument about "timestamps" or "origin", where the other options do not suit them.
metrics::Status CheckDogStatsdOptions(const StatsdExporterOptions& options);

class StatsdExporter : public metrics::Exporter {
 public:
  // `registry` must outlive the exporter.
  StatsdExporter(metrics::Registry& registry, const PushMetrics& metrics, StatsdExporterOptions options);

  // "statsd://HOST:PORT", "statsd+unix:///PATH" or "statsd+unix:@NAME"
  std::string_view Name() const override { return name_; }
  metrics::Status Start() override;
  void Stop() override { loop_.Stop(); }

 private:
  // One of a push, and where the next push goes on if it does not arrive.
  struct Datagram {
    StatsdEncoder::SeriesPosition position;
    std::string rest;
    std::uint64_t samples = 0;
    std::uint64_t bytes = 0;
  };

  bool is_unix() const { return std::holds_alternative<metrics::UnixSocket>(options_.address); }
  metrics::Status CheckFamilies() const;
  void FindOrigin();
  // Of a push, in Unix seconds.
  std::int64_t NextSecond(std::chrono::system_clock::time_point taken_at);
  metrics::Status Push(PushDeadline deadline);
  metrics::Status SendAll(PushDeadline deadline);
  metrics::Status Deliver(std::string_view text, Datagram datagram, PushDeadline deadline);
  metrics::Status Send(std::string_view text, PushDeadline deadline);
  metrics::Status Connect();
  // Connects to the present address of the host, in turn.
  void LookUpAgain();

  // The datagram has arrived, as far as the system knows.
  void CountArrived(const Datagram& datagram) const;
  // It has not: the next push begins with it.
  void GoBackTo(Datagram datagram, const metrics::Status& why);
  // Ends the push before, whose last datagram may have been refused since.
  metrics::Status Settle();

  void CountLeftOut(const StatsdEncoder::LeftOut& left_out);
  void LogOnce(const std::string& family, std::string_view what);

  const PushMetrics metrics_;
  const StatsdExporterOptions options_;
  const std::string scheme_;
  const std::string name_;
  const CombinedView source_;
  const LabelledView view_;
  DeltaView deltas_;
  DogStatsdFields fields_;            // that all lines have
  std::string rest_;                  // lines that the next push begins with
  std::optional<Datagram> unproven_;  // of UDP: the last one that was sent; it may be refused late
  std::optional<DatagramSocket> socket_;
  std::size_t choice_ = 0;        // of the host's addresses
  int pushes_since_look_up_ = 0;  // of the host, where there is a socket
  std::set<std::string> logged_;  // families that the log has told of
  PushLoop loop_;                 // last: it stops before the others go
};

}  // namespace streamhouse::exporters
