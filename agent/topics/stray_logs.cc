#include "agent/topics/stray_logs.h"

#include "agent/base/operator_log.h"

namespace streamhouse::agent {

void StrayLogs::Add(const std::string& folder) {
  const std::string message = StrayLogMessage(folder);
  OperatorLog().error("{}", message);
  const metrics::MutexLock lock(mutex_);
  messages_.emplace(folder, message);
}

void StrayLogs::Drop(const std::string& folder) {
  const metrics::MutexLock lock(mutex_);
  messages_.erase(folder);
}

void StrayLogs::ForgetMoved() {
  std::vector<std::string> folders;
  {
    const metrics::MutexLock lock(mutex_);
    for (const auto& [folder, message] : messages_) folders.push_back(folder);
  }
  for (const std::string& folder : folders) {
    auto has_records = folders_.HasRecords(folder);
    if (!has_records.ok() || *has_records) continue;
    OperatorLog().info("the records in log/{}, which have no topic, are gone", folder);
    Drop(folder);
  }
}

bool StrayLogs::Contains(const std::string& folder) const {
  const metrics::MutexLock lock(mutex_);
  return messages_.contains(folder);
}

std::vector<std::string> StrayLogs::Messages() const {
  const metrics::MutexLock lock(mutex_);
  std::vector<std::string> all;
  for (const auto& [folder, message] : messages_) all.push_back(message);
  return all;
}

}  // namespace streamhouse::agent
