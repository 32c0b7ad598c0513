// TopicFolders: the folders that hold the logs of topics: which have no topic, and what a failed creation leaves there.
//
// A topic is created in three steps:
// 1. BeginCreation() makes its folder, with a mark.
// 2. The logs are opened, and the topic enters the metadata store.
// 3. FinishCreation() removes the mark. After a failure, AbandonCreation() removes what was made.
// After a crash in between, FindStrays() does what is left of step 3 the next time that the agent starts.
// When to use something else: PartitionLog, for what is in the folder of one partition.
// Guarantees: a file is removed only from a folder with a mark, or of a partition that was to be
// added, and only if its partition has no record. A partition
// also counts as one with records when retention has removed them all: their offsets must not be given out again.
// Where a folder cannot be listed, nothing is removed.
// Thread safety: one thread for one topic.
// Errors: those of the file system.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/log/file_system.h"

namespace streamhouse::agent {

// Not a number, which the folder of a partition has as its name.
inline constexpr std::string_view kCreationMark = "creating";
// How the folder of a deleted topic is renamed (topic_removal.h). No topic has a name with this character.
inline constexpr std::string_view kRemovedPrefix = "deleted#";

// The partition whose folder has this name: a decimal number below 2^32 without leading zeros. Any other name is no
// partition's: "007", "20260101120000".
std::optional<std::uint32_t> PartitionOf(std::string_view name);

class TopicFolders {
 public:
  // `folder` holds a folder for each topic. `files` must outlive this.
  TopicFolders(FileSystem& files, std::string folder) : files_(files), folder_(std::move(folder)) {}

  Status BeginCreation(const std::string& topic);
  // What goes wrong here is made good at the next start.
  void FinishCreation(const std::string& topic);
  void AbandonCreation(const std::string& topic);
  // Removes the partitions [first, end) of a topic that was to have them, as far as they have no records.
  void AbandonPartitions(const std::string& topic, std::uint32_t first, std::uint32_t end);

  // One more than the highest partition with a record; 0: there is none.
  Result<std::uint32_t> CountPartitionsWithRecords(const std::string& topic) const;

  // Its partitions with records from number `first` on.
  Result<std::vector<std::uint32_t>> PartitionsFrom(const std::string& topic, std::uint32_t first) const;

  // FailedPrecondition, naming it, where a folder that is no partition's holds records.
  Status CheckOnlyPartitions(const std::string& topic) const;

  // How many partitions a topic has; absent: there is no such topic.
  using PartitionCounts = std::function<std::optional<std::uint32_t>(const std::string& topic)>;
  // The folders that no topic has and that have records or cannot be listed: "NAME", or "NAME/7" for a partition that
  // topic NAME does not have. To be called before anything is created. Also removes an empty folder that the removal of
  // a topic has left.
  Result<std::vector<std::string>> FindStrays(const PartitionCounts& partitions_of);
  // Of a folder that FindStrays() has named.
  Result<bool> HasRecords(const std::string& folder) const;

 private:
  std::string PathOf(const std::string& topic) const { return folder_ + "/" + topic; }
  bool IsMarked(const std::string& topic) const;
  Result<bool> PartitionHasRecords(const std::string& partition_path) const;
  void RemovePartition(const std::string& partition_path);

  FileSystem& files_;
  const std::string folder_;
};

// Tells an operator of a folder that FindStrays() has named, and what to do.
std::string StrayLogMessage(const std::string& folder);

}  // namespace streamhouse::agent
