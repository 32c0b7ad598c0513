// CommittedOffsets: how far consumer groups have read, checked before it is stored.
//
// When to use something else: MetadataStore stores an offset beyond its log as well.
// Guarantees:
// 1. An offset that was accepted lies within the log as it was then.
// 2. No lease is needed: a group's progress is not the log's.
// 3. Members are not checked here: a commit of a member runs as the `store` of
//    GroupCoordinator::Commit(), which refuses one that is out of date.
// Thread safety: any thread.
// Cost: one call of the store.
// Errors: InvalidArgument for a bad group, NotFound, OutOfRange for an offset beyond the log, those
// of the store.
//
//   members.Commit(commit, [&] {
//     return offsets.Commit(commit.group, commit.partition, offset, log, commit.member_id);
//   });
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "agent/metadata/metadata_store.h"
#include "agent/topics/topic_catalog.h"

namespace streamhouse::agent {

inline constexpr std::size_t kGroupNameBytesMax = 249;

// InvalidArgument unless it has 1 to kGroupNameBytesMax printable ASCII characters.
metrics::Status CheckGroupName(const std::string& group);
metrics::Status CheckMemberId(const std::string& id);

// The log that a committed offset counts in; 0: not looked at.
struct CommittedLog {
  TopicId topic_id = 0;
  std::uint64_t open_id = 0;
};

struct FoundOffset {
  std::optional<std::uint64_t> offset;  // nothing when the group has never committed here
  TopicId topic_id = 0;
};

// NotFound, for a topic that was deleted and created again since. All calls that give a topic id
// return it when the id is another one: commits, fetches, and changes by an operator.
Status OfAnotherLife(const std::string& topic);

class CommittedOffsets {
 public:
  // Both must outlive this.
  CommittedOffsets(MetadataStore& store, const TopicCatalog& topics) : store_(store), topics_(topics) {}

  // `offset` is that of the next record to read. NotFound when the topic is of another life than
  // `log`. Aborted when the log was opened since with an end before the offset (log_openings.h):
  // another record may have that offset by now. `member_id` is stored with the offset; it is empty
  // for a commit without a member.
  Status Commit(const std::string& group, const TopicPartition& partition, std::uint64_t offset,
                const CommittedLog& log = {}, const std::string& member_id = {});
  Result<FoundOffset> Find(const std::string& group, const TopicPartition& partition);

 private:
  MetadataStore& store_;
  const TopicCatalog& topics_;
};

}  // namespace streamhouse::agent
