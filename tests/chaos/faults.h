// Faults: the faults of a chaos round, at moments that a seed chooses.
//
// Guarantees: faults are dealt like cards: every kind comes once before any comes again. DoNext()
// mends a fault that does not mend by itself before it returns. The agent may still be without its
// leases.
// Thread safety: one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "agent/log/partition_log.h"
#include "client/broker.h"
#include "metrics_core/status.h"
#include "tests/chaos/agent_process.h"
#include "tests/chaos/ledger.h"

namespace streamhouse::chaos {

struct FaultCounts {
  int agent_kills = 0;
  int freezes = 0;
  int takeovers = 0;  // of its leases meanwhile
  int producer_kills = 0;
  int consumer_kills = 0;
  int full_disks = 0;
  int broken_disks = 0;
  int slow_disks = 0;
  int power_cuts = 0;
  // Batches that were sent to the agent when it should refuse them.
  int refused_without_lease = 0;
  int accepted_without_lease = 0;
  int refused_by_full_disk = 0;
  int refused_by_broken_disk = 0;
  int accepted_by_broken_disk = 0;
};

class Faults {
 public:
  // The agent and the ledger must outlive it.
  Faults(AgentProcess& agent, Ledger& ledger, std::uint64_t seed) : agent_(agent), ledger_(ledger), random_(seed) {}

  void DoNext();

  // Every kind of fault; on a busy machine, an attempt at one of two kinds may come too late, and
  // is made again.
  bool has_done_everything() const {
    constexpr int kRoundsMax = 5;
    const bool has_come_in_time = counts_.takeovers > 0 && counts_.refused_by_full_disk > 0;
    return rounds_ > 0 && (has_come_in_time || rounds_ >= kRoundsMax);
  }
  const FaultCounts& counts() const { return counts_; }

 private:
  using Fault = void (Faults::*)();

  void KillAgent();
  void FreezeAgentPastItsLease();
  bool FreezeAndTakeOver();
  void KillProducer();
  void KillConsumer();
  void FillDisk();
  bool FillDiskUntilItRefuses();
  void BreakDisk();
  void SlowDisk();
  void CutPower();

  int Random(int from, int to) { return std::uniform_int_distribution<int>(from, to)(random_); }
  bool Toss() { return Random(0, 1) == 1; }
  void PassTime(int from_ms, int to_ms);
  agent::SyncPolicy PickSyncPolicy() { return static_cast<agent::SyncPolicy>(Random(0, 2)); }
  void RestartAgent();
  void WaitUntilNothingIsUnderWay();
  std::uint64_t EndOfLog(std::uint32_t partition) const;
  void WakeAndProbe(client::Broker& broker);
  std::shared_ptr<client::Broker> Connect() const;
  std::uint64_t TakeProbe();
  metrics::StatusCode Probe(client::Broker& broker, std::uint32_t partition, std::uint64_t first,
                            std::chrono::milliseconds patience);

  AgentProcess& agent_;
  Ledger& ledger_;
  std::mt19937_64 random_;
  std::vector<Fault> deck_;
  int rounds_ = 0;  // of the whole deck
  FaultCounts counts_;
  std::uint64_t probes_ = 0;
};

}  // namespace streamhouse::chaos
