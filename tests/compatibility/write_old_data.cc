// Writes the data folder that old_records.h describes, with the agent of the revision that it is
// built in.
//
//   write_old_data FOLDER     run by make_data.sh
//
// The agent is started again in between, and does not stop at the end: it leaves the files of a
// crash.
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>

#include "agent/agent.h"
#include "agent/agent_config.h"
#include "client/agent_broker/agent_broker.h"
#include "client/broker.h"
#include "metrics_core/status.h"
#include "tests/compatibility/old_records.h"
#include "tests/support/eventually.h"

namespace streamhouse::compatibility {
namespace {

using metrics::Check;
using std::chrono::milliseconds;

client::CallLimits Patient() {
  return client::CallLimits::Within(std::chrono::seconds(30));
}

std::unique_ptr<agent::Agent> Serve(const std::string& folder) {
  agent::AgentConfig config = {.data_folder = folder};
  config.grpc_port = 0;
  config.segment_bytes = kOldSegmentBytes;
  config.sync_policy = agent::SyncPolicy::kEachBatch;
  config.retention_interval = milliseconds(20);
  std::unique_ptr<agent::Agent> agent = agent::Agent::Make(config).value();
  Check(agent->Start().ok(), "the agent does not start");
  return agent;
}

std::shared_ptr<client::Broker> Connect(const agent::Agent& agent) {
  return client::MakeAgentBroker({.address = "127.0.0.1:" + std::to_string(agent.grpc_port())}).value();
}

void CreateTopics(client::Broker& broker) {
  for (const OldTopic& topic : OldTopics()) {
    const client::TopicDescription description = {
        .name = topic.name,
        .partitions = topic.partitions,
        .retention = {.age_max = topic.age_max, .bytes_max = topic.bytes_max}};
    Check(broker.CreateTopic(description, Patient()).ok(), "no topic");
  }
}

// The first half of each partition's batches, or the second.
void Write(client::Broker& broker, bool second_half) {
  for (const OldTopic& topic : OldTopics()) {
    for (std::uint32_t partition = 0; topic.records > 0 && partition < topic.partitions; ++partition) {
      const std::uint64_t batches = topic.RecordsOf(partition) / kBatchRecords;
      for (std::uint64_t i = second_half ? batches / 2 : 0; i < (second_half ? batches : batches / 2); ++i) {
        const std::uint64_t first = i * kBatchRecords;
        const auto written = broker.Produce({topic.name, partition}, OldBatch(topic.name, partition, first), Patient());
        Check(written.ok() && written.value() == first, "records are not where they should be");
      }
    }
  }
}

// Until retention has removed what it may; prints where each log begins.
void Trim(client::Broker& broker) {
  for (const OldTopic& topic : OldTopics()) {
    for (std::uint32_t partition = 0; partition < topic.partitions; ++partition) {
      const auto start = [&] {
        return broker.ReadWatermarks({topic.name, partition}, {}, Patient()).value().log_start_offset;
      };
      Check(topic.bytes_max == 0 || Eventually([&] { return start() > 300; }), "nothing is removed");
      std::printf("%s/%u begins at %llu\n", topic.name.c_str(), partition, static_cast<unsigned long long>(start()));
    }
  }
}

void Write(const std::string& folder) {
  {
    const auto agent = Serve(folder);
    const auto broker = Connect(*agent);
    CreateTopics(*broker);
    Write(*broker, false);
    Check(agent->Stop().ok(), "the agent does not stop");
  }
  const auto agent = Serve(folder);
  const auto broker = Connect(*agent);
  Write(*broker, true);
  for (const OldCommit& commit : OldCommits()) {
    const auto status =
        broker->Commit({.group = commit.group}, {commit.topic, commit.partition}, commit.next, Patient());
    Check(status.ok(), "no commit");
  }
  Trim(*broker);
  std::fflush(stdout);
  ::_exit(0);
}

}  // namespace
}  // namespace streamhouse::compatibility

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  streamhouse::compatibility::Write(argv[1]);
}
