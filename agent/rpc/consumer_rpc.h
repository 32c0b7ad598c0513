// ConsumerRpc: ConsumerService on the wire. Translates; Partition, CommittedOffsets and
// GroupCoordinator decide.
//
// When to use something else: the three that decide, inside of the agent.
// Guarantees:
// 1. Each call is answered once, with the code of the Status that decided it.
// 2. A response to Fetch has at most kFetchRecordsMax records and kFetchBytesMax bytes, or one
//    record that is larger. It waits at most kFetchWaitMax.
// 3. A request that names the life of its topic gets NotFound where another life has the name now.
// 4. A commit is answered OK only when the metadata store has it.
// Thread safety: gRPC calls it from any thread.
// Cost: two copies of each record that is fetched; a Fetch that waits keeps no thread
// (fetch_call.h); commits run on gRPC's thread and wait for the metadata store.
#pragma once

#include <chrono>
#include <cstdint>

#include "agent/groups/committed_offsets.h"
#include "agent/groups/group_coordinator.h"
#include "agent/groups/group_times.h"
#include "agent/rpc/arena_allocator.h"
#include "agent/topics/topic_catalog.h"
#include "proto/streamhouse.grpc.pb.h"

namespace streamhouse::agent {

// Of one response to a Fetch.
inline constexpr std::uint32_t kFetchRecordsMax = 10'000;
inline constexpr std::uint64_t kFetchBytesMax = std::uint64_t{1}
                                                << 20;  // keys and values; or one record that is larger
// Longer waits are cut to this.
inline constexpr std::chrono::milliseconds kFetchWaitMax{30'000};

class ConsumerRpc final : public v1::ConsumerService::CallbackService {
 public:
  // All must outlive the server.
  ConsumerRpc(const TopicCatalog& topics, CommittedOffsets& offsets, GroupCoordinator& groups, GroupTimes& times)
      : topics_(topics), offsets_(offsets), groups_(groups), times_(times) {
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
  GroupTimes& times_;
  ArenaAllocator<v1::FetchRequest, v1::FetchResponse> fetch_allocator_;
};

}  // namespace streamhouse::agent
