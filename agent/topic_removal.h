// Topic removal: takes the files of a deleted topic away, also after a crash half-way.
//
// 1. MarkForRemoval() puts a file named kRemovalMark into the topic's folder.
// 2. The topic leaves the metadata store. From here on it is deleted.
// 3. RemoveMarked() takes the logs away, and the mark last.
// After a crash, FinishRemovals() finds the mark at the next start. Where the store still has the topic, step 2 never
// came: WithdrawMark() makes all as it was before. Otherwise RemoveMarked() goes on.
// When to use something else: PartitionLog::ApplyRetention, for old records of a topic that stays.
// Guarantees: nothing is removed from a folder without a mark. The mark survives a loss of power once MarkForRemoval()
// has returned OK, and none is left when it has failed, unless the disk lets nothing be removed either.
// Thread safety: one thread for one folder.
// Errors: those of the file system; each call may come again.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "agent/log/file_system.h"
#include "agent/metadata/metadata_store.h"

namespace streamhouse::agent {

// Not a number, which the folder of a partition has as its name.
inline constexpr std::string_view kRemovalMark = "deleted";

Status MarkForRemoval(FileSystem& files, const std::string& topic_folder);
Status WithdrawMark(FileSystem& files, const std::string& topic_folder);
bool IsMarkedForRemoval(FileSystem& files, const std::string& topic_folder);
Status RemoveMarked(FileSystem& files, const std::string& topic_folder);
// For every folder of `log_folder` with a mark, after a start. `topics`: what the store has. Logs what it did.
void FinishRemovals(FileSystem& files, const std::string& log_folder, std::span<const TopicInfo> topics);

}  // namespace streamhouse::agent
