#include "tests/chaos/agent_process.h"

#include <signal.h>
#include <sys/resource.h>

#include <optional>
#include <vector>

#include "metrics_core/status.h"

namespace streamhouse::chaos {
namespace {

void LimitFileBytes(pid_t process, rlim_t bytes) {
  const rlimit limit = {.rlim_cur = bytes, .rlim_max = RLIM_INFINITY};
  metrics::Check(::prlimit(process, RLIMIT_FSIZE, &limit, nullptr) == 0, "no limit on the size of files");
}

}  // namespace

void AgentProcess::Start(agent::SyncPolicy sync_policy) {
  sync_policy_ = sync_policy;
  child_ = std::make_unique<ChildProcess>(std::vector<std::string>{"serve", folder_, std::to_string(port_.number()),
                                                                   std::to_string(static_cast<int>(sync_policy))});
  const std::optional<std::string> ready = child_->ReadLine();
  metrics::Check(ready && ready->starts_with("ready "), "the agent did not start");
}

void AgentProcess::Restart(agent::SyncPolicy sync_policy) {
  Kill();
  Start(sync_policy);
}

void AgentProcess::Kill() {
  child_->Kill();
}

void AgentProcess::Freeze() const {
  child_->Signal(SIGSTOP);
}

void AgentProcess::Wake() const {
  child_->Signal(SIGCONT);
}

void AgentProcess::FillDisk(std::uint64_t file_bytes_max) const {
  LimitFileBytes(child_->pid(), file_bytes_max);
}

void AgentProcess::EmptyDisk() const {
  LimitFileBytes(child_->pid(), RLIM_INFINITY);
}

void AgentProcess::SwitchDisk(const std::string& state) {
  child_->WriteLine(state);
  metrics::Check(child_->ReadLine() == state, "the disk did not become " + state);
}

}  // namespace streamhouse::chaos
