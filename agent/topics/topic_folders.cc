#include "agent/topics/topic_folders.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "agent/base/operator_log.h"
#include "agent/topics/topic_name.h"

namespace streamhouse::agent {

using fmt::literals::operator""_a;

namespace {

constexpr std::string_view kFirstSegment = "00000000000000000000.log";

}  // namespace

std::optional<std::uint32_t> PartitionOf(std::string_view name) {
  std::uint32_t partition = 0;
  const std::errc error = std::from_chars(name.data(), name.data() + name.size(), partition).ec;
  if (error != std::errc() || name != std::to_string(partition)) return std::nullopt;
  return partition;
}

Result<TopicId> LifeOf(FileSystem& files, const std::string& topic_path) {
  auto names = files.ListFolder(topic_path);
  if (names.status().code() == StatusCode::kNotFound) return TopicId{0};
  if (!names.ok()) return names.status();
  for (const std::string& name : *names) {
    if (!name.starts_with(kLifePrefix)) continue;
    TopicId id = 0;
    const char* const end = name.data() + name.size();
    if (std::from_chars(name.data() + kLifePrefix.size(), end, id).ptr == end) return id;
  }
  return TopicId{0};
}

Status TopicFolders::BeginCreation(const std::string& topic) {
  const std::string path = PathOf(topic);
  const bool is_new = files_.ListFolder(path).status().code() == StatusCode::kNotFound;
  if (Status created = files_.CreateFolders(path); !created.ok()) return created;
  // Files that were moved away from an older folder do not come back by a loss of power.
  if (!is_new) {
    if (Status synced = SyncWithParents(files_, path, 1); !synced.ok()) return synced;
  }
  auto mark = files_.OpenForAppend(path + "/" + std::string(kCreationMark));
  return mark.status();
}

Status TopicFolders::FinishCreation(const std::string& topic, TopicId id) {
  const std::string path = PathOf(topic) + "/";
  const std::string mark = path + std::string(kLifePrefix) + std::to_string(id);
  auto names = files_.ListFolder(PathOf(topic));
  if (!names.ok()) return names.status();
  bool is_marked = false;
  bool was_of_other_life = false;
  for (const std::string& name : *names) {
    if (name != kCreationMark && !name.starts_with(kLifePrefix)) continue;
    is_marked = true;
    if (path + name == mark) continue;
    // Needs no new file where the disk is full.
    if (Status renamed = files_.Rename(path + name, mark); !renamed.ok()) return renamed;
    was_of_other_life = was_of_other_life || name != kCreationMark;
  }
  if (!is_marked) return files_.OpenForAppend(mark).status();
  // A loss of power must not bring the mark of the other life back.
  return was_of_other_life ? files_.SyncFolder(PathOf(topic)) : Status::Ok();
}

Status TopicFolders::PrepareRemoval(const std::string& topic, TopicId id) {
  const auto marked = LifeOf(files_, PathOf(topic));
  if (!marked.ok()) return marked.status();
  return *marked == 0 || *marked == id ? Status::Ok() : FinishCreation(topic, id);
}

// The mark is replaced next. Only the mark shows that the metadata are older than the folder.
void TopicFolders::WarnOfOtherLife(const std::string& topic, TopicId id) const {
  const auto marked = LifeOf(files_, PathOf(topic));
  if (!marked.ok() || *marked == 0 || *marked == id) return;
  OperatorLog().warn(
      "folder log/{topic} was marked with life {marked} of the topic, and the metadata know life {known}: are they an "
      "older copy?",
      "topic"_a = topic, "marked"_a = *marked, "known"_a = id);
}

void TopicFolders::AbandonCreation(const std::string& topic) {
  auto names = files_.ListFolder(PathOf(topic));
  if (!names.ok() || !IsMarked(topic)) return;
  std::vector<std::string> empty;
  for (const std::string& name : *names) {
    if (!PartitionOf(name)) continue;
    const std::string path = PathOf(topic) + "/" + name;
    auto has_records = PartitionHasRecords(path);
    // Nothing is removed on a guess; the mark stays for the next start.
    if (!has_records.ok()) return;
    if (!*has_records) empty.push_back(path);
  }
  for (const std::string& path : empty) RemovePartition(path);
  // A mark that stays is found by the next start.
  static_cast<void>(files_.RemoveFile(PathOf(topic) + "/" + std::string(kCreationMark)));
  // Not if there is something else in it.
  static_cast<void>(files_.RemoveFolder(PathOf(topic)));
}

void TopicFolders::AbandonPartitions(const std::string& topic, std::uint32_t first, std::uint32_t end) {
  for (std::uint32_t i = first; i < end; ++i) {
    const std::string path = PathOf(topic) + "/" + std::to_string(i);
    auto has_records = PartitionHasRecords(path);
    if (has_records.ok() && !*has_records) RemovePartition(path);
  }
}

bool TopicFolders::IsMarked(const std::string& topic) const {
  return files_.FileSize(PathOf(topic) + "/" + std::string(kCreationMark)).ok();
}

// A file in the place of a folder has no records.
Result<bool> TopicFolders::PartitionHasRecords(const std::string& partition_path) const {
  auto names = files_.ListFolder(partition_path);
  if (names.status().code() == StatusCode::kNotFound) return false;
  if (!names.ok()) return names.status();
  return std::any_of(names->begin(), names->end(), [&](const std::string& name) {
    if (!name.ends_with(".log")) return false;
    auto bytes = files_.FileSize(partition_path + "/" + name);
    return name != kFirstSegment || !bytes.ok() || *bytes > 0;
  });
}

void TopicFolders::RemovePartition(const std::string& partition_path) {
  // A file or folder that stays has no records.
  static_cast<void>(files_.RemoveFile(partition_path + "/" + std::string(kFirstSegment)));
  static_cast<void>(files_.RemoveFolder(partition_path));
}

Result<std::uint32_t> TopicFolders::CountPartitionsWithRecords(const std::string& topic) const {
  auto names = files_.ListFolder(PathOf(topic));
  if (names.status().code() == StatusCode::kNotFound) return std::uint32_t{0};
  if (!names.ok()) return names.status();
  std::uint32_t count = 0;
  for (const std::string& name : *names) {
    const auto partition = PartitionOf(name);
    if (!partition) continue;
    auto has_records = PartitionHasRecords(PathOf(topic) + "/" + name);
    if (!has_records.ok()) return has_records.status();
    if (*has_records) count = std::max(count, *partition + 1);
  }
  return count;
}

Result<std::vector<std::uint32_t>> TopicFolders::PartitionsFrom(const std::string& topic, std::uint32_t first) const {
  std::vector<std::uint32_t> partitions;
  auto names = files_.ListFolder(PathOf(topic));
  if (names.status().code() == StatusCode::kNotFound) return partitions;
  if (!names.ok()) return names.status();
  for (const std::string& name : *names) {
    const auto partition = PartitionOf(name);
    if (!partition || *partition < first) continue;
    auto has_records = PartitionHasRecords(PathOf(topic) + "/" + name);
    if (!has_records.ok()) return has_records.status();
    if (*has_records) partitions.push_back(*partition);
  }
  std::sort(partitions.begin(), partitions.end());
  return partitions;
}

Status TopicFolders::CheckOnlyPartitions(const std::string& topic) const {
  auto names = files_.ListFolder(PathOf(topic));
  if (names.status().code() == StatusCode::kNotFound) return Status::Ok();
  if (!names.ok()) return names.status();
  for (const std::string& name : *names) {
    if (PartitionOf(name)) continue;
    auto has_records = PartitionHasRecords(PathOf(topic) + "/" + name);
    if (!has_records.ok()) return has_records.status();
    if (!*has_records) continue;
    return {StatusCode::kFailedPrecondition,
            "folder log/" + topic + "/" + name + " holds records and is no partition: move it away"};
  }
  return Status::Ok();
}

Result<bool> TopicFolders::HasRecords(const std::string& folder) const {
  if (folder.find('/') != std::string::npos) return PartitionHasRecords(PathOf(folder));
  auto partitions = CountPartitionsWithRecords(folder);
  if (!partitions.ok()) return partitions.status();
  return *partitions > 0;
}

Result<std::vector<std::string>> TopicFolders::FindStrays(const FindTopic& find_topic,
                                                          const std::set<std::string>& waiting) {
  std::vector<std::string> strays;
  auto names = files_.ListFolder(folder_);
  if (names.status().code() == StatusCode::kNotFound) return strays;
  if (!names.ok()) return names.status();
  for (const std::string& name : *names) {
    if (const auto known = find_topic(name)) {
      WarnOfOtherLife(name, known->id);
      // The next start tries a failure again, and so does a deletion.
      static_cast<void>(FinishCreation(name, known->id));
      auto partitions = PartitionsFrom(name, known->partitions);
      if (!partitions.ok()) {
        OperatorLog().error("whether topic {} has folders of other partitions is not known: {}", name,
                            partitions.status().message());
        continue;
      }
      for (const std::uint32_t partition : *partitions) strays.push_back(name + "/" + std::to_string(partition));
      continue;
    }
    const bool is_removed = name.starts_with(kRemovedPrefix);
    const bool is_waiting = waiting.contains(name);
    // A folder that waits for its removal shows that log/NAME belongs to another topic.
    if (is_removed && (is_waiting || files_.RemoveFolder(PathOf(name)).ok())) continue;
    auto has_records = HasRecords(name);
    if (!has_records.ok()) {
      // Not the folder of a topic: the "lost+found" of a disk, for example.
      if (!is_removed && !CheckTopicName(name).ok()) continue;
      OperatorLog().error("whether there are records of topic {} is not known: {}", name,
                          has_records.status().message());
      if (!is_waiting) strays.push_back(name);
    } else if (*has_records) {
      if (!is_waiting) strays.push_back(name);
    } else if (IsMarked(name)) {
      OperatorLog().info("the creation of topic {} was not finished; its folder is removed", name);
      AbandonCreation(name);
    }
  }
  return strays;
}

std::string StrayLogMessage(const std::string& folder) {
  const std::string holds = "folder log/" + folder + " holds records";
  if (folder.starts_with(kRemovedPrefix)) {
    return holds +
           " of a deleted topic, and the metadata do not know of its deletion: move the folder away, or remove it";
  }
  if (const std::size_t slash = folder.find('/'); slash != std::string::npos) {
    return holds + ", and the metadata know no partition " + folder.substr(slash + 1) + " of topic " +
           folder.substr(0, slash) + ": put the right metadata back, or move the folder away";
  }
  return holds + ", and the metadata know no topic " + folder + ": `streamhouse topics create " + folder +
         ":PARTITIONS --adopt` takes them over, or move the folder away";
}

}  // namespace streamhouse::agent
