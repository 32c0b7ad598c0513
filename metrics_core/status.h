// Status and Result<T>: the outcome of an operation that may be refused, as a value.
//
// When to use something else: a broken precondition (a null pointer, the value of a failed Result)
// is a programmer's error and ends the program through Check(). A recording cannot fail and returns
// nothing; one with a wrong number of label values is counted and dropped (family.h).
// Guarantees:
// 1. A Result holds either a value or a Status that is not OK, never both, never neither.
// 2. Nothing here throws.
// Thread safety: as for any value.
// Cost: an OK Status is a code and two empty strings; it allocates nothing.
//
// The message is for people and may change. Programs look at the code and the field, never at the
// message. The field is the setting of the caller that the error is about, as a path:
// "sync_interval", "tls.key", "exporters[1]". The function that refuses sets it, and each caller
// whose own settings contain those of the callee puts its part before it. A program translates the
// path to its flag. A field does not cross the wire: the other end has other settings.
//
//   Result<Family<Counter>> sent = registry.AddCounter({.name = "sent_total", .help = "Records sent"});
//   if (!sent.ok()) return sent.status();
//   sent->With().Increment();
//
//   if (sync_interval.count() <= 0) return InvalidField("sync_interval", "is not positive");
//   if (Status loaded = LoadTls(tls); !loaded.ok()) return loaded.Within("tls");       // "key" becomes "tls.key"
//   if (started.field() == "grpc_port") std::cerr << started.message() << " (--grpc)";  // in the program
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "metrics_core/language_level.h"

namespace streamhouse::metrics {

// The codes are a subset of gRPC's, with the same meaning. They cross the wire unchanged, but for
// the cases that the translations of the agent and the client list (status_translation.h).
enum class StatusCode : std::uint8_t {
  kOk,
  kInvalidArgument,     // the request can never succeed unchanged
  kNotFound,            // the thing named does not exist
  kAlreadyExists,       // the name is taken
  kFailedPrecondition,  // refused in the present state (not the holder, already started)
  kOutOfRange,          // an offset or index beyond what exists
  kResourceExhausted,   // a stated limit is reached
  kDeadlineExceeded,    // not done in time; it may still happen
  kUnavailable,         // a peer or a port cannot be had now; a retry may succeed
  kAborted,             // fenced: a newer holder has taken over
  kDataLoss,            // stored bytes are damaged
  kInternal,            // an invariant or the system failed
};

// The name in lower_snake_case, for logs and metric labels, for example "invalid_argument".
std::string_view StatusCodeName(StatusCode code);

class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(StatusCode code, std::string message) : code_(code), message_(std::move(message)) {}

  static Status Ok() { return {}; }

  bool ok() const { return code_ == StatusCode::kOk; }
  StatusCode code() const { return code_; }
  const std::string& message() const { return message_; }
  // Empty where the error is about no setting, or where the function that failed does not know
  // which.
  const std::string& field() const { return field_; }

  // The same error with another message, or about another field. OK stays OK.
  Status WithMessage(std::string message) const;
  Status WithField(std::string field) const;
  // The same error as seen by the owner of the settings `outer`: "key" becomes "outer.key", no
  // field becomes "outer".
  Status Within(std::string_view outer) const;

  // "ok", or the code's name, a colon and the message. The field is left out: the message says it
  // in words.
  std::string ToString() const;

  friend bool operator==(const Status&, const Status&) = default;

 private:
  StatusCode code_ = StatusCode::kOk;
  std::string message_;
  std::string field_;
};

// InvalidArgument about a setting: the message is "FIELD WHY".
Status InvalidField(std::string_view field, std::string_view why);

// End the program with the message on stderr, Check when the condition is false: for programmers'
// errors only.
[[noreturn]] void Fail(std::string_view message);
void Check(bool condition, std::string_view message);

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}         // NOLINT(google-explicit-constructor)
  Result(Status status) : status_(std::move(status)) {  // NOLINT(google-explicit-constructor)
    Check(!status_.ok(), "a Result without a value needs an error");
  }

  bool ok() const { return value_.has_value(); }
  const Status& status() const { return status_; }

  // The value; ends the program with the error's message when there is none.
  T& value() & { return CheckedValue(); }
  const T& value() const& { return const_cast<Result*>(this)->CheckedValue(); }
  T&& value() && { return std::move(CheckedValue()); }

  T& operator*() & { return CheckedValue(); }
  T&& operator*() && { return std::move(CheckedValue()); }
  const T& operator*() const& { return value(); }
  T* operator->() { return &CheckedValue(); }
  const T* operator->() const { return &value(); }

 private:
  T& CheckedValue() {
    Check(value_.has_value(), status_.message());
    return *value_;
  }

  std::optional<T> value_;
  Status status_;
};

}  // namespace streamhouse::metrics
