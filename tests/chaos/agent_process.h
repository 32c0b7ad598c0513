// AgentProcess: an agent in a process of its own, always on the same folder and port, and the disk
// under it.
//
// When to use something else: RunningAgent, where nothing has to die.
// Guarantees: the constructor and Restart() return when the agent serves, and end the program when
// it does not start. On a full disk no file may grow beyond a limit. The kernel itself refuses,
// also in the middle of a write, and also for the metadata. Slow and broken disks are simulated
// under the logs alone.
// Thread safety: one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "agent/log/partition_log.h"
#include "tests/chaos/child_process.h"
#include "tests/support/held_port.h"

namespace streamhouse::chaos {

class AgentProcess {
 public:
  explicit AgentProcess(std::string folder) : folder_(std::move(folder)) { Start(agent::SyncPolicy::kNone); }

  // SIGKILL, and another one, on a disk that is well.
  void Restart(agent::SyncPolicy sync_policy);
  // The same in two steps, for what has to be looked at in between.
  void Kill();
  void Start(agent::SyncPolicy sync_policy);

  void Freeze() const;
  void Wake() const;

  void FillDisk(std::uint64_t file_bytes_max) const;
  void EmptyDisk() const;

  // "well", "slow", "broken" or one of kPowerCuts; it is so when this returns.
  void SwitchDisk(const std::string& state);

  const std::string& folder() const { return folder_; }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_.number()); }
  agent::SyncPolicy sync_policy() const { return sync_policy_; }

 private:
  const std::string folder_;
  agent::SyncPolicy sync_policy_ = agent::SyncPolicy::kNone;
  const HeldPort port_;
  std::unique_ptr<ChildProcess> child_;
};

}  // namespace streamhouse::chaos
