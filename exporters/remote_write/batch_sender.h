// BatchSender: brings a batch of remote write to its receiver, request after request.
//
// When to use something else: HttpSender (push/http), for one request.
// Guarantees:
// 1. Requests of one batch are never under way together, so that samples of a series come in order.
// 2. A request that is refused does not keep the next ones back. One that is given up does: the
//    receiver is unreachable, and the rest of the batch is dropped.
// 3. Each sample is counted once: as sent, or as dropped with its reason. Samples that a receiver
//    of 2.0 says it has not stored are dropped, "rejected", unless the request is given up. Samples
//    of a batch that falls back are counted when it is retried as 1.0.
// 4. A response of 400 that tells all samples as stored is a success: an exemplar was refused.
// 5. A success that tells no counts is a refusal where the version is fixed to 2.0: such a receiver
//    has stored nothing.
// Thread safety: one thread at a time.
// Cost: a request (kRemoteWriteRequestBytes), its compressed copy and its symbols. The memory is
// kept.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "exporters/encoding/page_chunk.h"
#include "exporters/push/http/http_receiver.h"
#include "exporters/push/http/http_request.h"
#include "exporters/push/http/http_sender.h"
#include "exporters/push/push_deadline.h"
#include "exporters/push/push_metrics.h"
#include "exporters/push/stop_signal.h"
#include "exporters/remote_write/remote_write_batch.h"
#include "exporters/remote_write/request_encoder.h"
#include "exporters/remote_write/symbol_table.h"
#include "exporters/remote_write/version_choice.h"
#include "metrics_core/status.h"

namespace streamhouse::exporters {

struct BatchOutcome {
  metrics::Status status = {};  // the first failure
  // The receiver knows 1.0 only, and the choice is 1.0 now: the batch is to be retried, from its
  // beginning. The other fields say nothing then.
  bool falls_back = false;
  // Some request with the last of the stale markers, or behind it, was taken.
  bool is_begun = false;
};

class BatchSender {
 public:
  // `exporter` is a scheme. `path` is the path of the receiver.
  BatchSender(std::string exporter, std::string path, HttpReceiverOptions receiver, const PushMetrics& metrics);

  // See HttpReceiver.
  metrics::Status CheckFiles() const { return sender_.CheckFiles(); }

  // In the version that `choice` says.
  BatchOutcome Send(const RemoteWriteBatch& batch, VersionChoice& choice, PushDeadline deadline, StopSignal& stop);

 private:
  std::unique_ptr<RequestEncoder> EncoderOf(const RemoteWriteBatch& batch, RemoteWriteVersion version);
  HttpRequest RequestOf(RemoteWriteVersion version) const;

  const std::string exporter_;
  const std::string path_;
  const PushMetrics metrics_;
  HttpSender sender_;

  // Memory that is reused.
  SymbolTable symbols_;
  PageChunk chunk_{kRemoteWriteRequestBytes};
  std::string block_;
};

}  // namespace streamhouse::exporters
