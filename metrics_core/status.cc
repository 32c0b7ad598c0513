#include "metrics_core/status.h"

#include <cstdio>
#include <cstdlib>
#include <utility>

namespace streamhouse::metrics {

std::string_view StatusCodeName(StatusCode code) {
  switch (code) {
    case StatusCode::kOk:
      return "ok";
    case StatusCode::kInvalidArgument:
      return "invalid_argument";
    case StatusCode::kNotFound:
      return "not_found";
    case StatusCode::kAlreadyExists:
      return "already_exists";
    case StatusCode::kFailedPrecondition:
      return "failed_precondition";
    case StatusCode::kOutOfRange:
      return "out_of_range";
    case StatusCode::kResourceExhausted:
      return "resource_exhausted";
    case StatusCode::kDeadlineExceeded:
      return "deadline_exceeded";
    case StatusCode::kUnavailable:
      return "unavailable";
    case StatusCode::kAborted:
      return "aborted";
    case StatusCode::kDataLoss:
      return "data_loss";
    case StatusCode::kInternal:
      return "internal";
  }
  return "unknown";
}

Status Status::WithMessage(std::string message) const {
  if (ok()) return *this;
  return Status(code_, std::move(message)).WithField(field_);
}

Status Status::WithField(std::string field) const {
  if (ok()) return *this;
  Status about = *this;
  about.field_ = std::move(field);
  return about;
}

Status Status::Within(std::string_view outer) const {
  std::string path(outer);
  if (!field_.empty()) path.append(".").append(field_);
  return WithField(std::move(path));
}

Status InvalidField(std::string_view field, std::string_view why) {
  std::string message(field);
  message.append(" ").append(why);
  return Status(StatusCode::kInvalidArgument, std::move(message)).WithField(std::string(field));
}

std::string Status::ToString() const {
  if (ok()) return "ok";
  return std::string(StatusCodeName(code_)) + ": " + message_;
}

void Fail(std::string_view message) {
  std::fprintf(stderr, "check failed: %.*s\n", static_cast<int>(message.size()), message.data());
  std::abort();
}

void Check(bool condition, std::string_view message) {
  if (!condition) [[unlikely]]
    Fail(message);
}

}  // namespace streamhouse::metrics
