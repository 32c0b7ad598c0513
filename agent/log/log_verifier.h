// VerifyLog: reads every batch of a partition's folder and reports the damaged ones.
//
// When to use something else: PartitionLog::Open checks headers and the last segment, and owns the
// folder.
// Guarantees:
// 1. Changes nothing, and needs no lock: an agent may serve the folder meanwhile.
// 2. Appends and removals of the agent while the folder is read are not taken for damage.
// 3. An unfinished batch at the very end is torn, not damaged: it is being written, or the next
//    start truncates it.
// Thread safety: none.
// Cost: reads all bytes once. Behind damage, the rest of the segment is held in memory.
// Errors: those of listing the folder. A file that cannot be opened or read is reported as damage.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "agent/log/damage_list.h"
#include "agent/log/file_system.h"

namespace streamhouse::agent {

struct VerifiedLog {
  std::uint64_t segments = 0;
  std::uint64_t batches = 0;  // whole ones
  std::uint64_t records = 0;  // of these
  std::uint64_t bytes = 0;
  std::uint64_t damages = 0;
  std::uint64_t torn_bytes = 0;
};

struct VerifyListener {
  std::function<void(const Damage&)> damage = [](const Damage&) {};
  std::function<void(std::uint64_t bytes)> progress = [](std::uint64_t) {};  // so many more have been read
};

Result<VerifiedLog> VerifyLog(FileSystem& files, const std::string& folder, const VerifyListener& listener);

}  // namespace streamhouse::agent
