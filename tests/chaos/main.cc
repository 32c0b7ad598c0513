// A chaos round: the data path works while things die, and a ledger keeps count of what was
// promised.
//
//   chaos --seconds N [--seed S]    prints the counts; exit code 1 and a line for each promise that was broken
//
// Four producers and a group of four consumers work with one agent while faults come to it, to its
// disk and to a fifth producer. A round takes its time, and goes on until every kind of fault has
// come. After that everything has to work again: the group reads to the end, and the log is read
// back.
#include <stdlib.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "client/agent_broker/agent_broker.h"
#include "client/broker.h"
#include "client/group_operations.h"
#include "metrics_core/status.h"
#include "tests/chaos/agent_process.h"
#include "tests/chaos/faults.h"
#include "tests/chaos/ledger.h"
#include "tests/chaos/roles.h"
#include "tests/support/eventually.h"

namespace streamhouse::chaos {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr int kWorkers = 4;

using Log = std::map<std::uint32_t, std::vector<std::string>>;

class Round {
 public:
  Round(const std::string& folder, std::uint64_t seed) : agent_(folder), faults_(agent_, ledger_, seed) {}

  int Run(seconds length) {
    std::vector<std::jthread> consumers;
    std::vector<std::jthread> producers;
    for (int i = 0; i < kWorkers; ++i) {
      consumers.emplace_back([this](const std::stop_token& stop) { Consume(agent_.address(), stop, ledger_); });
      producers.emplace_back([this, i](const std::stop_token& stop) {
        Produce(agent_.address(), "producer-" + std::to_string(i), stop, ledger_);
      });
    }
    const auto end = steady_clock::now() + length;
    while (steady_clock::now() < end || !faults_.has_done_everything()) faults_.DoNext();
    ExpectEveryPartitionToWork();
    for (std::jthread& producer : producers) producer.request_stop();
    producers.clear();
    const Log log = ReadLog();
    ExpectTheGroupToReachTheEnd(log);
    for (std::jthread& consumer : consumers) consumer.request_stop();
    consumers.clear();
    return Judge(log);
  }

 private:
  void ExpectEveryPartitionToWork() {
    for (std::uint32_t i = 0; i < kPartitions; ++i) {
      const std::size_t before = ledger_.CountAcknowledged(i);
      if (Eventually([&] { return ledger_.CountAcknowledged(i) > before; })) continue;
      problems_.push_back("partition " + std::to_string(i) + " takes no records any more");
    }
  }

  void ExpectTheGroupToReachTheEnd(const Log& log) {
    if (Eventually([&] { return ledger_.Unread(log).empty(); })) return;
    for (std::string& line : ledger_.Unread(log)) problems_.push_back(std::move(line));
    DescribeTheGroup();
  }

  // For the person who looks into a group that stands still.
  void DescribeTheGroup() const {
    const auto groups = client::MakeAgentGroupOperations({.address = agent_.address()}).value();
    const auto group = groups->DescribeGroup(kGroup, client::CallLimits::Within(seconds(30)));
    metrics::Check(group.ok(), "the group cannot be described: " + group.status().message());
    for (const client::GroupPartition& partition : group->partitions) {
      std::printf("%s: read by %s, committed %s of %llu\n", partition.partition.ToString().c_str(),
                  partition.member_id.c_str(),
                  partition.committed ? std::to_string(*partition.committed).c_str() : "nothing",
                  static_cast<unsigned long long>(partition.high_watermark));
    }
  }

  Log ReadLog() const {
    const auto broker = client::MakeAgentBroker({.address = agent_.address()}).value();
    Log log;
    for (std::uint32_t i = 0; i < kPartitions; ++i) log[i] = ReadPartition(*broker, i);
    return log;
  }

  static std::vector<std::string> ReadPartition(client::Broker& broker, std::uint32_t partition) {
    std::vector<std::string> values;
    std::uint64_t end = 1;
    while (values.size() < end) {
      const auto fetched = broker.Fetch({.partition = {kTopic, partition}, .offset = values.size()},
                                        client::CallLimits::Within(seconds(30)));
      if (fetched.status().code() == metrics::StatusCode::kFailedPrecondition) continue;  // no lease yet
      metrics::Check(fetched.ok(), "the log cannot be read: " + fetched.status().message());
      for (std::size_t i = 0; i < fetched.value().records.size(); ++i) {
        values.emplace_back(fetched.value().records[i].value);
      }
      end = fetched.value().high_watermark;
    }
    return values;
  }

