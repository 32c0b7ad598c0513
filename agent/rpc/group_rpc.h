// GroupRpc: GroupService on the wire. Translates; ConsumerGroups decides.
//
// When to use something else: ConsumerGroups, inside of the agent.
// Guarantees:
// 1. Each call is answered once, with the code of the Status that decided it.
// 2. `changed` is called before the response to a move or deletion that succeeded.
// Thread safety: gRPC calls it from any thread.
// Cost: waits for the metadata store, on gRPC's thread.
#pragma once

#include <functional>
#include <utility>

#include "agent/groups/consumer_groups.h"
#include "proto/streamhouse.grpc.pb.h"

namespace streamhouse::agent {

class GroupRpc final : public v1::GroupService::CallbackService {
 public:
  // `groups` must outlive the server. `changed` is called when a group was moved or deleted.
  GroupRpc(ConsumerGroups& groups, std::function<void()> changed) : groups_(groups), changed_(std::move(changed)) {}

  grpc::ServerUnaryReactor* ListGroups(grpc::CallbackServerContext* context, const v1::ListGroupsRequest* request,
                                       v1::ListGroupsResponse* response) override;
  grpc::ServerUnaryReactor* DescribeGroup(grpc::CallbackServerContext* context, const v1::DescribeGroupRequest* request,
                                          v1::DescribeGroupResponse* response) override;
  grpc::ServerUnaryReactor* SeekGroup(grpc::CallbackServerContext* context, const v1::SeekGroupRequest* request,
                                      v1::SeekGroupResponse* response) override;
  grpc::ServerUnaryReactor* DeleteGroup(grpc::CallbackServerContext* context, const v1::DeleteGroupRequest* request,
                                        v1::DeleteGroupResponse* response) override;

 private:
  ConsumerGroups& groups_;
  const std::function<void()> changed_;
};

}  // namespace streamhouse::agent
