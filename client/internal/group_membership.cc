#include "client/internal/group_membership.h"

#include <algorithm>
#include <cstdint>
#include <random>
#include <utility>

#include "metrics_core/dcheck.h"
#include "metrics_core/start_thread.h"

namespace streamhouse::client {
namespace {

// Among 64-bit numbers, two members that draw the same one are not expected.
std::string DrawMemberId() {
  std::random_device random;
  return "member-" + std::to_string(std::uniform_int_distribution<std::uint64_t>()(random));
}

}  // namespace

GroupMembership::GroupMembership(std::shared_ptr<Broker> broker, std::string group, std::vector<std::string> topics,
                                 const GroupOptions& options, ArrivalSignal& changes,
                                 std::function<std::uint64_t()> last_commit)
    : broker_(std::move(broker)),
      group_(std::move(group)),
      topics_(std::move(topics)),
      options_(options),
      id_(DrawMemberId()),
      changes_(changes),
      last_commit_(std::move(last_commit)) {}

GroupMembership::~GroupMembership() {
  Stop();
}

Status GroupMembership::Join() {
  {
    const metrics::MutexLock lock(mutex_);
    polled_at_ = std::chrono::steady_clock::now();
    Beat();
    if (!failure_.ok()) return failure_;
  }
  auto started = metrics::StartThread([this] { Run(); });
  if (!started.ok()) {
    // The broker counts it among the members.
    Leave();
    return started.status();
  }
  thread_ = *std::move(started);
  return Status::Ok();
}

std::vector<TopicPartition> GroupMembership::assigned() const {
  const metrics::MutexLock lock(mutex_);
  // Invariant 1.
  metrics::DCheck([this]() STREAMHOUSE_UNCHECKED { return std::ranges::is_sorted(assigned_); },
                  "assigned partitions are sorted");
  // The thread may still wait for a response.
  if (std::chrono::steady_clock::now() >= expires_at_) return {};
  return assigned_;
}

void GroupMembership::SetOwned(std::vector<TopicPartition> owned) {
  const metrics::MutexLock lock(mutex_);
  if (owned == owned_) return;
  owned_ = std::move(owned);
  tell_soon_ = true;
  changed_.NotifyAll();
}

void GroupMembership::NotePoll() {
  const metrics::MutexLock lock(mutex_);
  polled_at_ = std::chrono::steady_clock::now();
}

Status GroupMembership::failure() const {
  const metrics::MutexLock lock(mutex_);
  return failure_;
}

void GroupMembership::Leave() {
  Stop();
  // A member that could not say so is removed when its session ends.
  static_cast<void>(broker_->LeaveGroup(member(), CallLimits::Within(options_.session_timeout)));
}

void GroupMembership::Stop() {
  stop_.request_stop();
  if (thread_.joinable()) thread_.join();
}

void GroupMembership::Run() {
  const std::stop_token stop = stop_.get_token();
  const metrics::MutexLock lock(mutex_);
  while (true) {
    changed_.WaitUntil(mutex_, stop, DeadlineAfter(options_.heartbeat_interval),
                       [this]() STREAMHOUSE_REQUIRES(mutex_) { return tell_soon_; });
    if (stop.stop_requested()) return;
    tell_soon_ = false;
    const SteadyTime now = std::chrono::steady_clock::now();
    if (now - polled_at_ < options_.max_poll_interval) Beat();
    if (std::chrono::steady_clock::now() < expires_at_ || assigned_.empty()) continue;
    assigned_.clear();
    changes_.Notify();
  }
}

void GroupMembership::Beat() {
  const SteadyTime sent_at = std::chrono::steady_clock::now();
  const std::vector<TopicPartition> owned = owned_;
  // A response that comes later than the session ends is of no use.
  const CallLimits limits = CallLimits::Within(options_.session_timeout, stop_.get_token());
  mutex_.Unlock();
  GroupMember self = member();
  // After `owned` was read: so it is not before a commit of a partition that `owned` leaves out.
  if (last_commit_ != nullptr) self.commit_sequence = last_commit_();
  Result<std::vector<TopicPartition>> response = broker_->Heartbeat(
      self, {.topics = topics_, .owned = owned, .session_timeout = options_.session_timeout}, limits);
  mutex_.Lock();
  failure_ = response.status();
  if (!response.ok()) return;
  // Invariant 2.
  metrics::DCheck([&]() STREAMHOUSE_UNCHECKED { return expires_at_ <= sent_at + options_.session_timeout; },
                  "a later heartbeat ends the session later");
  expires_at_ = sent_at + options_.session_timeout;
  std::vector<TopicPartition> assigned = *std::move(response);
  std::sort(assigned.begin(), assigned.end());
  if (assigned == assigned_) return;
  assigned_ = std::move(assigned);
  changes_.Notify();
}

}  // namespace streamhouse::client
