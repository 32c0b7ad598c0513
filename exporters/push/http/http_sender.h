// HttpSender: brings one body to a receiver by the retry rule of its protocol.
//
// When to use something else: HttpReceiver, for one request without retries.
// Invariants:
// 1. What is not delivered has a reason and an error; what is delivered has neither.
// Guarantees:
// 1. A status of 200 to 299 is delivered. A status that the rule names, a connection that fails and
//    one that ends before the response are retried. Any other status or failure is final.
// 2. The delay before a retry grows (send_backoff.h). A receiver's Retry-After makes it longer,
//    never shorter. It also holds for the next calls: until then nothing is sent.
// 3. A retry whose time would come after the deadline is not waited for: Send() gives up at once.
// 4. Once the stop signal is given, nothing is retried, and Retry-After is ignored: the last
//    push makes one attempt.
// 5. A body may arrive twice: the response to the first may be lost. So what is given up may also
//    have arrived.
// 6. What is not known to be delivered is dropped. There is no queue
//    (docs/decisions/push_without_queue.md).
// Thread safety: one thread at a time.
// Cost: that of HttpReceiver.
// Errors: in SendOutcome. The status names what the receiver said, never a secret.
//
//   HttpSender sender("otlp+http", {.address = …}, [](unsigned status) { return status == 429 || … }, metrics);
//   const SendOutcome sent = sender.Send({.path = "/v1/metrics", .body = body}, deadline, loop.stop_signal());
//   if (!sent.is_delivered()) metrics.CountDropped("otlp+http", sent.reason, samples);
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "exporters/push/http/http_receiver.h"
#include "exporters/push/http/http_request.h"
#include "exporters/push/http/http_response.h"
#include "exporters/push/http/send_backoff.h"
#include "exporters/push/push_deadline.h"
#include "exporters/push/push_metrics.h"
#include "exporters/push/stop_signal.h"
#include "metrics_core/status.h"

namespace streamhouse::exporters {

enum class SendResult : std::uint8_t {
  kDelivered,
  kRefused,  // the same body would be refused again
  kGivenUp,  // by the deadline, or because the exporter stops
};

struct SendOutcome {
  SendResult result = SendResult::kGivenUp;
  // Why it is dropped, for PushMetrics::CountDropped(); empty where it is delivered.
  std::string_view reason = {};
  metrics::Status status = {};                // OK where it is delivered; else one line for operators
  std::optional<HttpResponse> response = {};  // the last one, where there was any

  bool is_delivered() const { return result == SendResult::kDelivered; }
};

class HttpSender {
 public:
  // Whether the protocol permits to send the body again after such a response.
  using IsRetryable = bool (*)(unsigned status);

  // `exporter` is a scheme, the label of its metrics.
  HttpSender(std::string exporter, HttpReceiverOptions receiver, IsRetryable is_retryable, const PushMetrics& metrics);

  // See HttpReceiver.
  metrics::Status CheckFiles() const { return receiver_.CheckFiles(); }

  // Counts retries, and the bytes of a body that is delivered. The caller counts samples.
  SendOutcome Send(const HttpRequest& request, PushDeadline deadline, StopSignal& stop);

 private:
  using Time = std::chrono::steady_clock::time_point;

  SendOutcome Attempt(const HttpRequest& request, PushDeadline deadline);
  SendOutcome Judge(metrics::Result<HttpResponse> response) const;
  static bool MayRetry(const SendOutcome& outcome);

  const std::string exporter_;
  HttpReceiver receiver_;
  const IsRetryable is_retryable_;
  const PushMetrics metrics_;
  SendBackoff backoff_;
  Time not_before_ = Time::min();  // by Retry-After
};

}  // namespace streamhouse::exporters
