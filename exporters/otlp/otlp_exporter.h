// OtlpExporter: sends metrics to a receiver of OpenTelemetry, by OTLP over HTTP, once an interval
// and at the end.
//
// When to use something else: MetricsServer, where a scraper can reach the program. OTLP over gRPC
// is not spoken here; collectors take both.
// Guarantees:
// 1. A push sends one snapshot, in requests of about request_bytes (otlp_requests.h). A request
//    that is refused does not keep back the others. After one that cannot be delivered in time, the
//    rest of the push is dropped.
// 2. 429, 502, 503, 504 and failed connections are retried within the push; no other response is.
// 3. Each data point is counted as sent or as dropped, with the reason (push_metrics.h). Points
//    that a receiver rejects in a response of 200 are dropped, and not retried; the log gets a
//    line when that begins.
// 4. With `deltas`, counters and histograms count since the last push of this exporter
//    (delta_view.h); the first push has everything since each series began. So a second exporter of
//    the same registry, or one made again after a stop, sends all totals again. A request that is
//    taken, or refused for good, is not retried: what is refused is dropped. What a receiver may
//    take later is kept, and is part of the next push. If a response is lost, the exporter cannot
//    know whether its request was taken: it is retried, and may count twice.
// 5. An empty request is never sent, nor one of more than kOtlpRequestBytesMax.
// 6. No message has a value of `headers`, or a secret of the receiver's Credentials.
// Thread safety and errors: those of Exporter. Start() fails where a family has one of the labels,
// or where two registries have a family of one name. It starts also while the receiver is
// unreachable. Stop() takes at most the time of two pushes (push_loop.h), and the resolver's.
// Cost: a thread; request_bytes during a push. With `deltas`, what was delivered of each series.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exporters/encoding/compressed_page.h"
#include "exporters/encoding/page_chunk.h"
#include "exporters/otlp/otlp_environment.h"
#include "exporters/otlp/otlp_requests.h"
#include "exporters/otlp/otlp_response.h"
#include "exporters/push/http/http_receiver.h"
#include "exporters/push/http/http_sender.h"
#include "exporters/push/push_loop.h"
#include "exporters/push/push_metrics.h"
#include "exporters/view/combined_view.h"
#include "exporters/view/delta_view.h"
#include "exporters/view/labelled_view.h"
#include "metrics_core/exporter.h"
#include "metrics_core/reading/snapshot.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"

namespace streamhouse::exporters {

inline constexpr std::uint16_t kOtlpPortDefault = 4318;
inline constexpr std::string_view kOtlpPathDefault = "/v1/metrics";
// Before compression, by the protocol.
inline constexpr std::size_t kOtlpRequestBytesMax = std::size_t{64} << 20;

struct OtlpExporterOptions {
  HttpReceiverOptions receiver;
  std::string path = std::string(kOtlpPathDefault);
  std::vector<std::pair<std::string, std::string>> headers = {};  // names and values, secret
  OtlpEncoding encoding = OtlpEncoding::kProtobuf;
  ContentCoding compression = ContentCoding::kIdentity;
  DeltaFamilies deltas = DeltaFamilies::kNone;
  std::size_t request_bytes = std::size_t{512} * 1024;
  PushLoopOptions push = {};
  ExtraLabels labels = {};                               // that every series has as well
  metrics::TargetAttributes resource = {};               // behind those of the registry (otlp_resource.h)
  std::vector<metrics::Registry*> more_registries = {};  // in the same requests; they outlive the exporter
  std::vector<std::string> notes = {};                   // lines that the log gets at the start
};

class OtlpExporter : public metrics::Exporter {
 public:
  // `registry` must outlive the exporter.
  OtlpExporter(metrics::Registry& registry, const PushMetrics& metrics, OtlpExporterOptions options);

  // "otlp+http://HOST:PORT/PATH" or "otlp+http+unix:///SOCKET:/PATH", or otlp+https
  std::string_view Name() const override { return name_; }
  metrics::Status Start() override;
  void Stop() override { loop_.Stop(); }

 private:
  // What became of the requests of a push.
  struct PushResult {
    metrics::Status status = {};    // the first failure
    std::string_view give_up = {};  // the reason for which the rest is dropped; empty: there is none
    std::string warning = {};       // the first line of a receiver that has taken a request
  };

  metrics::Status Push(PushDeadline deadline);
  PushResult PushSnapshot(PushDeadline deadline);
  std::unique_ptr<OtlpEncoder> EncoderOf(const metrics::Snapshot& snapshot) const;
  void Deliver(std::string_view body, std::uint64_t points, PushDeadline deadline, PushResult& result);
  void CountDelivered(const SendOutcome& outcome, std::uint64_t points, PushResult& result);
  HttpRequest RequestOf(std::string_view body) const;
  void Log(std::string_view line) const;

  const PushMetrics metrics_;
  const OtlpExporterOptions options_;
  const std::string scheme_;
  const std::string name_;
  const CombinedView source_;
  const LabelledView view_;
  DeltaView deltas_;
  bool has_warned_ = false;  // by the last push
  HttpSender sender_;
  PushLoop loop_;  // last: it stops before the others go
};

}  // namespace streamhouse::exporters
