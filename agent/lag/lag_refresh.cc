#include "agent/lag/lag_refresh.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <set>
#include <utility>

#include "metrics_core/dcheck.h"

namespace streamhouse::agent {

LagRefresh::LagRefresh(MetadataStore& store, const TopicCatalog& topics, GroupCoordinator& members, GroupTimes& times,
                       const LagMetrics& metrics, LagClocks clocks)
    : store_(store), topics_(topics), members_(members), times_(times), metrics_(metrics), clocks_(std::move(clocks)) {
  age_ = metrics_.refresh_age.Add([this] {
    const metrics::MutexLock lock(mutex_);
    if (!complete_since_) return std::numeric_limits<double>::quiet_NaN();
    return static_cast<double>(metrics::Clock::NowNanoseconds() - *complete_since_) / metrics::kNanosecondsPerSecond;
  });
}

Status LagRefresh::Refresh() {
  const std::uint64_t begun = metrics::Clock::NowNanoseconds();
  ++round_;
  const GroupTimes::Mark mark = times_.mark();
  const auto commits = store_.ListCommittedOffsets({});
  const Topics topics = ListServed();
  ShowPartitions(topics);
  if (commits.ok()) {
    Follow(*commits, topics);
    ShowGroups(ShowCommits(topics), mark);
    metrics_.refreshes_complete.Increment();
    const metrics::MutexLock lock(mutex_);
    complete_since_ = begun;
  } else {
    commits_.clear();
    groups_.clear();
    metrics_.refreshes_failed.Increment();
  }
  metrics_.refresh_duration.Observe(metrics::Clock::NowNanoseconds() - begun);
  // Invariant 1.
  metrics::DCheck([this] { return HasCommitsOfThisRound(); }, "the first commits that were found have series");
  // Invariant 2.
  metrics::DCheck([this] { return HasGroupsOfCommits(); }, "a group with a commit is shown");
  // Invariant 3.
  metrics::DCheck([this] { return partitions_.size() <= kPartitionsShownMax; }, "the series of partitions are bounded");
  return commits.status();
}

bool LagRefresh::HasCommitsOfThisRound() const {
  std::size_t place = 0;
  return std::ranges::all_of(commits_, [&](const auto& entry) {
    const bool is_shown = place++ < kGroupPartitionsShownMax;
    return entry.second.round == round_ && (entry.second.series != nullptr) == is_shown;
  });
}

bool LagRefresh::HasGroupsOfCommits() const {
  if (groups_.size() >= kGroupsShownMax) return groups_.size() == kGroupsShownMax;
  return std::ranges::all_of(commits_, [this](const auto& entry) { return groups_.contains(entry.first.group); });
}

LagRefresh::Topics LagRefresh::ListServed() const {
  Topics topics;
  for (const ListedTopic& listed : topics_.List()) {
    ServedTopic& topic = topics[listed.topic.id];
    topic.topic = listed.topic;
    for (std::uint32_t i = 0; i < listed.topic.partitions; ++i) {
      auto found = topics_.Find(listed.topic.name, i);
      if (!found.ok()) {
        topic.partitions.emplace_hint(topic.partitions.end(), i, ServedPartition());
        continue;
      }
      // It may have been deleted and created again since it was listed.
      if ((*found)->topic_id() != listed.topic.id || !(*found)->MayRead().ok()) continue;
      const LogExtent extent = (*found)->Extent();
      topic.partitions.emplace_hint(topic.partitions.end(), i, ServedPartition{*std::move(found), extent});
    }
  }
  return topics;
}

void LagRefresh::ShowPartitions(const Topics& topics) {
  const auto find = [&topics](const TopicIdPartition& name) -> const ServedPartition* {
    const auto topic = topics.find(name.topic_id);
    if (topic == topics.end()) return nullptr;
    const auto served = topic->second.partitions.find(name.partition);
    return served == topic->second.partitions.end() || served->second.partition == nullptr ? nullptr : &served->second;
  };
  std::erase_if(partitions_, [&](const auto& entry) { return find(entry.first) == nullptr; });
  for (const auto& [id, topic] : topics) {
    for (const auto& [number, served] : topic.partitions) {
      if (served.partition == nullptr) continue;
      auto shown = partitions_.find({.topic_id = id, .partition = number});
      if (shown == partitions_.end()) {
        if (partitions_.size() >= kPartitionsShownMax) continue;
        auto series = std::make_unique<PartitionSeries>(metrics_, topic.topic.name, number);
        shown = partitions_.emplace(TopicIdPartition{.topic_id = id, .partition = number}, std::move(series)).first;
      }
      const auto epoch = served.partition->LeaseEpoch();
      shown->second->Show(served.extent, epoch.ok() ? std::optional(*epoch) : std::nullopt);
    }
  }
}

// The commits to partitions that this agent shows. Old series leave the page before new ones come
// on it.
void LagRefresh::Follow(const std::vector<CommittedOffset>& commits, const Topics& topics) {
  for (const CommittedOffset& commit : commits) {
    const auto topic = topics.find(commit.partition.topic_id);
    if (topic == topics.end() || !topic->second.partitions.contains(commit.partition.partition)) continue;
    FollowedCommit& followed = commits_[{.group = commit.group, .partition = commit.partition}];
    followed.committed = commit.offset;
    followed.round = round_;
  }
  std::erase_if(commits_, [this](const auto& entry) { return entry.second.round != round_; });
}

LagRefresh::GroupLags LagRefresh::ShowCommits(const Topics& topics) {
  const LagTimes now = {.wall_ms = clocks_.wall(), .steady_ms = clocks_.steady()};
  CountBudget budget;
  GroupLags lags;
  std::size_t shown = 0;
  for (auto& [key, followed] : commits_) {
    const ServedTopic& topic = topics.at(key.partition.topic_id);
    const ServedPartition& served = topic.partitions.at(key.partition.partition);
    PartitionLag lag;
    if (served.partition != nullptr) {
      const ServedLog log = {
          .partition = *served.partition, .extent = served.extent, .retention = topic.topic.retention};
      lag = followed.reader.Read(log, followed.committed, now, budget);
    }
    lags.try_emplace(lags.end(), key.group)->second.Add(lag);
    if (++shown > kGroupPartitionsShownMax) {
      followed.series.reset();
      continue;
    }
    if (followed.series == nullptr) {
      followed.series =
          std::make_unique<GroupPartitionSeries>(metrics_, topic.topic.name, key.partition.partition, key.group);
    }
    followed.series->Show(followed.committed, lag);
  }
  const std::size_t left_out = commits_.size() - std::min(commits_.size(), kGroupPartitionsShownMax);
  metrics_.series_left_out.Set(static_cast<std::int64_t>(left_out));
  return lags;
}

void LagRefresh::ShowGroups(const GroupLags& lags, GroupTimes::Mark begun) {
  const std::map<std::string, GroupActivity> activities = members_.Activities();
  std::set<std::string> names;
  for (const auto& [name, lag] : lags) names.insert(names.end(), name);
  for (const auto& [name, activity] : activities) names.insert(name);
  // Before names are left out: these groups have not ended.
  times_.KeepOnly(names, begun);
  const std::size_t shown = std::min(names.size(), kGroupsShownMax);
  metrics_.groups_left_out.Set(static_cast<std::int64_t>(names.size() - shown));
  names.erase(std::next(names.begin(), static_cast<std::ptrdiff_t>(shown)), names.end());
  std::erase_if(groups_, [&names](const auto& entry) { return !names.contains(entry.first); });
  for (const std::string& name : names) {
    auto& series = groups_[name];
    if (series == nullptr) series = std::make_unique<GroupSeries>(metrics_, name);
    const auto lag = lags.find(name);
    const auto activity = activities.find(name);
    series->Show(lag == lags.end() ? GroupLag() : lag->second,
                 activity == activities.end() ? GroupActivity() : activity->second, times_.Find(name));
  }
}

}  // namespace streamhouse::agent
