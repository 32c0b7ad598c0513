// Statistics, ParseStatistics: what a statistics document of librdkafka says, as far as metrics are
// made of it.
//
// When to use something else: RdkafkaMetrics (rdkafka_metrics.h) makes metrics of documents.
// Guarantees:
// 1. Members that are not in the document keep their defaults, and unknown members are skipped. So
//    documents of librdkafka 2.0.2 and of newer releases are read alike.
// 2. Percentiles, minima, maxima and averages of windows are not read: librdkafka calculates
//    percentiles without the values that are beyond its histograms.
// 3. The partition -1, where messages wait for a partition, is left out: its messages are counted
//    again in the partition that they go to.
// Thread safety: a pure function; values.
// Cost: one pass over the document, without a tree of it (bench: BM_ParseStatistics).
// Errors: InvalidArgument for what is no JSON object or has no name of a client, ResourceExhausted
// for more than kStatisticsBytesMax.
//
// Members have the names that librdkafka gives the fields in its description of statistics.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "metrics_core/status.h"

namespace streamhouse::librdkafka {

// Some 60,000 partitions. The thread that polls parses, so a limit bounds the time that it takes.
inline constexpr std::size_t kStatisticsBytesMax = std::size_t{64} << 20;

// What librdkafka writes for an offset that it does not know.
inline constexpr std::int64_t kUnknownOffset = -1001;

// The requests that have a label value of their own. Names of rarer requests differ between
// releases of librdkafka; those are counted as kOtherRequest.
inline constexpr std::array<std::string_view, 19> kRequests = {
    "Produce",         "Fetch",
    "ListOffsets",     "Metadata",
    "OffsetCommit",    "OffsetFetch",
    "FindCoordinator", "JoinGroup",
    "SyncGroup",       "Heartbeat",
    "LeaveGroup",      "ApiVersion",
    "SaslHandshake",   "SaslAuthenticate",
    "InitProducerId",  "AddPartitionsToTxn",
    "AddOffsetsToTxn", "TxnOffsetCommit",
    "EndTxn",
};
inline constexpr std::size_t kOtherRequest = kRequests.size();
inline constexpr std::string_view kOtherRequestName = "other";

// Of the values since the document before.
struct WindowStatistics {
  std::int64_t sum = 0;
  std::int64_t cnt = 0;
};

struct BrokerStatistics {
  std::string name = {};
  std::string nodename = {};  // HOST:PORT; empty for a coordinator that is not known yet
  std::string source = {};    // "configured", "learned", "logical", "internal"
  std::string state = {};
  std::int64_t nodeid = -1;  // not unique: the entry of a coordinator has that of its broker
  std::int64_t txbytes = 0;
  std::int64_t rxbytes = 0;
  std::int64_t txerrs = 0;
  std::int64_t rxerrs = 0;
  std::int64_t req_timeouts = 0;
  std::int64_t connects = 0;
  std::int64_t disconnects = 0;
  std::int64_t rxidle = -1;  // microseconds since the last byte was received; -1: none on this connection
  std::array<std::int64_t, kRequests.size() + 1> requests = {};
  WindowStatistics int_latency = {};     // microseconds
  WindowStatistics outbuf_latency = {};  // microseconds
  WindowStatistics rtt = {};             // microseconds
  WindowStatistics throttle = {};        // milliseconds

  bool is_up() const { return state == "UP" || state == "UPDATE"; }
  // The entry of a coordinator, beside that of the broker which coordinates.
  bool is_logical() const { return source == "logical"; }
};

struct PartitionStatistics {
  std::int64_t partition = -1;
  std::int64_t broker = -1;  // the nodeid of the broker that it is fetched from
  bool is_desired = false;
  bool is_active = false;  // fetch_state is "active"
  std::int64_t next_offset = kUnknownOffset;
  std::int64_t app_offset = kUnknownOffset;
  std::int64_t committed_offset = kUnknownOffset;
  std::int64_t lo_offset = kUnknownOffset;
  std::int64_t hi_offset = kUnknownOffset;
  std::int64_t ls_offset = kUnknownOffset;
  std::int64_t txmsgs = 0;
  std::int64_t txbytes = 0;
  std::int64_t rxmsgs = 0;
  std::int64_t rxbytes = 0;
  std::int64_t rx_ver_drops = 0;
  std::int64_t fetchq_cnt = 0;   // records that were fetched, and wait for the program
  std::int64_t fetchq_size = 0;  // their bytes
};

struct TopicStatistics {
  std::string topic = {};
  WindowStatistics batchsize = {};  // bytes
  WindowStatistics batchcnt = {};   // records
  std::vector<PartitionStatistics> partitions = {};
};

struct GroupStatistics {
  std::string join_state = {};  // empty where the document tells of no group
  std::int64_t rebalance_cnt = 0;
  std::int64_t assignment_size = 0;
};

struct Statistics {
  std::string name = {};  // of the instance, such as "rdkafka#producer-1": no two of a process have the same
  std::string client_id = {};
  std::string type = {};  // "producer" or "consumer"
  std::int64_t ts = 0;    // microseconds of CLOCK_MONOTONIC
  std::int64_t time = 0;  // seconds since the Unix epoch
  std::int64_t replyq = 0;
  std::int64_t msg_cnt = 0;
  std::int64_t msg_size = 0;
  std::vector<BrokerStatistics> brokers = {};
  std::vector<TopicStatistics> topics = {};
  GroupStatistics cgrp = {};

  bool is_of_producer() const { return type == "producer"; }
};

metrics::Result<Statistics> ParseStatistics(std::string_view json);

}  // namespace streamhouse::librdkafka