  int Judge(const Log& log) {
    const auto broker = client::MakeAgentBroker({.address = agent_.address()}).value();
    std::map<std::uint32_t, std::uint64_t> committed;
    for (std::uint32_t i = 0; i < kPartitions; ++i) {
      const auto next = broker->Committed(kGroup, {kTopic, i}, client::CallLimits::Within(seconds(30)));
      metrics::Check(next.ok(), "committed offsets cannot be read: " + next.status().message());
      committed[i] = next.value().value_or(0);
    }
    for (std::string& problem : ledger_.Check(log, committed)) problems_.push_back(std::move(problem));
    const FaultCounts& faults = faults_.counts();
    if (faults.accepted_without_lease > 0) problems_.emplace_back("records were accepted without a lease");
    if (faults.accepted_by_broken_disk > 0) problems_.emplace_back("records were accepted by a broken disk");
    if (faults.takeovers == 0) problems_.emplace_back("no lease was taken over");
    if (faults.refused_by_full_disk == 0) problems_.emplace_back("no full disk has refused anything");
    Report(log);
    return problems_.empty() ? 0 : 1;
  }

  void Report(const Log& log) const {
    Counts counts = ledger_.counts();
    for (const auto& [partition, values] : log) counts.in_log += values.size();
    const FaultCounts& faults = faults_.counts();
    std::printf("agent: killed %d times, stopped %d times, lost its leases meanwhile %d times\n", faults.agent_kills,
                faults.freezes, faults.takeovers);
    std::printf("producers: killed %d times; consumers: killed %d times\n", faults.producer_kills,
                faults.consumer_kills);
    std::printf("power: cut %d times, which took %zu acknowledged records, %zu of them committed by the group\n",
                faults.power_cuts, counts.cut_acknowledged, counts.cut_committed);
    std::printf("disk: full %d times, broken %d times, slow %d times\n", faults.full_disks, faults.broken_disks,
                faults.slow_disks);
    std::printf("writes without a lease: %d refused, %d accepted\n", faults.refused_without_lease,
                faults.accepted_without_lease);
    std::printf("writes to a full disk: %d refused; to a broken disk: %d refused, %d accepted\n",
                faults.refused_by_full_disk, faults.refused_by_broken_disk, faults.accepted_by_broken_disk);
    std::printf("records: %zu acknowledged, %zu failed, %zu in the log, %zu consumed, %zu of them again; %zu commits\n",
                counts.acknowledged, counts.failed, counts.in_log, counts.consumed, counts.consumed_again,
                counts.commits);
    // The first ones tell; a fault of one kind can come for each record.
    constexpr std::size_t kShown = 40;
    for (std::size_t i = 0; i < std::min(kShown, problems_.size()); ++i) {
      std::printf("BROKEN: %s\n", problems_[i].c_str());
    }
    if (problems_.size() > kShown) std::printf("and %zu more\n", problems_.size() - kShown);
    std::printf("%zu promises broken\n", problems_.size());
  }

  AgentProcess agent_;
  Ledger ledger_;
  Faults faults_;
  std::vector<std::string> problems_;
};

int RunRound(seconds length, std::uint64_t seed) {
  const char* const parent = std::getenv("TEST_TMPDIR");
  std::string folder = (parent == nullptr ? std::filesystem::temp_directory_path().string() : parent) + "/chaos_XXXXXX";
  metrics::Check(::mkdtemp(folder.data()) != nullptr, "no temporary folder");
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
  std::fflush(stdout);
  const int code = Round(folder, seed).Run(length);
  std::filesystem::remove_all(folder);
  std::filesystem::remove_all(folder + "-copy");
  return code;
}

int Main(const std::vector<std::string>& words) {
  if (words.size() == 4 && words[0] == "serve") {
    return ServeForEver(words[1], static_cast<std::uint16_t>(std::stoi(words[2])),
                        static_cast<agent::SyncPolicy>(std::stoi(words[3])));
  }
  if (words.size() == 3 && words[0] == "produce") return ProduceForEver(words[1], words[2]);
  if (words.size() == 2 && words[0] == "consume") return ConsumeForEver(words[1]);
  std::optional<seconds> length;
  std::uint64_t seed = std::random_device{}();
  for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
    if (words[i] == "--seconds") length = seconds(std::stoi(words[i + 1]));
    if (words[i] == "--seed") seed = std::stoull(words[i + 1]);
  }
  if (!length) {
    std::fprintf(stderr, "usage: chaos --seconds N [--seed S]\n");
    return 2;
  }
  return RunRound(*length, seed);
}

}  // namespace
}  // namespace streamhouse::chaos

int main(int argc, char** argv) {
  return streamhouse::chaos::Main({argv + 1, argv + argc});
}
