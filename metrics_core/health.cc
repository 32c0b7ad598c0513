#include "metrics_core/health.h"

#include <algorithm>

#include "metrics_core/internal/guarded_call.h"
#include "metrics_core/mutex.h"

namespace streamhouse::metrics {

struct Health::State {
  struct Entry {
    const Token::Link* link;
    std::string name;
    Check check;
  };

  // Held while checks run; taken before mutex.
  Mutex evaluation;

  Mutex mutex;
  // An entry that is removed here is destroyed after the evaluation that runs, which may use it.
  std::vector<std::unique_ptr<const Entry>> entries STREAMHOUSE_GUARDED_BY(mutex);
  std::uint64_t failed_checks STREAMHOUSE_GUARDED_BY(mutex) = 0;
};

// What a token and its check have in common. Weak, so that a token may outlive its Health.
struct Health::Token::Link {
  std::weak_ptr<State> state;
};

Health::Token::Token(std::shared_ptr<Link> link) : link_(std::move(link)) {}

Health::Token& Health::Token::operator=(Token&& other) noexcept {
  if (this != &other) {
    Release();
    link_ = std::move(other.link_);
  }
  return *this;
}

Health::Token::~Token() {
  Release();
}

void Health::Token::Release() {
  if (link_ == nullptr) return;
  if (const std::shared_ptr<State> state = link_->state.lock(); state != nullptr) {
    // Destroyed without a lock: what the check holds may be another token.
    std::unique_ptr<const State::Entry> removed;
    {
      const MutexLock lock(state->mutex);
      const auto entry = std::find_if(state->entries.begin(), state->entries.end(),
                                      [this](const auto& one) { return one->link == link_.get(); });
      removed = std::move(*entry);
      state->entries.erase(entry);
    }
    // Evaluations from here on do not see the check; one that runs may be running it.
    const MutexLock wait(state->evaluation);
  }
  link_.reset();
}

bool Health::Report::ready() const {
  return std::all_of(checks.begin(), checks.end(), [](const CheckResult& check) { return check.status.ok(); });
}

std::string Health::Report::Reason() const {
  std::string reason;
  for (const CheckResult& check : checks) {
    if (check.status.ok()) continue;
    if (!reason.empty()) reason += "; ";
    reason += check.name + ": " + check.status.message();
  }
  return reason;
}

Health::Health() : state_(std::make_shared<State>()) {}
Health::~Health() = default;

Health::Token Health::Add(std::string name, Check check) {
  auto link = std::make_shared<Token::Link>(Token::Link{state_});
  auto entry = std::make_unique<const State::Entry>(
      State::Entry{.link = link.get(), .name = std::move(name), .check = std::move(check)});
  const MutexLock lock(state_->mutex);
  state_->entries.push_back(std::move(entry));
  return Token(std::move(link));
}

std::uint64_t Health::FailedChecks() const {
  const MutexLock lock(state_->mutex);
  return state_->failed_checks;
}

Health::Report Health::Evaluate() const {
  const MutexLock evaluation(state_->evaluation);
  std::vector<const State::Entry*> entries;
  {
    const MutexLock lock(state_->mutex);
    for (const auto& entry : state_->entries) entries.push_back(entry.get());
  }
  Report report;
  for (const State::Entry* const entry : entries) {
    Status status;
    const std::string failure = internal::GuardedCall([&] { status = entry->check(); });
    if (!failure.empty()) {
      status = Status(StatusCode::kInternal, failure);
      const MutexLock lock(state_->mutex);
      ++state_->failed_checks;
    }
    report.checks.push_back({.name = entry->name, .status = std::move(status)});
  }
  return report;
}

}  // namespace streamhouse::metrics
