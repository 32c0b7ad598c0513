// DiscardingBroker: acknowledges every batch at once and keeps nothing, so that only the producer
// itself is measured.
//
// When to use something else: client/testing/in_memory_broker.h, where something has to be read
// back.
// Guarantees:
// 1. Offsets continue from batch to batch, over all partitions.
// 2. Everything but Produce and DescribeTopic is refused with kInvalidArgument.
// Thread safety: every method, from any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "client/broker.h"

namespace streamhouse::bench {

class DiscardingBroker final : public client::Broker {
 public:
  explicit DiscardingBroker(std::uint32_t partitions) : partitions_(partitions) {}

  client::Result<client::Offset> Produce(const client::TopicPartition& /*partition*/, const client::RecordBatch& batch,
                                         const client::CallLimits& /*limits*/) override {
    // Relaxed: an offset orders nothing here.
    return next_offset_.fetch_add(batch.size(), std::memory_order_relaxed);
  }
  client::Result<client::TopicDescription> DescribeTopic(std::string_view /*topic*/,
                                                         const client::CallLimits& /*limits*/) override {
    return client::TopicDescription{.partitions = partitions_};
  }

  client::Result<client::FetchedBatch> Fetch(const client::FetchRequest& /*request*/,
                                             const client::CallLimits& /*limits*/) override {
    return Refusal();
  }
  client::Result<client::Watermarks> ReadWatermarks(const client::WatermarksRequest& /*request*/,
                                                    const client::CallLimits& /*limits*/) override {
    return Refusal();
  }
  client::Status Commit(const client::GroupMember& /*member*/, const client::TopicPartition& /*partition*/,
                        client::Offset /*next*/, const client::CallLimits& /*limits*/) override {
    return Refusal();
  }
  client::Result<std::optional<client::Offset>> Committed(std::string_view /*group*/,
                                                          const client::TopicPartition& /*partition*/,
                                                          const client::CallLimits& /*limits*/) override {
    return Refusal();
  }
  client::Result<std::vector<client::TopicPartition>> Heartbeat(const client::GroupMember& /*member*/,
                                                                const client::GroupHeartbeat& /*heartbeat*/,
                                                                const client::CallLimits& /*limits*/) override {
    return Refusal();
  }
  client::Status LeaveGroup(const client::GroupMember& /*member*/, const client::CallLimits& /*limits*/) override {
    return Refusal();
  }
  client::Status CreateTopic(const client::TopicDescription& /*topic*/, const client::CallLimits& /*limits*/) override {
    return Refusal();
  }
  client::Result<std::vector<client::TopicDescription>> ListTopics(const client::CallLimits& /*limits*/) override {
    return Refusal();
  }
  client::Status AddPartitions(std::string_view /*topic*/, std::uint32_t /*partitions*/,
                               const client::CallLimits& /*limits*/) override {
    return Refusal();
  }
  client::Result<client::DeletedTopic> DeleteTopic(std::string_view /*topic*/,
                                                   const client::CallLimits& /*limits*/) override {
    return Refusal();
  }
  client::Status SetRetention(std::string_view /*topic*/, const client::Retention& /*retention*/,
                              const client::CallLimits& /*limits*/) override {
    return Refusal();
  }

 private:
  static client::Status Refusal() { return {client::StatusCode::kInvalidArgument, "nothing is kept here"}; }

  const std::uint32_t partitions_;
  std::atomic<client::Offset> next_offset_{0};
};

}  // namespace streamhouse::bench
