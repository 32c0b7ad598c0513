#include "agent/rpc/consumer_rpc.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "agent/rpc/fetch_call.h"
#include "agent/rpc/status_translation.h"

namespace streamhouse::agent {
namespace {

Status FindWatermarks(const Partition& partition, const v1::WatermarksRequest& request,
                      v1::WatermarksResponse& response) {
  auto watermarks = partition.FindWatermarks();
  if (!watermarks.ok()) return watermarks.status();
  response.set_log_start_offset(watermarks->log_start_offset);
  response.set_high_watermark(watermarks->high_watermark);
  response.set_topic_id(partition.topic_id());
  response.set_open_id(partition.openings().current().id);
  response.set_end_at_open(partition.openings().LowestEndSince(request.open_id()));
  if (!request.has_offset()) return Status::Ok();
  auto timestamp_ms = partition.FindTimestamp(request.offset());
  if (!timestamp_ms.ok()) return timestamp_ms.status();
  if (timestamp_ms->has_value()) response.set_timestamp_ms(**timestamp_ms);
  return Status::Ok();
}

// Of that life of the topic; 0: of any.
Result<std::shared_ptr<Partition>> FindPartition(const TopicCatalog& topics, const std::string& topic,
                                                 std::uint32_t partition, TopicId topic_id) {
  auto found = topics.Find(topic, partition);
  if (found.ok() && topic_id != 0 && topic_id != (*found)->topic_id()) return OfAnotherLife(topic);
  return found;
}

}  // namespace

grpc::ServerUnaryReactor* ConsumerRpc::Fetch(grpc::CallbackServerContext* context, const v1::FetchRequest* request,
                                             v1::FetchResponse* response) {
  auto partition = FindPartition(topics_, request->topic(), request->partition(), request->topic_id());
  if (!partition.ok()) return Answer(context, partition.status());
  ReadLimits limits = {.records = kFetchRecordsMax, .bytes = kFetchBytesMax};
  if (request->max_records() != 0) limits.records = std::min(limits.records, request->max_records());
  const auto wait = std::min(kFetchWaitMax, std::chrono::milliseconds(request->max_wait_ms()));
  return FetchCall::Start(*std::move(partition), *request, limits, wait, *response);
}

grpc::ServerUnaryReactor* ConsumerRpc::Watermarks(grpc::CallbackServerContext* context,
                                                  const v1::WatermarksRequest* request,
                                                  v1::WatermarksResponse* response) {
  auto partition = FindPartition(topics_, request->topic(), request->partition(), request->topic_id());
  if (!partition.ok()) return Answer(context, partition.status());
  return Answer(context, FindWatermarks(**partition, *request, *response));
}

grpc::ServerUnaryReactor* ConsumerRpc::Commit(grpc::CallbackServerContext* context, const v1::CommitRequest* request,
                                              v1::CommitResponse* /*response*/) {
  const TopicPartition partition = {.topic = request->topic(), .partition = request->partition()};
  const CommittedLog log = {.topic_id = request->topic_id(), .open_id = request->open_id()};
  const auto store = [&] {
    return offsets_.Commit(request->group(), partition, request->offset(), log, request->member_id());
  };
  const GroupCommit commit = {.group = request->group(),
                              .member_id = request->member_id(),
                              .partition = partition,
                              .sequence = request->sequence()};
  const Status stored = commit.member_id.empty() ? store() : groups_.Commit(commit, store);
  if (stored.ok()) times_.NoteCommit(commit.group);
  return Answer(context, stored);
}

grpc::ServerUnaryReactor* ConsumerRpc::Committed(grpc::CallbackServerContext* context,
                                                 const v1::CommittedRequest* request, v1::CommittedResponse* response) {
  const TopicPartition partition = {.topic = request->topic(), .partition = request->partition()};
  auto committed = groups_.ReadCommits([&] { return offsets_.Find(request->group(), partition); });
  if (!committed.ok()) return Answer(context, committed.status());
  if (committed->offset) {
    times_.NoteRequest(request->group());
    response->set_offset(*committed->offset);
  }
  response->set_topic_id(committed->topic_id);
  return Answer(context, Status::Ok());
}

grpc::ServerUnaryReactor* ConsumerRpc::Heartbeat(grpc::CallbackServerContext* context,
                                                 const v1::HeartbeatRequest* request, v1::HeartbeatResponse* response) {
  const GroupMember member = {.group = request->group(),
                              .id = request->member_id(),
                              .topics = {request->topics().begin(), request->topics().end()},
                              .session_timeout = std::chrono::milliseconds(request->session_timeout_ms()),
                              .commit_sequence = request->commit_sequence()};
  std::vector<TopicPartition> owned;
  for (const v1::TopicPartition& p : request->owned()) owned.push_back({p.topic(), p.partition()});
  auto assigned = groups_.Heartbeat(member, owned);
  if (!assigned.ok()) return Answer(context, assigned.status());
  times_.NoteRequest(member.group);
  for (const TopicPartition& p : *assigned) {
    v1::TopicPartition& added = *response->add_assigned();
    added.set_topic(p.topic);
    added.set_partition(p.partition);
  }
  return Answer(context, Status::Ok());
}

grpc::ServerUnaryReactor* ConsumerRpc::LeaveGroup(grpc::CallbackServerContext* context,
                                                  const v1::LeaveGroupRequest* request,
                                                  v1::LeaveGroupResponse* /*response*/) {
  groups_.Leave(request->group(), request->member_id());
  return Answer(context, Status::Ok());
}

}  // namespace streamhouse::agent
