// TopicEnd: how far `consume --exit-at-end` reads: the end that each partition has when it begins.
//
// When to use something else: Consumer::Lag, for what is unread now.
// Guarantees:
// 1. An end is never raised.
// 2. An end is lowered where a log has lost its end meanwhile, as after a power cut of the agent.
//    Records that are written later, in the place of the lost ones, lie behind it.
// 3. A partition whose records before the end are all gone is read to the end.
// Thread safety: none.
// Cost: a call to the broker per partition, for Read and for Refresh; IsReachedBy, one per
// partition that another member reads.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "client/broker.h"
#include "client/consumer.h"
#include "client/log_life.h"
#include "client/record.h"
#include "metrics_core/status.h"

namespace streamhouse::apps {

class TopicEnd {
 public:
  // `broker` must outlive this. The broker's failure.
  static metrics::Result<TopicEnd> Read(client::Broker& broker, const std::string& topic, std::uint32_t partitions);

  // Lowers the ends of logs that were lowered. kNotFound when the topic was deleted, also if it was
  // created again. Partitions that cannot be asked now keep their ends. Stops at the first call
  // that gets no response in time.
  metrics::Status Refresh();

  // Whether the group has read up to there: this member by its position, others by what they have
  // committed.
  bool IsReachedBy(const client::Consumer& consumer, const std::string& group) const;

 private:
  struct PartitionEnd {
    client::LogPosition end;
    client::Offset log_start_offset = 0;
  };

  TopicEnd(client::Broker& broker, std::string topic) : broker_(broker), topic_(std::move(topic)) {}
  bool IsReachedIn(std::uint32_t partition, const client::Consumer& consumer, const std::string& group) const;

  client::Broker& broker_;
  std::string topic_;
  std::vector<PartitionEnd> ends_;  // by the number of the partition
};

}  // namespace streamhouse::apps
