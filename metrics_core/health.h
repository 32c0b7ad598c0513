// Health: named checks that say whether a program can do its work now, and if not, why.
//
// A program is ready if all checks pass. It is alive if it answers at all: liveness has no check.
// When to use something else: a gauge for a quantity that is watched over time. A check is a yes or
// no with a reason.
// Guarantees:
// 1. Evaluate() calls every check that was registered before it and not yet removed.
// 2. After the token of a check is destroyed, the check is not running and is never called again.
// 3. A program without checks is ready.
// Thread safety: all methods from any thread. Checks run on the thread that calls Evaluate(), one
// evaluation at a time. Add() and FailedChecks() do not wait for a running check; Evaluate() and
// the destructor of a token do, until it returns. A check must therefore neither call Evaluate()
// nor destroy a token.
// Cost: two locks and one call a check.
// Errors: a check that throws has failed, with the exception's text as its reason, and
// FailedChecks() counts it.
//
//   Health health;
//   auto token = health.Add("lease", [&] {
//     return has_lease ? Status::Ok() : Status(StatusCode::kUnavailable, "no lease");
//   });
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "metrics_core/status.h"

namespace streamhouse::metrics {

class Health {
 public:
  using Check = std::function<Status()>;

  struct CheckResult {
    std::string name;
    Status status;
  };

  struct Report {
    std::vector<CheckResult> checks;  // in the order of registration

    bool ready() const;
    // The failed checks as "name: reason", joined by "; ". Empty when ready.
    std::string Reason() const;
  };

  // Removes its check when destroyed, and waits for a running evaluation. Movable; may outlive its
  // Health.
  class Token {
   public:
    Token() = default;
    Token(Token&& other) noexcept = default;
    Token& operator=(Token&& other) noexcept;
    ~Token();

   private:
    friend class Health;
    struct Link;
    explicit Token(std::shared_ptr<Link> link);
    void Release();
    std::shared_ptr<Link> link_;
  };

  Health();
  ~Health();
  Health(const Health&) = delete;
  Health& operator=(const Health&) = delete;

  // Two checks may have the same name: both run, and the report has both.
  [[nodiscard]] Token Add(std::string name, Check check);
  Report Evaluate() const;

  // Checks that threw an exception in place of giving a status.
  std::uint64_t FailedChecks() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace streamhouse::metrics
