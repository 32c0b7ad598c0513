// FetchCall: one Fetch, which may wait for a record without keeping a thread.
//
// It reads at once. Where there is no record, it waits for the first of: an append, the end of its
// time, the loss of the lease, the client's departure, the agent's end. Then it reads a second time
// and answers.
// Invariants:
// 1. A call waits for records once.
// 2. The records of a response end at the high watermark, or before it.
// Guarantees: exactly one response.
// Thread safety: made, called and destroyed by gRPC.
// Cost: while it waits, an alarm and an entry in the partition's waiters.
// Errors: UNAVAILABLE when the agent stops; DATA_LOSS with a v1::DamagedRange for records that
// cannot be read.
#pragma once

#include <grpcpp/alarm.h>
#include <grpcpp/support/server_callback.h>

#include <chrono>
#include <memory>
#include <optional>
#include <utility>

#include "agent/log/append_waiters.h"
#include "agent/log/partition_log.h"
#include "agent/topics/partition.h"
#include "metrics_core/mutex.h"
#include "proto/streamhouse.grpc.pb.h"

namespace streamhouse::agent {

class FetchCall final : public grpc::ServerUnaryReactor {
 public:
  // Deletes itself when gRPC is done with it. The messages belong to gRPC, and live as long.
  static FetchCall* Start(std::shared_ptr<Partition> partition, const v1::FetchRequest& request, ReadLimits limits,
                          std::chrono::milliseconds wait, v1::FetchResponse& response);

  void OnCancel() override;
  void OnDone() override { delete this; }

 private:
  // State that a wake-up may touch after the call itself is gone.
  struct Wake {
    grpc::Alarm alarm;
    metrics::Mutex mutex;
    std::optional<AppendWaiters::Id> waiter STREAMHOUSE_GUARDED_BY(mutex);
    bool cancelled STREAMHOUSE_GUARDED_BY(mutex) = false;
  };

  FetchCall(std::shared_ptr<Partition> partition, const v1::FetchRequest& request, ReadLimits limits,
            v1::FetchResponse& response)
      : partition_(std::move(partition)), request_(request), limits_(limits), response_(response) {}

  metrics::Status Read();
  void Answer(const metrics::Status& read);
  void Wait(std::chrono::milliseconds wait);
  void OnAlarm();

  const std::shared_ptr<Partition> partition_;
  const v1::FetchRequest& request_;
  const ReadLimits limits_;
  v1::FetchResponse& response_;
  bool found_ = false;  // by the last Read(); the next one comes after it
  const std::shared_ptr<Wake> wake_ = std::make_shared<Wake>();
};

}  // namespace streamhouse::agent
