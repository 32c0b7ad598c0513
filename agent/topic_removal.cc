#include "agent/topic_removal.h"

#include <algorithm>
#include <vector>

#include "agent/operator_log.h"

namespace streamhouse::agent {
namespace {

std::string MarkIn(const std::string& topic_folder) {
  return topic_folder + "/" + std::string(kRemovalMark);
}

Status RemoveFolderWithFiles(FileSystem& files, const std::string& folder) {
  const auto names = files.ListFolder(folder);
  if (!names.ok()) return names.status();
  for (const std::string& name : *names) {
    if (Status removed = files.RemoveFile(folder + "/" + name); !removed.ok()) return removed;
  }
  return files.RemoveFolder(folder);
}

bool IsPartition(const std::string& name) {
  return std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

Status MarkForRemoval(FileSystem& files, const std::string& topic_folder) {
  if (Status there = files.CreateFolders(topic_folder); !there.ok()) return there;
  const auto make = [&]() -> Status {
    auto mark = files.OpenForAppend(MarkIn(topic_folder));
    if (!mark.ok()) return mark.status();
    if (Status synced = (*mark)->Sync(); !synced.ok()) return synced;
    return files.SyncFolder(topic_folder);
  };
  Status made = make();
  // A mark that stays could take a topic away that lives.
  if (!made.ok()) static_cast<void>(WithdrawMark(files, topic_folder));
  return made;
}

Status WithdrawMark(FileSystem& files, const std::string& topic_folder) {
  const Status removed = files.RemoveFile(MarkIn(topic_folder));
  if (!removed.ok() && removed.code() != StatusCode::kNotFound) return removed;
  return files.SyncFolder(topic_folder);
}

bool IsMarkedForRemoval(FileSystem& files, const std::string& topic_folder) {
  const auto names = files.ListFolder(topic_folder);
  return names.ok() && std::find(names->begin(), names->end(), kRemovalMark) != names->end();
}

Status RemoveMarked(FileSystem& files, const std::string& topic_folder) {
  const auto names = files.ListFolder(topic_folder);
  if (!names.ok()) return names.status();
  for (const std::string& name : *names) {
    if (name == kRemovalMark) continue;
    const std::string path = topic_folder + "/" + name;
    Status removed = IsPartition(name) ? RemoveFolderWithFiles(files, path) : files.RemoveFile(path);
    if (!removed.ok()) return removed;
  }
  // The mark goes last, and only once the rest is gone for good.
  if (Status synced = files.SyncFolder(topic_folder); !synced.ok()) return synced;
  if (Status removed = files.RemoveFile(MarkIn(topic_folder)); !removed.ok()) return removed;
  return files.RemoveFolder(topic_folder);
}

void FinishRemovals(FileSystem& files, const std::string& log_folder, std::span<const TopicInfo> topics) {
  const auto names = files.ListFolder(log_folder);
  if (!names.ok()) return;  // the first topic makes it
  for (const std::string& name : *names) {
    const std::string topic_folder = log_folder + "/" + name;
    if (!IsMarkedForRemoval(files, topic_folder)) continue;
    const bool is_known = std::any_of(topics.begin(), topics.end(), [&](const auto& t) { return t.name == name; });
    const Status done = is_known ? WithdrawMark(files, topic_folder) : RemoveMarked(files, topic_folder);
    if (!done.ok()) {
      OperatorLog().error("the deletion of topic {} that a stop interrupted: {}", name, done.message());
    } else if (!is_known) {
      OperatorLog().info("removed the rest of the deleted topic {}", name);
    }
  }
}

}  // namespace streamhouse::agent
