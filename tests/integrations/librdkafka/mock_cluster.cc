#include "tests/integrations/librdkafka/mock_cluster.h"

#include <array>

#include "metrics_core/status.h"

namespace streamhouse::librdkafka {
namespace {

constexpr int kPollMilliseconds = 10;
constexpr std::int16_t kProduceKey = 0;

void Set(rd_kafka_conf_t* conf, const std::string& name, const std::string& value) {
  std::array<char, 256> error;
  const auto set = rd_kafka_conf_set(conf, name.c_str(), value.c_str(), error.data(), error.size());
  metrics::Check(set == RD_KAFKA_CONF_OK, error.data());
}

rd_kafka_t* New(rd_kafka_type_t type, rd_kafka_conf_t* conf) {
  std::array<char, 256> error;
  rd_kafka_t* const client = rd_kafka_new(type, conf, error.data(), error.size());
  metrics::Check(client != nullptr, error.data());
  return client;
}

rd_kafka_conf_t* QuietConf() {
  rd_kafka_conf_t* const conf = rd_kafka_conf_new();
  Set(conf, "log_level", "0");
  return conf;
}

}  // namespace

MockCluster::MockCluster(int brokers)
    : owner_(New(RD_KAFKA_PRODUCER, QuietConf())), cluster_(rd_kafka_mock_cluster_new(owner_, brokers)) {}

MockCluster::~MockCluster() {
  rd_kafka_mock_cluster_destroy(cluster_);
  rd_kafka_destroy(owner_);
}

void MockCluster::CreateTopic(const char* topic, int partitions) const {
  metrics::Check(rd_kafka_mock_topic_create(cluster_, topic, partitions, 1) == RD_KAFKA_RESP_ERR_NO_ERROR, topic);
  for (int i = 0; i < partitions; ++i) rd_kafka_mock_partition_set_leader(cluster_, topic, i, 1);
}

void MockCluster::FailProduce(int requests) const {
  const std::vector<rd_kafka_resp_err_t> errors(requests, RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS);
  rd_kafka_mock_push_request_errors_array(cluster_, kProduceKey, errors.size(), errors.data());
}

TestClient::TestClient(rd_kafka_type_t type, const MockCluster& cluster, RdkafkaMetrics& metrics,
                       const Settings& settings)
    : type_(type), metrics_(metrics) {
  rd_kafka_conf_t* const conf = QuietConf();
  Set(conf, "bootstrap.servers", cluster.bootstraps());
  Set(conf, "client.id", "app");
  Set(conf, "statistics.interval.ms", "100");
  if (type == RD_KAFKA_CONSUMER) {
    Set(conf, "group.id", "billing");
    Set(conf, "auto.offset.reset", "earliest");
    Set(conf, "enable.auto.commit", "false");
    Set(conf, "fetch.wait.max.ms", "50");
    rd_kafka_conf_set_rebalance_cb(conf, OnRebalance);
  } else {
    rd_kafka_conf_set_dr_msg_cb(conf, OnDelivery);
  }
  for (const auto& [name, value] : settings) Set(conf, name, value);
  rd_kafka_conf_set_opaque(conf, this);
  rd_kafka_conf_set_stats_cb(conf, OnStatistics);
  rd_kafka_conf_set_error_cb(conf, OnError);
  client_ = New(type, conf);
}

TestClient::~TestClient() {
  if (type_ == RD_KAFKA_CONSUMER) rd_kafka_consumer_close(client_);
  metrics_.Forget(client_);
  rd_kafka_destroy(client_);
}

void TestClient::Produce(const char* topic, std::int32_t partition, int records) const {
  for (int i = 0; i < records; ++i) {
    std::array<char, 3> value = {'a', 'b', 'c'};
    const rd_kafka_resp_err_t error =
        rd_kafka_producev(client_, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_PARTITION(partition), RD_KAFKA_V_KEY("k", 1),
                          RD_KAFKA_V_VALUE(value.data(), value.size()), RD_KAFKA_V_HEADER("h", "12", 2),
                          RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END);
    metrics::Check(error == RD_KAFKA_RESP_ERR_NO_ERROR, rd_kafka_err2str(error));
  }
}

void TestClient::Subscribe(const char* topic) const {
  rd_kafka_topic_partition_list_t* const topics = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(topics, topic, RD_KAFKA_PARTITION_UA);
  metrics::Check(rd_kafka_subscribe(client_, topics) == RD_KAFKA_RESP_ERR_NO_ERROR, topic);
  rd_kafka_topic_partition_list_destroy(topics);
}

// Not by rd_kafka_poll_set_consumer(): documents would wait behind the records that were fetched
// ahead.
void TestClient::Serve() {
  rd_kafka_poll(client_, type_ == RD_KAFKA_PRODUCER ? kPollMilliseconds : 0);
}

void TestClient::Poll() {
  Serve();
  if (type_ == RD_KAFKA_PRODUCER) return;
  rd_kafka_message_t* const message = rd_kafka_consumer_poll(client_, kPollMilliseconds);
  if (message == nullptr) return;
  metrics_.OnConsumed(*message);
  if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) ++ledger_.consumed;
  rd_kafka_message_destroy(message);
}

bool TestClient::Consume(std::uint64_t records) {
  return PollUntil([&] { return ledger_.consumed >= records; });
}

bool TestClient::Flush() {
  return rd_kafka_flush(client_, 30'000) == RD_KAFKA_RESP_ERR_NO_ERROR;
}

int TestClient::OnStatistics(rd_kafka_t* client, char* json, std::size_t bytes, void* opaque) {
  auto& self = *static_cast<TestClient*>(opaque);
  self.newest_document_.assign(json, bytes);
  const metrics::Status taken = self.metrics_.OnStatistics(client, self.newest_document_);
  metrics::Check(taken.ok(), taken.message());
  ++self.ledger_.documents;
  return 0;
}

void TestClient::OnDelivery(rd_kafka_t* /*client*/, const rd_kafka_message_t* message, void* opaque) {
  auto& self = *static_cast<TestClient*>(opaque);
  self.metrics_.OnDelivery(*message);
  const bool is_persisted = rd_kafka_message_status(message) == RD_KAFKA_MSG_STATUS_PERSISTED;
  if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    ++self.ledger_.failed;
  } else if (is_persisted) {
    ++self.ledger_.delivered;
  } else {
    ++self.ledger_.unconfirmed;
  }
}

void TestClient::OnError(rd_kafka_t* client, int error, const char* /*reason*/, void* opaque) {
  auto& self = *static_cast<TestClient*>(opaque);
  self.metrics_.OnError(client, static_cast<rd_kafka_resp_err_t>(error));
  ++self.ledger_.errors;
}

void TestClient::OnRebalance(rd_kafka_t* client, rd_kafka_resp_err_t event, rd_kafka_topic_partition_list_t* partitions,
                             void* opaque) {
  auto& self = *static_cast<TestClient*>(opaque);
  self.metrics_.OnRebalance(client, event, partitions->cnt);
  if (event == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
    ++self.ledger_.assigned;
    self.ledger_.assigned_partitions += partitions->cnt;
    rd_kafka_assign(client, partitions);
  } else {
    ++self.ledger_.revoked;
    rd_kafka_assign(client, nullptr);
  }
}

}  // namespace streamhouse::librdkafka
