// A chaos round: the data path works while things die, and a ledger keeps count of what was promised.
//
//   chaos --seconds N [--seed S]    prints the counts; exit code 1 and a line for each promise that was broken
//
// Four producers and a group of four consumers work with one agent, which is killed and started again, or stopped for
// longer than its leases while somebody else takes them, at random moments; a fifth producer is killed with records in
// flight. At the end everything is read back.
#include <signal.h>
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
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "agent/metadata/sqlite_metadata_store.h"
#include "client/agent_broker/agent_broker.h"
#include "client/broker.h"
#include "metrics_core/status.h"
#include "tests/chaos/child_process.h"
#include "tests/chaos/ledger.h"
#include "tests/chaos/roles.h"
#include "tests/support/eventually.h"

namespace streamhouse::chaos {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr int kWorkers = 4;

struct Faults {
  int kills = 0;
  int stops = 0;
  int refused_while_fenced = 0;  // attempts to write under a lease that was gone
  int accepted_while_fenced = 0;
  int producer_kills = 0;
};

class Round {
 public:
  Round(std::string folder, std::uint64_t seed) : folder_(std::move(folder)), random_(seed) { StartAgent(); }

  int Run(seconds length) {
    {
      std::vector<std::jthread> workers;
      for (int i = 0; i < kWorkers; ++i) {
        workers.emplace_back([this, i](const std::stop_token& stop) {
          Produce(address_, "producer-" + std::to_string(i), stop, ledger_);
        });
        workers.emplace_back([this](const std::stop_token& stop) { Consume(address_, stop, ledger_); });
      }
      for (const auto end = steady_clock::now() + length; steady_clock::now() < end;) HarmSomething();
      // Producers first, so that the consumers see the end of what they sent.
      for (std::jthread& worker : workers) worker.request_stop();
    }
    return Judge();
  }

 private:
  void StartAgent() {
    agent_ = std::make_unique<ChildProcess>(std::vector<std::string>{"serve", folder_, std::to_string(port_)});
    const std::optional<std::string> ready = agent_->ReadLine();
    metrics::Check(ready && ready->starts_with("ready "), "the agent did not start");
    port_ = std::stoi(ready->substr(ready->find(' ') + 1));
    address_ = "127.0.0.1:" + std::to_string(port_);
  }

