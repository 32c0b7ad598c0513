#include "integrations/librdkafka/statistics.h"

#include <gtest/gtest.h>

#include <string>

#include "metrics_core/status.h"

namespace streamhouse::librdkafka {
namespace {

using metrics::StatusCode;

// Members as librdkafka 2.16 has them, with some that no release has.
constexpr std::string_view kConsumer = R"({
  "name": "billing#consumer-7", "client_id": "billing", "type": "consumer", "ts": 5000000, "time": 1700000000,
  "age": 12345, "replyq": 3, "msg_cnt": 6, "msg_size": 61, "tx": 12, "new_number": 1.5, "new_list": [1, {"ts": 9}],
  "brokers": {
    "kafka-1:9092/1": {
      "name": "kafka-1:9092/1", "nodeid": 1, "nodename": "kafka-1:9092", "source": "learned", "state": "UP",
      "stateage": 9, "tx": 4, "txbytes": 100, "txerrs": 1, "txretries": 2, "txidle": 17, "req_timeouts": 5, "rx": 3,
      "rxbytes": 200, "rxerrs": 6, "rxidle": 40000, "connects": 7, "disconnects": 8,
      "rtt": {"min": 1, "max": 9, "avg": 5, "sum": 15, "cnt": 3, "p99": 7, "outofrange": 0},
      "throttle": {"sum": 40, "cnt": 2}, "int_latency": {"sum": 70, "cnt": 4}, "outbuf_latency": {"sum": 80, "cnt": 5},
      "req": {"Fetch": 11, "ConsumerGroupHeartbeat": 2, "ShareFetch": 1, "Unknown-62?": 4},
      "toppars": {"orders-0": {"topic": "orders", "partition": 0}}
    }
  },
  "topics": {
    "orders": {
      "topic": "orders", "age": 1, "metadata_age": 2, "batchsize": {"sum": 900, "cnt": 9},
      "batchcnt": {"sum": 90, "cnt": 9},
      "partitions": {
        "0": {
          "partition": 0, "broker": 1, "leader": 2, "desired": true, "unknown": false, "fetch_state": "active",
          "query_offset": -1001, "next_offset": 42, "app_offset": 40, "stored_offset": 39, "stored_leader_epoch": 5,
          "commited_offset": 38, "committed_offset": 38, "committed_leader_epoch": 5, "eof_offset": 42,
          "lo_offset": 2, "hi_offset": 50, "ls_offset": 48, "consumer_lag": 10, "consumer_lag_stored": 9,
          "leader_epoch": 5, "txmsgs": 7, "txbytes": 77, "rxmsgs": 44, "rxbytes": 4400, "msgs": 44, "rx_ver_drops": 1, "fetchq_cnt": 3,
          "fetchq_size": 33
        },
        "-1": {"partition": -1, "desired": false, "fetch_state": "none", "txmsgs": 5, "rxmsgs": 5}
      }
    }
  },
  "cgrp": {"state": "up", "join_state": "steady", "rebalance_cnt": 2, "rebalance_reason": "x", "assignment_size": 1}
})";

