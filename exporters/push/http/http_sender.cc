#include "exporters/push/http/http_sender.h"

#include <algorithm>
#include <utility>

#include "metrics_core/dcheck.h"

namespace streamhouse::exporters {
namespace {

using metrics::Result;
using metrics::Status;
using metrics::StatusCode;
using std::chrono::steady_clock;

constexpr unsigned kContentTooLarge = 413;

std::string Said(const HttpResponse& response) {
  std::string said = "the receiver answers " + std::to_string(response.status);
  const bool is_redirect = response.status >= 300 && response.status < 400;
  if (is_redirect) said += ", and redirects are not followed";
  if (!response.excerpt.empty()) said.append(": ").append(response.excerpt);
  return said;
}

std::string_view ReasonOf(StatusCode code) {
  switch (code) {
    case StatusCode::kDataLoss:
    case StatusCode::kResourceExhausted:
      return drop_reason::kBadResponse;
    case StatusCode::kFailedPrecondition:
    case StatusCode::kInternal:
      return drop_reason::kUnusable;
    default:
      return drop_reason::kUnreachable;
  }
}

}  // namespace

HttpSender::HttpSender(std::string exporter, HttpReceiverOptions receiver, IsRetryable is_retryable,
                       const PushMetrics& metrics)
    : exporter_(std::move(exporter)),
      receiver_(std::move(receiver)),
      is_retryable_(is_retryable),
      metrics_(metrics),
      backoff_(std::random_device()()) {}

SendOutcome HttpSender::Send(const HttpRequest& request, PushDeadline deadline, StopSignal& stop) {
  if (stop.is_given()) return Attempt(request, deadline);
  SendOutcome outcome = {.reason = drop_reason::kUnavailable,
                         .status = Status(StatusCode::kUnavailable, "the receiver has asked to come later")};
  backoff_.Restart();
  Time next = not_before_;
  for (bool is_retry = false;; is_retry = true) {
    if (next >= deadline) return outcome;
    if (stop.WaitUntil(next)) {
      outcome.reason = drop_reason::kStopped;
      return outcome;
    }
    if (is_retry) metrics_.CountRetry(exporter_);
    outcome = Attempt(request, deadline);
    if (!MayRetry(outcome)) return outcome;
    next = std::max(not_before_, steady_clock::now() + backoff_.Next());
  }
}

SendOutcome HttpSender::Attempt(const HttpRequest& request, PushDeadline deadline) {
  SendOutcome outcome = Judge(receiver_.Send(request, deadline));
  if (receiver_.has_sent_again()) metrics_.CountRetry(exporter_);
  if (outcome.is_delivered()) metrics_.CountSentBytes(exporter_, receiver_.body_bytes());
  const bool is_told = MayRetry(outcome) && outcome.response && outcome.response->retry_after;
  not_before_ = is_told ? steady_clock::now() + *outcome.response->retry_after : Time::min();
  // Invariant 1.
  metrics::DCheck(
      [&] { return outcome.is_delivered() == outcome.reason.empty() && outcome.is_delivered() == outcome.status.ok(); },
      "what is not delivered has a reason and an error");
  return outcome;
}

SendOutcome HttpSender::Judge(Result<HttpResponse> response) const {
  if (!response.ok()) {
    const bool is_final = ReasonOf(response.status().code()) == drop_reason::kBadResponse;
    return {.result = is_final ? SendResult::kRefused : SendResult::kGivenUp,
            .reason = ReasonOf(response.status().code()),
            .status = response.status()};
  }
  SendOutcome outcome = {.response = *std::move(response)};
  const HttpResponse& said = *outcome.response;
  if (said.is_success()) {
    outcome.result = SendResult::kDelivered;
  } else if (is_retryable_(said.status)) {
    outcome.reason = drop_reason::kUnavailable;
    outcome.status = Status(StatusCode::kUnavailable, Said(said));
  } else {
    outcome.result = SendResult::kRefused;
    outcome.reason = said.status == kContentTooLarge ? drop_reason::kTooLarge : drop_reason::kRefused;
    outcome.status = Status(StatusCode::kInvalidArgument, Said(said));
  }
  return outcome;
}

bool HttpSender::MayRetry(const SendOutcome& outcome) {
  return outcome.result == SendResult::kGivenUp && outcome.status.code() == StatusCode::kUnavailable;
}

}  // namespace streamhouse::exporters
