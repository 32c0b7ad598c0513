// TopicFolders: the folders that hold the logs of topics: which have no topic, and what a failed creation leaves there.
//
// A topic is created in three steps:
// 1. BeginCreation() makes its folder, with a mark.
// 2. The logs are opened, and the topic enters the metadata store.
// 3. FinishCreation() removes the mark. After a failure, AbandonCreation() removes what was made.
// After a crash in between, FindOrphans() does what is left of step 3 the next time that the agent starts.
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
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/log/file_system.h"

namespace streamhouse::agent {

// Not a number, which the folder of a partition has as its name.
inline constexpr std::string_view kCreationMark = "creating";

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

  // The names of folders without a topic that have records or cannot be listed, sorted. To be called before anything is
  // created.
  Result<std::vector<std::string>> FindOrphans(const std::function<bool(const std::string& topic)>& has_topic);

 private:
  std::string PathOf(const std::string& topic) const { return folder_ + "/" + topic; }
  bool IsMarked(const std::string& topic) const;
  Result<bool> HasRecords(const std::string& partition_path) const;
  void RemovePartition(const std::string& partition_path);

  FileSystem& files_;
  const std::string folder_;
};

// Tells an operator of such a folder, and what to do.
std::string LogsWithoutTopicMessage(const std::string& name);

}  // namespace streamhouse::agent