TEST(StatisticsTest, ReadsWhatIsSaidOfTheClient) {
  const Statistics statistics = ParseStatistics(kConsumer).value();
  EXPECT_EQ(statistics.name, "billing#consumer-7");
  EXPECT_EQ(statistics.client_id, "billing");
  EXPECT_FALSE(statistics.is_of_producer());
  EXPECT_EQ(statistics.ts, 5'000'000);
  EXPECT_EQ(statistics.time, 1'700'000'000);
  EXPECT_EQ(statistics.replyq, 3);
  EXPECT_EQ(statistics.msg_cnt, 6);
  EXPECT_EQ(statistics.msg_size, 61);
  EXPECT_EQ(statistics.cgrp.join_state, "steady");
  EXPECT_EQ(statistics.cgrp.rebalance_cnt, 2);
  EXPECT_EQ(statistics.cgrp.assignment_size, 1);
}

TEST(StatisticsTest, ReadsABroker) {
  const Statistics statistics = ParseStatistics(kConsumer).value();
  ASSERT_EQ(statistics.brokers.size(), 1U);
  const BrokerStatistics& broker = statistics.brokers[0];
  EXPECT_EQ(broker.name, "kafka-1:9092/1");
  EXPECT_EQ(broker.nodename, "kafka-1:9092");
  EXPECT_EQ(broker.nodeid, 1);
  EXPECT_EQ(broker.source, "learned");
  EXPECT_TRUE(broker.is_up());
  EXPECT_FALSE(broker.is_logical());
  EXPECT_EQ(broker.txbytes, 100);
  EXPECT_EQ(broker.rxbytes, 200);
  EXPECT_EQ(broker.txerrs, 1);
  EXPECT_EQ(broker.req_timeouts, 5);
  EXPECT_EQ(broker.rxerrs, 6);
  EXPECT_EQ(broker.connects, 7);
  EXPECT_EQ(broker.disconnects, 8);
  EXPECT_EQ(broker.rxidle, 40'000);
}

TEST(StatisticsTest, ReadsSumAndCountOfWindows) {
  const Statistics statistics = ParseStatistics(kConsumer).value();
  EXPECT_EQ(statistics.brokers[0].rtt.sum, 15);
  EXPECT_EQ(statistics.brokers[0].rtt.cnt, 3);
  EXPECT_EQ(statistics.brokers[0].throttle.sum, 40);
  EXPECT_EQ(statistics.brokers[0].int_latency.sum, 70);
  EXPECT_EQ(statistics.brokers[0].outbuf_latency.sum, 80);
  EXPECT_EQ(statistics.topics[0].batchsize.sum, 900);
  EXPECT_EQ(statistics.topics[0].batchcnt.sum, 90);
}

TEST(StatisticsTest, GathersRequestsWithoutAStableName) {
  const BrokerStatistics broker = ParseStatistics(kConsumer).value().brokers[0];
  EXPECT_EQ(broker.requests[1], 11);
  EXPECT_EQ(kRequests[1], "Fetch");
  EXPECT_EQ(broker.requests[kOtherRequest], 7);
}

TEST(StatisticsTest, ReadsPartitionsAndLeavesOutThatOfUnassignedRecords) {
  const Statistics statistics = ParseStatistics(kConsumer).value();
  ASSERT_EQ(statistics.topics.size(), 1U);
  EXPECT_EQ(statistics.topics[0].topic, "orders");
  ASSERT_EQ(statistics.topics[0].partitions.size(), 1U);
  const PartitionStatistics& partition = statistics.topics[0].partitions[0];
  EXPECT_EQ(partition.partition, 0);
  EXPECT_EQ(partition.broker, 1);
  EXPECT_TRUE(partition.is_desired);
  EXPECT_TRUE(partition.is_active);
  EXPECT_EQ(partition.next_offset, 42);
  EXPECT_EQ(partition.app_offset, 40);
  EXPECT_EQ(partition.committed_offset, 38);
  EXPECT_EQ(partition.lo_offset, 2);
  EXPECT_EQ(partition.hi_offset, 50);
  EXPECT_EQ(partition.ls_offset, 48);
  EXPECT_EQ(partition.txmsgs, 7);
  EXPECT_EQ(partition.txbytes, 77);
  EXPECT_EQ(partition.rxmsgs, 44);
  EXPECT_EQ(partition.rxbytes, 4400);
  EXPECT_EQ(partition.rx_ver_drops, 1);
  EXPECT_EQ(partition.fetchq_cnt, 3);
  EXPECT_EQ(partition.fetchq_size, 33);
}

TEST(StatisticsTest, KeepsDefaultsForMembersThatAreMissing) {
  const Statistics statistics = ParseStatistics(R"({"name": "p#producer-1"})").value();
  EXPECT_TRUE(statistics.brokers.empty());
  EXPECT_TRUE(statistics.cgrp.join_state.empty());
  EXPECT_EQ(statistics.msg_cnt, 0);
}

TEST(StatisticsTest, ReadsEscapes) {
  const Statistics statistics = ParseStatistics(R"({"n\u0061me": "a\"b\u00e9", "client\u005fid": "a\\b"})").value();
  EXPECT_EQ(statistics.name, "a\"b\xC3\xA9");
  EXPECT_EQ(statistics.client_id, "a\\b");
}

TEST(StatisticsTest, ReadsKeysThatBeginWithAnEscape) {
  const Statistics statistics =
      ParseStatistics(R"({"\u006eame": "\u0061", "\u0063lient_i\u0064": "\u0062", "\u0074\u0073": 7})").value();
  EXPECT_EQ(statistics.name, "a");
  EXPECT_EQ(statistics.client_id, "b");
  EXPECT_EQ(statistics.ts, 7);
}

// The parser hands over what follows an escape in pieces of its buffer.
TEST(StatisticsTest, SkipsKeysThatAreLongerThanTheBufferOfTheParser) {
  const std::string long_text(5000, 'x');
  const std::string json = R"({"\u006e)" + long_text + R"(": "\u0061)" + long_text + R"(", ")" + long_text +
                           R"(": 1, "name": "\u0061)" + long_text + R"("})";
  EXPECT_EQ(ParseStatistics(json).value().name, "a" + long_text);
}

TEST(StatisticsTest, RefusesADocumentThatIsCutAnywhere) {
  for (std::size_t size = 0; size < kConsumer.size(); ++size) {
    EXPECT_EQ(ParseStatistics(kConsumer.substr(0, size)).status().code(), StatusCode::kInvalidArgument) << size;
  }
}

TEST(StatisticsTest, RefusesOtherJson) {
  EXPECT_EQ(ParseStatistics("[1]").status().code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(ParseStatistics("{}").status().code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(ParseStatistics(R"({"name": "a"} x)").status().code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(ParseStatistics(std::string(100, '{')).status().code(), StatusCode::kInvalidArgument);
}

TEST(StatisticsTest, RefusesWhatIsTooLarge) {
  const std::string blanks(kStatisticsBytesMax + 1, ' ');
  EXPECT_EQ(ParseStatistics(blanks).status().code(), StatusCode::kResourceExhausted);
  const std::string_view largest = std::string_view(blanks).substr(1);
  EXPECT_EQ(ParseStatistics(largest).status().code(), StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace streamhouse::librdkafka
