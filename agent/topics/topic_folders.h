// TopicFolders: the folders that hold the logs of topics. Finds those without a topic, and removes
// the rest of a failed creation.
//
// A topic is created in three steps:
// 1. BeginCreation() makes its folder, with a mark.
// 2. The logs are opened, and the topic enters the metadata store.
// 3. FinishCreation() renames the mark to topic#ID: the folder belongs to this life of the topic.
//    After a failure, AbandonCreation() removes what was made.
// After a crash in between, FindStrays() does what is left of step 3 the next time that the agent
// starts. It also marks folders of older programs, which have no mark topic#ID.
// The folder of the topic is on the disk before the topic enters the store: nothing that was moved
// away or deleted comes back under its name. The marks and the folders of its partitions are not
// synced, and a loss of power may remove them. FindStrays() makes the mark again. PartitionLog
// makes the folder of a partition again, and syncs the folders before it writes their first record.
// When to use something else: PartitionLog, for what is in the folder of one partition.
// Guarantees:
// 1. A file is removed only from a folder with a mark, or of a partition that was to be added, and
//    only if its partition has no record.
// 2. A partition also counts as one with records when retention has removed them all: their offsets
//    must not be given out again.
// 3. Where a folder cannot be listed, nothing is removed.
// Thread safety: one thread for one topic.
// Cost: at the creation of a topic, a few new entries of folders and their syncs. FindStrays()
// lists each folder once, at the start of the agent.
// Errors: those of the file system.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/log/file_system.h"
#include "agent/metadata/topic_description.h"
#include "agent/metadata/topic_id_partition.h"

namespace streamhouse::agent {

// Not a number, which the folder of a partition has as its name.
inline constexpr std::string_view kCreationMark = "creating";
// topic#12: the folder belongs to the life 12 of its topic.
inline constexpr std::string_view kLifePrefix = "topic#";
// How the folder of a deleted topic is renamed (topic_removal.h). No topic has a name with this
// character.
inline constexpr std::string_view kRemovedPrefix = "deleted#";

// The partition whose folder has this name: a decimal number below 2^32 without leading zeros. Any
// other name is no partition's: "007", "20260101120000".
std::optional<std::uint32_t> PartitionOf(std::string_view name);

// The life that the folder of a topic is marked with; 0: it has no such mark, or there is no
// folder.
Result<TopicId> LifeOf(FileSystem& files, const std::string& topic_path);

class TopicFolders {
 public:
  // `folder` holds a folder for each topic. `files` must outlive this.
  TopicFolders(FileSystem& files, std::string folder) : files_(files), folder_(std::move(folder)) {}

  Status BeginCreation(const std::string& topic);
  // A failure is repaired at the next start, or by PrepareRemoval(). `id` takes the place of the
  // life that the folder was marked with.
  Status FinishCreation(const std::string& topic, TopicId id);
  // Before the store notes the deletion of this life: the removal leaves a folder that is marked
  // with another one.
  Status PrepareRemoval(const std::string& topic, TopicId id);
  void AbandonCreation(const std::string& topic);
  // Removes the partitions [first, end) of a topic that was to have them, as far as they have no
  // records.
  void AbandonPartitions(const std::string& topic, std::uint32_t first, std::uint32_t end);

  // One more than the highest partition with a record; 0: there is none.
  Result<std::uint32_t> CountPartitionsWithRecords(const std::string& topic) const;

  // Its partitions with records from number `first` on.
  Result<std::vector<std::uint32_t>> PartitionsFrom(const std::string& topic, std::uint32_t first) const;

  // FailedPrecondition, naming it, where a folder that is no partition's holds records.
  Status CheckOnlyPartitions(const std::string& topic) const;

  // Looks a topic up in the metadata store; absent: there is no such topic.
  using FindTopic = std::function<std::optional<TopicDescription>(const std::string& topic)>;
  // The folders that no topic has and that have records or cannot be listed: "NAME", or "NAME/7"
  // for a partition that topic NAME does not have. To be called before anything is created.
  // `waiting` are folders whose removal the store still remembers: they are not named. Also removes
  // an empty folder that an older removal has left. Where a folder is marked with another life than
  // that of its topic, logs it: the metadata may be an older copy.
  Result<std::vector<std::string>> FindStrays(const FindTopic& find_topic, const std::set<std::string>& waiting);
  // Of a folder that FindStrays() has named.
  Result<bool> HasRecords(const std::string& folder) const;

 private:
  std::string PathOf(const std::string& topic) const { return folder_ + "/" + topic; }
  bool IsMarked(const std::string& topic) const;
  void WarnOfOtherLife(const std::string& topic, TopicId id) const;
  Result<bool> PartitionHasRecords(const std::string& partition_path) const;
  void RemovePartition(const std::string& partition_path);

  FileSystem& files_;
  const std::string folder_;
};

// A message for the operator about a folder that FindStrays() has named, and the remedy.
std::string StrayLogMessage(const std::string& folder);

}  // namespace streamhouse::agent
