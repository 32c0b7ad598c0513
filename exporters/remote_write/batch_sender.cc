#include "exporters/remote_write/batch_sender.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string_view>
#include <utility>

#include "exporters/push/http/http_response.h"
#include "exporters/remote_write/remote_write_1_encoder.h"
#include "exporters/remote_write/remote_write_2_encoder.h"
#include "exporters/remote_write/snappy_block.h"

namespace streamhouse::exporters {
namespace {

constexpr unsigned kTooManyRequests = 429;
constexpr unsigned kServerErrors = 500;

bool IsRetryable(unsigned status) {
  return status == kTooManyRequests || status >= kServerErrors;
}

// What became of the samples of a batch.
struct SampleCounts {
  std::uint64_t sent = 0;
  std::map<std::string_view, std::uint64_t> dropped = {};  // by reason
};

// Adds the samples of a request, and returns whether any of them may be stored.
bool AddOutcome(RemoteWriteVersion version, SendOutcome& sent, std::size_t samples, SampleCounts& counts) {
  const WrittenCounts written = sent.response ? WrittenCountsOf(*sent.response) : WrittenCounts();
  if (written.is_told) {
    const std::uint64_t stored = std::min<std::uint64_t>(written.points, samples);
    const bool is_given_up = sent.result == SendResult::kGivenUp;
    counts.sent += stored;
    counts.dropped[is_given_up ? sent.reason : drop_reason::kRejected] += samples - stored;
    if (sent.result == SendResult::kRefused && stored == samples) sent.status = metrics::Status::Ok();
    // Prometheus 3 tells counts of 0 with 500 as well.
    return sent.is_delivered() || stored > 0;
  }
  if (sent.is_delivered() && version == RemoteWriteVersion::k2) {
    // To a receiver of 1.0 the request is an empty one.
    sent.result = SendResult::kRefused;
    sent.reason = drop_reason::kRefused;
    sent.status = {metrics::StatusCode::kInvalidArgument, "the receiver does not know remote write 2.0"};
  }
  if (sent.is_delivered()) {
    counts.sent += samples;
  } else {
    counts.dropped[sent.reason] += samples;
  }
  return sent.is_delivered();
}

}  // namespace

BatchSender::BatchSender(std::string exporter, std::string path, HttpReceiverOptions receiver,
                         const PushMetrics& metrics)
    : exporter_(std::move(exporter)),
      path_(std::move(path)),
      metrics_(metrics),
      sender_(exporter_, std::move(receiver), IsRetryable, metrics) {}

BatchOutcome BatchSender::Send(const RemoteWriteBatch& batch, VersionChoice& choice, PushDeadline deadline,
                               StopSignal& stop) {
  BatchOutcome outcome;
  SampleCounts counts;
  std::string_view given_up;  // why the rest is dropped
  const RemoteWriteVersion version = choice.version();
  const std::unique_ptr<RequestEncoder> encoder = EncoderOf(batch, version);
  PageSource::Progress progress;
  do {
    chunk_.Clear();
    progress = encoder->Fill(chunk_);
    if (chunk_.empty()) break;
    if (!given_up.empty()) {
      counts.dropped[given_up] += encoder->samples();
      continue;
    }
    CompressSnappyBlock(chunk_.view(), block_);
    SendOutcome sent = sender_.Send(RequestOf(version), deadline, stop);
    if (!sent.response) choice.ReceiverIsUnreachable();
    if (sent.response && choice.FallsBackAfter(*sent.response)) return {.falls_back = true};
    const bool is_taken = AddOutcome(version, sent, encoder->samples(), counts);
    outcome.is_begun = outcome.is_begun || (is_taken && encoder->ended_is_written());
    if (outcome.status.ok()) outcome.status = sent.status;
    if (sent.result == SendResult::kGivenUp) given_up = sent.reason;
  } while (progress == PageSource::Progress::kMore);
  metrics_.CountSent(exporter_, counts.sent);
  for (const auto& [reason, samples] : counts.dropped) metrics_.CountDropped(exporter_, reason, samples);
  return outcome;
}

std::unique_ptr<RequestEncoder> BatchSender::EncoderOf(const RemoteWriteBatch& batch, RemoteWriteVersion version) {
  if (version == RemoteWriteVersion::k1) return std::make_unique<RemoteWrite1Encoder>(batch);
  return std::make_unique<RemoteWrite2Encoder>(batch, symbols_);
}

HttpRequest BatchSender::RequestOf(RemoteWriteVersion version) const {
  const bool is_old = version == RemoteWriteVersion::k1;
  return {
      .path = path_,
      // A blank behind the semicolon makes it 1.0 for Prometheus.
      .content_type = is_old ? "application/x-protobuf" : "application/x-protobuf;proto=io.prometheus.write.v2.Request",
      .content_encoding = "snappy",
      .fields = {{"X-Prometheus-Remote-Write-Version", is_old ? "0.1.0" : "2.0.0"}},
      .body = block_};
}

}  // namespace streamhouse::exporters
