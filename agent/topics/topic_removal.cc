#include "agent/topics/topic_removal.h"

#include <utility>
#include <vector>

#include "agent/topics/topic_folders.h"

namespace streamhouse::agent {
namespace {

Status RemovePartition(FileSystem& files, const std::string& folder) {
  const auto names = files.ListFolder(folder);
  if (!names.ok()) return names.status();
  for (const std::string& name : *names) {
    if (Status removed = files.RemoveFile(folder + "/" + name); !removed.ok()) return removed;
  }
  return files.RemoveFolder(folder);
}

// Not OK also while it is not known.
Status CheckThere(FileSystem& files, const std::string& folder) {
  return files.ListFolder(folder).status();
}

// An entry that an operator has put there stays. The others are removed.
Status RemoveContent(FileSystem& files, const std::string& folder) {
  const auto names = files.ListFolder(folder);
  if (!names.ok()) return names.status();
  Status foreign;
  for (const std::string& name : *names) {
    const std::string path = folder + "/" + name;
    Status removed = PartitionOf(name) ? RemovePartition(files, path) : files.RemoveFile(path);
    if (removed.ok()) continue;
    if (PartitionOf(name) || !CheckThere(files, path).ok()) return removed;
    foreign = {StatusCode::kFailedPrecondition, path + " is no partition's folder: move it away"};
  }
  if (!foreign.ok()) return foreign;
  // Gone for good before the store forgets.
  return files.SyncFolder(folder);
}

}  // namespace

std::string RemovedFolderName(TopicId id) {
  return std::string(kRemovedPrefix) + std::to_string(id);
}

bool IsRenamedForRemoval(FileSystem& files, const std::string& log_folder, const DeletedLife& life) {
  return CheckThere(files, log_folder + "/" + RemovedFolderName(life.id)).ok();
}

Result<Removal> RemoveFiles(FileSystem& files, MetadataStore& store, const std::string& log_folder,
                            const DeletedLife& life, TopicFolder topic_folder) {
  const std::string removed = log_folder + "/" + RemovedFolderName(life.id);
  const std::string topic = log_folder + "/" + life.topic;
  Status there = CheckThere(files, removed);
  if (there.code() == StatusCode::kNotFound && topic_folder == TopicFolder::kOfDeletedLife) {
    const auto owner = LifeOf(files, topic);
    if (!owner.ok()) return owner.status();
    if (*owner != 0 && *owner != life.id) {
      // The metadata are a copy from before the folder's own life began.
      if (Status forgotten = store.ForgetDeleted(life.id); !forgotten.ok()) return forgotten;
      return Removal::kForgotten;
    }
    there = files.Rename(topic, removed);
  }
  const bool is_gone = there.code() == StatusCode::kNotFound;
  if (!there.ok() && !is_gone) return there;
  if (!is_gone) {
    // Also after an earlier try, whose sync may have failed.
    if (Status renamed = files.SyncFolder(log_folder); !renamed.ok()) return renamed;
    if (Status emptied = RemoveContent(files, removed); !emptied.ok()) return emptied;
  }
  // Called while the folder is there: after a failure, it shows that log/NAME belongs to another
  // topic.
  if (Status forgotten = store.ForgetDeleted(life.id); !forgotten.ok()) return forgotten;
  if (is_gone) return Removal::kRemoved;
  if (Status gone = files.RemoveFolder(removed); !gone.ok()) return gone;
  return Removal::kRemoved;
}

}  // namespace streamhouse::agent