  void HarmSomething() {
    PassTime(milliseconds(std::uniform_int_distribution<int>(200, 1'500)(random_)));
    switch (std::uniform_int_distribution<int>(0, 3)(random_)) {
      case 0:
        StopAgentPastItsLease();
        break;
      case 1:
        KillAProducer();
        break;
      default:
        KillAgent();
    }
  }

  // While the others work.
  void PassTime(milliseconds time) const {
    const auto end = steady_clock::now() + time;
    std::this_thread::sleep_until(end);
  }

  void KillAgent() {
    ++faults_.kills;
    agent_->Kill();
    StartAgent();
  }

  // Another holder takes the leases of an agent that stands still; when it wakes up, it must not write.
  void StopAgentPastItsLease() {
    ++faults_.stops;
    std::unique_ptr<agent::SqliteMetadataStore> store;
    // The agent is busy with it.
    metrics::Check(Eventually([&] {
                     auto opened = agent::SqliteMetadataStore::Open(folder_ + "/metadata.db");
                     if (opened.ok()) store = *std::move(opened);
                     return store != nullptr;
                   }),
                   "the metadata store cannot be opened");
    agent_->Signal(SIGSTOP);
    std::vector<agent::TopicPartition> all;
    for (std::uint32_t i = 0; i < kPartitions; ++i) all.push_back({kTopic, i});
    std::vector<agent::LeaseRow> rows;
    // An agent that was stopped in the middle of a transaction holds the store's lock: then nobody takes anything.
    const auto give_up = steady_clock::now() + seconds(4);
    const bool is_taken = Eventually([&] {
      auto acquired = store->AcquireLeases(all, "thief", milliseconds(2'000));
      if (acquired.ok()) rows = *std::move(acquired);
      return IsThiefs(rows) || steady_clock::now() > give_up;
    });
    agent_->Signal(SIGCONT);
    if (!is_taken || !IsThiefs(rows)) return;
    ProbeWhileFenced();
    for (std::size_t i = 0; i < all.size(); ++i) {
      static_cast<void>(store->ReleaseLease(all[i], "thief", rows[i].epoch));
    }
  }

  static bool IsThiefs(const std::vector<agent::LeaseRow>& rows) {
    return !rows.empty() &&
           std::all_of(rows.begin(), rows.end(), [](const auto& row) { return row.holder == "thief"; });
  }

  void ProbeWhileFenced() {
    const auto broker = client::MakeAgentBroker({.address = address_}).value();
    for (std::uint32_t i = 0; i < kPartitions; ++i) {
      client::RecordBatch batch;
      batch.Append({.value = Ledger::Value("probe", probes_++), .timestamp_ms = 0});
      const auto written = broker->Produce({kTopic, i}, batch, client::CallLimits::Within(milliseconds(500)));
      ++(written.ok() ? faults_.accepted_while_fenced : faults_.refused_while_fenced);
    }
  }

  void KillAProducer() {
    const std::string name = "victim-" + std::to_string(faults_.producer_kills++);
    ChildProcess victim({"produce", address_, name});
    const auto note = [this](const std::string& line) {
      std::istringstream words(line);
      std::uint32_t partition = 0;
      std::uint64_t offset = 0;
      std::string value;
      if (words >> partition >> offset >> value) ledger_.NoteAcknowledged(partition, offset, value);
    };
    constexpr int kLines = 500;
    for (int i = 0; i < kLines; ++i) {
      const auto line = victim.ReadLine();
      if (!line) break;
      note(*line);
    }
    victim.Kill();
    while (const auto line = victim.ReadLine()) note(*line);
  }

  int Judge() {
    const auto broker = client::MakeAgentBroker({.address = address_}).value();
    std::map<std::uint32_t, std::vector<std::string>> log;
    std::map<std::uint32_t, std::uint64_t> committed;
    for (std::uint32_t i = 0; i < kPartitions; ++i) {
      log[i] = ReadPartition(*broker, i);
      const auto next = broker->Committed(kGroup, {kTopic, i}, client::CallLimits::Within(seconds(30)));
      metrics::Check(next.ok(), "committed offsets cannot be read: " + next.status().message());
      committed[i] = next.value().value_or(0);
    }
    std::vector<std::string> problems = ledger_.Check(log, committed);
    if (faults_.accepted_while_fenced > 0) problems.emplace_back("records were accepted without a lease");
    Report(log, problems);
    return problems.empty() ? 0 : 1;
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

  void Report(const std::map<std::uint32_t, std::vector<std::string>>& log,
              const std::vector<std::string>& problems) const {
    Counts counts = ledger_.counts();
    for (const auto& [partition, values] : log) counts.in_log += values.size();
    std::printf("faults: agent killed %d times, stopped past its lease %d times, producers killed %d times\n",
                faults_.kills, faults_.stops, faults_.producer_kills);
    std::printf("writes without a lease: %d refused, %d accepted\n", faults_.refused_while_fenced,
                faults_.accepted_while_fenced);
    std::printf("records: %zu acknowledged, %zu failed, %zu in the log, %zu consumed, %zu of them again\n",
                counts.acknowledged, counts.failed, counts.in_log, counts.consumed, counts.consumed_again);
    for (const std::string& problem : problems) std::printf("BROKEN: %s\n", problem.c_str());
    std::printf("%zu promises broken\n", problems.size());
  }

  const std::string folder_;
  std::mt19937_64 random_;
  int port_ = 0;
  std::string address_;
  std::unique_ptr<ChildProcess> agent_;
  Ledger ledger_;
  Faults faults_;
  std::uint64_t probes_ = 0;
};

int RunRound(seconds length, std::uint64_t seed) {
  const char* const parent = std::getenv("TEST_TMPDIR");
  std::string folder = (parent == nullptr ? std::filesystem::temp_directory_path().string() : parent) + "/chaos_XXXXXX";
  metrics::Check(::mkdtemp(folder.data()) != nullptr, "no temporary folder");
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
  const int code = Round(folder, seed).Run(length);
  std::filesystem::remove_all(folder);
  return code;
}

int Main(const std::vector<std::string>& words) {
  if (words.size() == 3 && words[0] == "serve") {
    return ServeForEver(words[1], static_cast<std::uint16_t>(std::stoi(words[2])));
  }
  if (words.size() == 3 && words[0] == "produce") return ProduceForEver(words[1], words[2]);
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
