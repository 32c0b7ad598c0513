#include "exporters/http/access/password_queue.h"

#include "metrics_core/dcheck.h"

namespace streamhouse::exporters {

std::optional<PasswordQueue::Waiting> PasswordQueue::Push(Waiting request) {
  const auto guesses = std::count_if(waiting_.begin(), waiting_.end(), IsSuspect);
  const bool is_full = waiting_.size() >= kPasswordChecksMax ||
                       (IsSuspect(request) && static_cast<std::size_t>(guesses) >= kGuessChecksMax);
  std::optional<Waiting> refused;
  if (is_full) {
    if (!GoesBefore(request, waiting_.back())) return request;
    refused = std::move(waiting_.back());
    waiting_.pop_back();
  }
  const auto behind =
      std::find_if(waiting_.begin(), waiting_.end(), [&](const Waiting& any) { return GoesBefore(request, any); });
  waiting_.insert(behind, std::move(request));
  // Invariant 1.
  metrics::DCheck([this] { return IsSound(); }, "requests wait in their order, within the limits");
  return refused;
}

std::optional<PasswordQueue::Waiting> PasswordQueue::Next() {
  if (checked_ || waiting_.empty()) return std::nullopt;
  Waiting first = std::move(waiting_.front());
  waiting_.pop_front();
  checked_ = first.origin;
  return first;
}

void PasswordQueue::Decide(Password password, Time now) {
  // Invariant 2.
  metrics::DCheck([this] { return checked_.has_value(); }, "a check that runs is decided, once");
  const std::string origin = *std::exchange(checked_, std::nullopt);
  if (password == Password::kRight) return;
  std::erase_if(guesses_, [&](const auto& any) { return any.first == origin; });
  if (guesses_.size() == kGuessesRemembered) guesses_.pop_front();
  guesses_.emplace_back(origin, now);
  // Invariant 3.
  metrics::DCheck([this] { return guesses_.size() <= kGuessesRemembered; }, "remembered guesses are bounded");
}

bool PasswordQueue::IsSuspect(const Waiting& request) {
  return request.suspicion != kTrusted;
}

bool PasswordQueue::GoesBefore(const Waiting& newer, const Waiting& older) {
  return newer.suspicion < older.suspicion || (newer.suspicion == older.suspicion && IsSuspect(newer));
}

// Invariant 1: guarantees 2 and 3.
bool PasswordQueue::IsSound() const {
  const auto guesses = std::count_if(waiting_.begin(), waiting_.end(), IsSuspect);
  const bool is_in_order =
      std::is_sorted(waiting_.begin(), waiting_.end(),
                     [](const Waiting& one, const Waiting& other) { return one.suspicion < other.suspicion; });
  return is_in_order && waiting_.size() <= kPasswordChecksMax && static_cast<std::size_t>(guesses) <= kGuessChecksMax;
}

}  // namespace streamhouse::exporters
