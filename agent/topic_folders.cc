#include "agent/topic_folders.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "agent/operator_log.h"

namespace streamhouse::agent {
namespace {

constexpr std::string_view kFirstSegment = "00000000000000000000.log";

std::optional<std::uint32_t> PartitionOf(std::string_view name) {
  std::uint32_t partition = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), partition);
  if (error != std::errc() || end != name.data() + name.size()) return std::nullopt;
  return partition;
}

}  // namespace

Status TopicFolders::BeginCreation(const std::string& topic) {
  if (Status created = files_.CreateFolders(PathOf(topic)); !created.ok()) return created;
  auto mark = files_.OpenForAppend(PathOf(topic) + "/" + std::string(kCreationMark));
  return mark.status();
}

void TopicFolders::FinishCreation(const std::string& topic) {
  static_cast<void>(files_.RemoveFile(PathOf(topic) + "/" + std::string(kCreationMark)));
}

void TopicFolders::AbandonCreation(const std::string& topic) {
  auto names = files_.ListFolder(PathOf(topic));
  if (!names.ok() || !IsMarked(topic)) return;
  for (const std::string& name : *names) {
    const std::string path = PathOf(topic) + "/" + name;
    if (PartitionOf(name) && !HasRecords(path)) RemovePartition(path);
  }
  FinishCreation(topic);
  // Not if there is something else in it.
  static_cast<void>(files_.RemoveFolder(PathOf(topic)));
}

bool TopicFolders::IsMarked(const std::string& topic) const {
  return files_.FileSize(PathOf(topic) + "/" + std::string(kCreationMark)).ok();
}

// A file in the place of a folder has no records.
bool TopicFolders::HasRecords(const std::string& partition_path) const {
  auto names = files_.ListFolder(partition_path);
  if (!names.ok()) return false;
  return std::any_of(names->begin(), names->end(), [&](const std::string& name) {
    if (!name.ends_with(".log")) return false;
    auto bytes = files_.FileSize(partition_path + "/" + name);
    return name != kFirstSegment || !bytes.ok() || *bytes > 0;
  });
}

void TopicFolders::RemovePartition(const std::string& partition_path) {
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
    if (partition && HasRecords(PathOf(topic) + "/" + name)) count = std::max(count, *partition + 1);
  }
  return count;
}

Result<std::vector<std::string>> TopicFolders::FindOrphans(
    const std::function<bool(const std::string& topic)>& has_topic) {
  std::vector<std::string> orphans;
  auto names = files_.ListFolder(folder_);
  if (names.status().code() == StatusCode::kNotFound) return orphans;
  if (!names.ok()) return names.status();
  for (const std::string& name : *names) {
    if (has_topic(name)) {
      if (IsMarked(name)) FinishCreation(name);
      continue;
    }
    auto partitions = CountPartitionsWithRecords(name);
    if (partitions.ok() && *partitions > 0) {
      orphans.push_back(name);
    } else if (IsMarked(name)) {
      OperatorLog().info("the creation of topic {} was not finished; its folder is removed", name);
      AbandonCreation(name);
    }
  }
  return orphans;
}

}  // namespace streamhouse::agent
