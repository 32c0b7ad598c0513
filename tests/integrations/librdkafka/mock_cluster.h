// MockCluster, TestClient: librdkafka's mock cluster in the process of a test, and clients of it
// that pass on what librdkafka tells them, as a program does.
//
// When to use something else: a test of a pure function needs no cluster.
// Guarantees: the ports are the kernel's choice. The ledger of a client has what its callbacks were
// given, counted apart from the metrics.
// Thread safety: one thread a client.
#pragma once

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "integrations/librdkafka/rdkafka_metrics.h"
#include "tests/support/eventually.h"

namespace streamhouse::librdkafka {

class MockCluster {
 public:
  explicit MockCluster(int brokers);
  ~MockCluster();
  MockCluster(const MockCluster&) = delete;
  MockCluster& operator=(const MockCluster&) = delete;

  std::string bootstraps() const { return rd_kafka_mock_cluster_bootstraps(cluster_); }
  // HOST:PORT of broker 1.
  std::string first_broker() const { return bootstraps().substr(0, bootstraps().find(',')); }

  // Led by broker 1.
  void CreateTopic(const char* topic, int partitions) const;
  void SetDown(std::int32_t broker) const { rd_kafka_mock_broker_set_down(cluster_, broker); }
  void SetUp(std::int32_t broker) const { rd_kafka_mock_broker_set_up(cluster_, broker); }
  // The next Produce requests fail with an error that is worth a retry.
  void FailProduce(int requests) const;
  void SetRoundTrip(std::int32_t broker, int milliseconds) const {
    rd_kafka_mock_broker_set_rtt(cluster_, broker, milliseconds);
  }

 private:
  rd_kafka_t* owner_;
  rd_kafka_mock_cluster_t* cluster_;
};

struct Ledger {
  std::uint64_t delivered = 0;
  std::uint64_t unconfirmed = 0;
  std::uint64_t failed = 0;
  std::uint64_t consumed = 0;
  std::uint64_t documents = 0;
  std::uint64_t errors = 0;
  std::uint64_t assigned = 0;
  std::uint64_t assigned_partitions = 0;
  std::uint64_t revoked = 0;
};

using Settings = std::map<std::string, std::string>;

class TestClient {
 public:
  TestClient(rd_kafka_type_t type, const MockCluster& cluster, RdkafkaMetrics& metrics, const Settings& settings = {});
  ~TestClient();
  TestClient(const TestClient&) = delete;
  TestClient& operator=(const TestClient&) = delete;

  rd_kafka_t* handle() const { return client_; }
  const Ledger& ledger() const { return ledger_; }
  const std::string& newest_document() const { return newest_document_; }

  void Produce(const char* topic, std::int32_t partition, int records) const;
  void Subscribe(const char* topic) const;

  // Serves callbacks, and takes a record at most.
  void Poll();
  // Polls a consumer until it has `records` of them, and no further.
  bool Consume(std::uint64_t records);
  // Polls until the condition holds.
  template <typename Condition>
  bool PollUntil(const Condition& condition) {
    return Eventually([&] {
      Poll();
      return condition();
    });
  }
  // Takes no record until the condition holds, but serves callbacks other than those of rebalances.
  template <typename Condition>
  bool ServeUntil(const Condition& condition) {
    return Eventually([&] {
      Serve();
      return condition();
    });
  }
  // Polls a producer until all reports are taken.
  bool Flush();

  void Serve();

 private:
  static int OnStatistics(rd_kafka_t* client, char* json, std::size_t bytes, void* opaque);
  static void OnDelivery(rd_kafka_t* client, const rd_kafka_message_t* message, void* opaque);
  static void OnError(rd_kafka_t* client, int error, const char* reason, void* opaque);
  static void OnRebalance(rd_kafka_t* client, rd_kafka_resp_err_t event, rd_kafka_topic_partition_list_t* partitions,
                          void* opaque);

  const rd_kafka_type_t type_;
  RdkafkaMetrics& metrics_;
  Ledger ledger_;
  std::string newest_document_;
  rd_kafka_t* client_ = nullptr;
};

}  // namespace streamhouse::librdkafka
