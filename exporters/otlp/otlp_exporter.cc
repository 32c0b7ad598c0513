#include "exporters/otlp/otlp_exporter.h"

#include <algorithm>
#include <chrono>

#include "exporters/otlp/otlp_json_encoder.h"
#include "exporters/otlp/otlp_protobuf_encoder.h"
#include "exporters/otlp/otlp_resource.h"
#include "exporters/push/http/receiver_address.h"

namespace streamhouse::exporters {
namespace {

using metrics::Snapshot;
using metrics::Status;
using metrics::StatusCode;

bool IsRetryable(unsigned status) {
  return status == 429 || status == 502 || status == 503 || status == 504;
}

std::string_view ContentTypeOf(OtlpEncoding encoding) {
  return encoding == OtlpEncoding::kJson ? "application/json" : "application/x-protobuf";
}

// A body as a page, to be compressed.
class BodyPage : public PageSource {
 public:
  explicit BodyPage(std::string_view body) : rest_(body) {}

  Progress Fill(PageChunk& chunk) override {
    const std::string_view piece = rest_.substr(0, chunk.room());
    rest_.remove_prefix(piece.size());
    chunk.Append(piece);
    return rest_.empty() ? Progress::kEnd : Progress::kMore;
  }

 private:
  std::string_view rest_;
};

// With every port: a line of this scheme without one means kOtlpPortDefault, not a port of HTTP.
// Without a query, which may hold a key.
std::string NameOf(const std::string& scheme, const OtlpExporterOptions& options) {
  const ReceiverAddress& address = options.receiver.address;
  if (address.unix_socket) return address.Url("otlp", options.path);
  const bool is_ipv6 = address.host.find(':') != std::string::npos;
  const std::string host = is_ipv6 ? "[" + address.host + "]" : address.host;
  const std::string path = options.path.substr(0, options.path.find('?'));
  return scheme + "://" + host + ":" + std::to_string(address.port) + path;
}

}  // namespace

OtlpExporter::OtlpExporter(metrics::Registry& registry, const PushMetrics& metrics, OtlpExporterOptions options)
    : metrics_(metrics),
      options_(std::move(options)),
      scheme_("otlp+" + options_.receiver.address.Scheme()),
      name_(NameOf(scheme_, options_)),
      source_(registry, options_.more_registries, scheme_, metrics.left_out()),
      view_(options_.labels),
      deltas_(DoubleDeltas::kExact, options_.deltas),
      sender_(scheme_, options_.receiver, IsRetryable, metrics),
      loop_(
          scheme_, name_, [this](PushDeadline deadline) { return Push(deadline); }, options_.push, metrics) {}

Status OtlpExporter::Start() {
  Status checked = loop_.Check();
  if (checked.ok()) checked = source_.Check();
  if (checked.ok()) checked = view_.Check(source_.Take());
  if (checked.ok()) checked = sender_.CheckFiles();
  if (!checked.ok()) return checked;
  for (const std::string& note : options_.notes) Log(note);
  return loop_.Start();
}

Status OtlpExporter::Push(PushDeadline deadline) {
  const PushResult result = PushSnapshot(deadline);
  if (options_.deltas != DeltaFamilies::kNone && result.give_up.empty()) deltas_.Commit();
  if (!result.warning.empty() && !has_warned_) Log(result.warning);
  has_warned_ = !result.warning.empty();
  return result.status;
}

OtlpExporter::PushResult OtlpExporter::PushSnapshot(PushDeadline deadline) {
  Snapshot snapshot = view_.Of(source_.Take());
  if (options_.deltas != DeltaFamilies::kNone) snapshot = deltas_.Of(std::move(snapshot));
  const std::unique_ptr<OtlpEncoder> encoder = EncoderOf(snapshot);
  PageChunk chunk(options_.request_bytes);
  PushResult result;
  PageSource::Progress progress;
  do {
    chunk.Clear();
    progress = encoder->Fill(chunk);
    if (!chunk.empty()) Deliver(chunk.view(), encoder->samples(), deadline, result);
    // What is refused for good is dropped. After a request that is given up, none is sent.
    const bool is_committed = options_.deltas != DeltaFamilies::kNone && result.give_up.empty();
    if (is_committed) deltas_.CommitUntil(encoder->position().family, encoder->position().series);
  } while (progress == PageSource::Progress::kMore);
  return result;
}

std::unique_ptr<OtlpEncoder> OtlpExporter::EncoderOf(const Snapshot& snapshot) const {
  const metrics::TargetAttributes resource = OtlpResource(snapshot.target(), options_.resource);
  if (options_.encoding == OtlpEncoding::kJson)
    return std::make_unique<OtlpJsonEncoder>(snapshot, resource, options_.deltas);
  return std::make_unique<OtlpProtobufEncoder>(snapshot, resource, options_.deltas);
}

void OtlpExporter::Deliver(std::string_view body, std::uint64_t points, PushDeadline deadline, PushResult& result) {
  if (!result.give_up.empty()) return metrics_.CountDropped(scheme_, result.give_up, points);
  if (body.size() > kOtlpRequestBytesMax) {
    metrics_.CountDropped(scheme_, drop_reason::kTooLarge, points);
    if (result.status.ok()) result.status = Status(StatusCode::kResourceExhausted, "a request would be too large");
    return;
  }
  const SendOutcome outcome = sender_.Send(RequestOf(body), deadline, loop_.stop_signal());
  if (outcome.is_delivered()) return CountDelivered(outcome, points, result);
  metrics_.CountDropped(scheme_, outcome.reason, points);
  if (outcome.result == SendResult::kGivenUp) result.give_up = outcome.reason;
  if (result.status.ok()) result.status = outcome.status;
}

void OtlpExporter::CountDelivered(const SendOutcome& outcome, std::uint64_t points, PushResult& result) {
  const OtlpResponse response = ParseOtlpResponse(outcome.response->body, options_.encoding);
  const std::uint64_t rejected = std::min(response.rejected_points, points);
  metrics_.CountSent(scheme_, points - rejected);
  metrics_.CountDropped(scheme_, drop_reason::kRejected, rejected);
  if ((rejected == 0 && response.message.empty()) || !result.warning.empty()) return;
  result.warning =
      "the receiver rejects " + std::to_string(rejected) + " of " + std::to_string(points) + " data points";
  if (!response.message.empty())
    result.warning += ": " + (outcome.response->tells_secret ? outcome.response->excerpt : response.message);
}

HttpRequest OtlpExporter::RequestOf(std::string_view body) const {
  HttpRequest request = {.path = options_.path, .content_type = ContentTypeOf(options_.encoding)};
  for (const auto& [name, value] : options_.headers) request.secret_fields.emplace_back(name, value);
  if (options_.compression == ContentCoding::kIdentity) {
    request.body = body;
  } else {
    request.content_encoding = ContentCodingName(options_.compression);
    request.make_body = [body, coding = options_.compression] {
      return std::make_unique<CompressedPage>(std::make_unique<BodyPage>(body), coding);
    };
  }
  return request;
}

void OtlpExporter::Log(std::string_view line) const {
  if (options_.push.log) options_.push.log(name_ + ": " + std::string(line));
}

}  // namespace streamhouse::exporters
