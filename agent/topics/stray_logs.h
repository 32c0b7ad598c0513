// StrayLogs: the folders with records that belong to no topic of the metadata, reported to
// operators.
//
// When to use something else: TopicFolders finds such folders.
// Guarantees:
// 1. Each is logged when it is added.
// 2. It stays until it is dropped, or ForgetMoved() finds no record in it.
// Thread safety: any thread.
// Cost: ForgetMoved() lists every such folder; the others are a short lock.
// Errors: none; a folder that cannot be listed stays.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "agent/topics/topic_folders.h"
#include "metrics_core/mutex.h"

namespace streamhouse::agent {

class StrayLogs {
 public:
  // `folders` must outlive this.
  explicit StrayLogs(const TopicFolders& folders) : folders_(folders) {}

  // `folder` as TopicFolders::FindStrays() names it.
  void Add(const std::string& folder);
  void Drop(const std::string& folder);
  // Forgets logs that were moved away.
  void ForgetMoved();

  bool Contains(const std::string& folder) const;
  // A message for the operator about each, in the order of their names.
  std::vector<std::string> Messages() const;

 private:
  // Immutable after construction.
  const TopicFolders& folders_;

  mutable metrics::Mutex mutex_;                                                // held for moments only
  std::map<std::string, std::string> messages_ STREAMHOUSE_GUARDED_BY(mutex_);  // by folder
};

}  // namespace streamhouse::agent
