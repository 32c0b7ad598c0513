#include "agent/rpc/group_rpc.h"

#include <optional>

#include "agent/rpc/status_translation.h"

namespace streamhouse::agent {
namespace {

std::optional<SeekTarget> TargetOf(const v1::SeekTarget& target) {
  switch (target.target_case()) {
    case v1::SeekTarget::kEarliest:
      return ToEarliest();
    case v1::SeekTarget::kLatest:
      return ToLatest();
    case v1::SeekTarget::kOffset:
      return ToOffset{.offset = target.offset()};
    case v1::SeekTarget::kTimestampMs:
      return ToTime{.append_time_ms = target.timestamp_ms()};
    case v1::SeekTarget::kNeverCommitted:
      return ToNeverCommitted();
    case v1::SeekTarget::TARGET_NOT_SET:
      break;
  }
  return std::nullopt;
}

}  // namespace

grpc::ServerUnaryReactor* GroupRpc::ListGroups(grpc::CallbackServerContext* context,
                                               const v1::ListGroupsRequest* /*request*/,
                                               v1::ListGroupsResponse* response) {
  auto groups = groups_.List();
  if (!groups.ok()) return Answer(context, groups.status());
  for (const auto& [name, members] : *groups) {
    v1::ListGroupsResponse::Group& added = *response->add_groups();
    added.set_group(name);
    added.set_members(members);
  }
  return Answer(context, Status::Ok());
}

grpc::ServerUnaryReactor* GroupRpc::DescribeGroup(grpc::CallbackServerContext* context,
                                                  const v1::DescribeGroupRequest* request,
                                                  v1::DescribeGroupResponse* response) {
  auto description = groups_.Describe(request->group());
  if (!description.ok()) return Answer(context, description.status());
  response->mutable_member_ids()->Assign(description->member_ids.begin(), description->member_ids.end());
  for (const GroupOffset& offset : description->partitions) {
    v1::GroupOffset& added = *response->add_partitions();
    added.set_topic(offset.partition.topic);
    added.set_partition(offset.partition.partition);
    if (offset.committed) added.set_committed(*offset.committed);
    added.set_log_start_offset(offset.log_start_offset);
    added.set_high_watermark(offset.high_watermark);
    added.set_member_id(offset.member_id);
  }
  return Answer(context, Status::Ok());
}

grpc::ServerUnaryReactor* GroupRpc::SeekGroup(grpc::CallbackServerContext* context, const v1::SeekGroupRequest* request,
                                              v1::SeekGroupResponse* response) {
  const std::optional<SeekTarget> target = TargetOf(request->to());
  if (!target) return Answer(context, Status(StatusCode::kInvalidArgument, "there is no place to seek to"));
  GroupSeek seek = {.group = request->group(), .topic = request->topic(), .to = *target};
  if (request->has_partition()) seek.partition = request->partition();
  auto moved = groups_.Seek(seek);
  if (!moved.ok()) return Answer(context, moved.status());
  changed_();
  for (const MovedOffset& move : *moved) {
    v1::SeekGroupResponse::Moved& added = *response->add_moved();
    added.set_topic(move.partition.topic);
    added.set_partition(move.partition.partition);
    if (move.old_offset) added.set_old_offset(*move.old_offset);
    if (move.new_offset) added.set_new_offset(*move.new_offset);
  }
  return Answer(context, Status::Ok());
}

grpc::ServerUnaryReactor* GroupRpc::DeleteGroup(grpc::CallbackServerContext* context,
                                                const v1::DeleteGroupRequest* request,
                                                v1::DeleteGroupResponse* /*response*/) {
  const Status deleted = groups_.Delete(request->group());
  if (deleted.ok()) changed_();
  return Answer(context, deleted);
}

}  // namespace streamhouse::agent
