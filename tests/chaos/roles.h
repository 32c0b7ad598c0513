// The roles of processes and threads in a chaos round: serve, produce, consume.
//
// Each role runs until it is told to stop, or its process is killed.
// Thread safety: each function on a thread of its own; the ledger is shared.
#pragma once

#include <array>
#include <cstdint>
#include <stop_token>
#include <string>

#include "agent/log/partition_log.h"
#include "tests/chaos/ledger.h"

namespace streamhouse::chaos {

inline constexpr char kTopic[] = "chaos";
inline constexpr char kGroup[] = "checkers";
inline constexpr char kAgentId[] = "agent";

// Segments are short, so that many of them end while the disk is in trouble.
inline constexpr std::uint64_t kSegmentBytes = std::uint64_t{64} << 10;

// The rest of the unsynced bytes: nothing, half of them, or zeros. The disk is off from then on.
inline constexpr std::array<const char*, 3> kPowerCuts = {"cut to nothing", "cut to half", "cut to zeros"};

// Serves `folder` on the port, 0 for a free one, with leases of a second; prints "ready PORT". Each
// line of standard input, "well", "slow" or "broken", sets the state of the disk under the logs,
// and is printed when that is done. Returns only if it cannot start; the reason is then on standard
// error.
int ServeForEver(const std::string& folder, std::uint16_t port, agent::SyncPolicy sync_policy);

// Produces to the agent and prints "PARTITION OFFSET VALUE" for each acknowledgement. Never
// returns.
int ProduceForEver(const std::string& address, const std::string& name);

// Reads as a member of the group, and prints "PARTITION OFFSET VALUE" for each record before it
// commits, and "commit PARTITION OFFSET" once it has. Never returns.
int ConsumeForEver(const std::string& address);

// Produces until stopped, and notes what became of each record.
void Produce(const std::string& address, const std::string& name, const std::stop_token& stop, Ledger& ledger);

// Reads as a member of the group until stopped, and notes each record and commit.
void Consume(const std::string& address, const std::stop_token& stop, Ledger& ledger);

}  // namespace streamhouse::chaos
