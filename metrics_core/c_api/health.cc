#include "metrics_core/c_api/health.h"

#include <array>
#include <memory>
#include <string>
#include <utility>

#include "metrics_core/c_api/bridge.h"
#include "metrics_core/c_api/objects.h"
#include "metrics_core/health.h"
#include "metrics_core/status.h"

namespace core = streamhouse::metrics;
using core::internal::Given;

namespace {

// A check of C with its user data, which it destroys.
class CheckInC {
 public:
  explicit CheckInC(const streamhouse_check& check) : check_(check) {}
  ~CheckInC() {
    if (check_.destroy != nullptr) check_.destroy(check_.user_data);
  }
  CheckInC(const CheckInC&) = delete;
  CheckInC& operator=(const CheckInC&) = delete;

  core::Status Ask() const {
    std::array<char, STREAMHOUSE_MESSAGE_BYTES> reason = {};
    if (check_.passes(check_.user_data, reason.data(), reason.size())) return core::Status::Ok();
    reason.back() = '\0';
    return {core::StatusCode::kUnavailable, std::string(reason.data())};
  }

 private:
  const streamhouse_check check_;
};

}  // namespace

streamhouse_health* streamhouse_health_new() noexcept {
  return std::make_unique<streamhouse_health>().release();
}

void streamhouse_health_free(streamhouse_health* health) noexcept {
  delete health;
}

streamhouse_token* streamhouse_health_add(streamhouse_health* health, const char* name,
                                          streamhouse_check check) noexcept {
  core::Health& to = Given(health, "a health").health;
  core::Check(check.passes != nullptr, "C API: a check has no function");
  auto token = to.Add(&Given(name, "the name of a check"),
                      [in_c = std::make_shared<const CheckInC>(check)] { return in_c->Ask(); });
  return std::make_unique<core::internal::TokenOf<core::Health::Token>>(std::move(token)).release();
}

streamhouse_status streamhouse_health_evaluate(const streamhouse_health* health) noexcept {
  const core::Health::Report report = Given(health, "a health").health.Evaluate();
  if (report.ready()) return core::ToC(core::Status::Ok());
  return core::ToC({core::StatusCode::kUnavailable, report.Reason()});
}
