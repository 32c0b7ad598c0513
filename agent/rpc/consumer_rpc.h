// ConsumerRpc: ConsumerService on the wire. Translates; Partition, CommittedOffsets and GroupCoordinator decide.
//
// Thread safety: gRPC calls it from any thread.
// Cost: two copies of each record that is fetched; a Fetch that waits keeps no thread (fetch_call.h); commits run on
// gRPC's thread and wait for the metadata store.
#pragma once

#include <chrono>

#include "agent/committed_offsets.h"
#include "agent/group_coordinator.h"
#include "agent/log/partition_log.h"
#include "agent/rpc/arena_allocator.h"
#include "agent/topic_catalog.h"
#include "proto/streamhouse.grpc.pb.h"

namespace streamhouse::agent {

struct FetchLimits {
  ReadLimits read = {};               // of one response
  std::chrono::milliseconds wait{0};  // longer waits are cut to this
};

class ConsumerRpc final : public v1::ConsumerService::CallbackService {
 public:
  // All must outlive the server.
  ConsumerRpc(const TopicCatalog& topics, CommittedOffsets& offsets, GroupCoordinator& groups, FetchLimits limits)
      : topics_(topics), offsets_(offsets), groups_(groups), limits_(limits) {
    SetMessageAllocatorFor_Fetch(&fetch_allocator_);
  }

  grpc::ServerUnaryReactor* Fetch(grpc::CallbackServerContext* context, const v1::FetchRequest* request,
                                  v1::FetchResponse* response) override;
  grpc::ServerUnaryReactor* Watermarks(grpc::CallbackServerContext* context, const v1::WatermarksRequest* request,
                                       v1::WatermarksResponse* response) override;
  grpc::ServerUnaryReactor* Commit(grpc::CallbackServerContext* context, const v1::CommitRequest* request,
                                   v1::CommitResponse* response) override;
  grpc::ServerUnaryReactor* Committed(grpc::CallbackServerContext* context, const v1::CommittedRequest* request,
                                      v1::CommittedResponse* response) override;
  grpc::ServerUnaryReactor* Heartbeat(grpc::CallbackServerContext* context, const v1::HeartbeatRequest* request,
                                      v1::HeartbeatResponse* response) override;
  grpc::ServerUnaryReactor* LeaveGroup(grpc::CallbackServerContext* context, const v1::LeaveGroupRequest* request,
                                       v1::LeaveGroupResponse* response) override;

 private:
  const TopicCatalog& topics_;
  CommittedOffsets& offsets_;
  GroupCoordinator& groups_;
  const FetchLimits limits_;
  ArenaAllocator<v1::FetchRequest, v1::FetchResponse> fetch_allocator_;
};

}  // namespace streamhouse::agent
