#include "tests/chaos/faults.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <functional>
#include <future>
#include <sstream>
#include <thread>
#include <utility>

#include "agent/lease/lease.h"
#include "agent/lease/lease_watch.h"
#include "agent/log/file_system.h"
#include "agent/log/partition_log.h"
#include "agent/metadata/sqlite_metadata_store.h"
#include "client/agent_broker/agent_broker.h"
#include "tests/chaos/child_process.h"
#include "tests/chaos/group_reader.h"
#include "tests/chaos/roles.h"
#include "tests/support/eventually.h"

namespace streamhouse::chaos {
namespace {

using metrics::StatusCode;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr char kThief[] = "thief";
constexpr std::uint64_t kProbeRecords = 40;
constexpr std::size_t kProbeKeyBytes = 100;

bool AreTheThiefs(const std::vector<agent::LeaseRow>& rows) {
  return !rows.empty() && std::all_of(rows.begin(), rows.end(), [](const auto& row) { return row.holder == kThief; });
}

// Watches the leases of another holder, and takes leases that have ended.
class Thief {
 public:
  explicit Thief(agent::SqliteMetadataStore& store) : store_(store) {}

  std::vector<agent::LeaseRow> Take() {
    std::vector<agent::LeaseClaim> claims;
    for (std::uint32_t i = 0; i < kPartitions; ++i) {
      claims.push_back({.partition = {kTopic, i}, .ended = watches_[i].Ended(agent::BootTime())});
    }
    auto rows = store_.AcquireLeases(claims, kThief, seconds(2));
    if (!rows.ok()) return {};
    for (std::uint32_t i = 0; i < kPartitions; ++i) watches_[i].Observe(rows->at(i), agent::BootTime());
    return *std::move(rows);
  }

 private:
  agent::SqliteMetadataStore& store_;
  std::array<agent::LeaseWatch, kPartitions> watches_;
};

}  // namespace

void Faults::DoNext() {
  if (deck_.empty()) {
    deck_ = {&Faults::KillAgent,    &Faults::FreezeAgentPastItsLease,
             &Faults::KillProducer, &Faults::KillConsumer,
             &Faults::FillDisk,     &Faults::BreakDisk,
             &Faults::SlowDisk,     &Faults::CutPower};
    std::shuffle(deck_.begin(), deck_.end(), random_);
  }
  const Fault fault = deck_.back();
  deck_.pop_back();
  PassTime(100, 800);
  (this->*fault)();
  if (deck_.empty()) ++rounds_;
}

// While the others work.
void Faults::PassTime(int from_ms, int to_ms) {
  std::this_thread::sleep_until(std::chrono::steady_clock::now() + milliseconds(Random(from_ms, to_ms)));
}

void Faults::RestartAgent() {
  ++counts_.agent_kills;
  agent_.Restart(PickSyncPolicy());
}

void Faults::KillAgent() {
  RestartAgent();
}

// Another holder takes the leases of an agent that stands still; when it wakes up, it must not
// write.
void Faults::FreezeAgentPastItsLease() {
  // An agent that was stopped in the middle of a transaction holds the store's lock: then no lease
  // can be taken.
  constexpr int kAttempts = 5;
  for (int i = 0; i < kAttempts && !FreezeAndTakeOver(); ++i) PassTime(100, 300);
}

bool Faults::FreezeAndTakeOver() {
  ++counts_.freezes;
  std::unique_ptr<agent::SqliteMetadataStore> store;
  // The agent is busy with it.
  const bool is_open = Eventually([&] {
    auto opened = agent::SqliteMetadataStore::Open(agent_.folder() + "/metadata.db");
    if (opened.ok()) store = *std::move(opened);
    return store != nullptr;
  });
  metrics::Check(is_open, "the metadata store cannot be opened");
  const std::shared_ptr<client::Broker> broker = Connect();
  agent_.Freeze();
  Thief thief(*store);
  std::vector<agent::LeaseRow> rows;
  const auto give_up = std::chrono::steady_clock::now() + milliseconds(2'500);
  static_cast<void>(Eventually([&] {
    rows = thief.Take();
    return AreTheThiefs(rows) || std::chrono::steady_clock::now() > give_up;
  }));
  if (!AreTheThiefs(rows)) {
    agent_.Wake();
    return false;
  }
  ++counts_.takeovers;
  WakeAndProbe(*broker);
  for (std::uint32_t i = 0; i < kPartitions; ++i) {
    static_cast<void>(store->ReleaseLease({kTopic, i}, kThief, rows[i].epoch));
  }
  return true;
}

// The batches wait in the agent's socket when it wakes up: it gets to them before it can know that
// its leases are gone.
void Faults::WakeAndProbe(client::Broker& broker) {
  std::vector<std::future<StatusCode>> codes;
  for (std::uint32_t i = 0; i < kPartitions; ++i) {
    codes.push_back(std::async(std::launch::async, &Faults::Probe, this, std::ref(broker), i, TakeProbe(), seconds(1)));
  }
  PassTime(20, 100);
  agent_.Wake();
  for (std::future<StatusCode>& code : codes) {
    ++(code.get() == StatusCode::kOk ? counts_.accepted_without_lease : counts_.refused_without_lease);
  }
}

void Faults::KillProducer() {
  const std::string name = "victim-" + std::to_string(counts_.producer_kills++);
  ChildProcess victim({"produce", agent_.address(), name});
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

void Faults::KillConsumer() {
  ++counts_.consumer_kills;
  GroupReader reader(ledger_);
  ChildProcess victim({"consume", agent_.address()});
  const auto note = [&reader](const std::string& line) {
    std::istringstream words(line);
    std::uint32_t partition = 0;
    std::uint64_t offset = 0;
    std::string value;
    if (line.starts_with("commit ")) {
      if (words >> value >> partition >> offset) reader.NoteCommitted(partition, offset);
    } else if (words >> partition >> offset >> value) {
      reader.Given(partition, offset, value);
    }
  };
  const int lines = Random(1, 3'000);
  for (int i = 0; i < lines; ++i) {
    const auto line = victim.ReadLine();
    if (!line) break;
    note(*line);
  }
  victim.Kill();
  while (const auto line = victim.ReadLine()) note(*line);
}

// The seed chooses the part of the unsynced bytes that the disk keeps. The metadata store syncs
// every transaction.
void Faults::CutPower() {
  // Without any syncs, a log may be left that no agent serves before an operator has looked at it:
  // see SyncPolicy.
  if (agent_.sync_policy() == agent::SyncPolicy::kNone) {
    agent_.Restart(Toss() ? agent::SyncPolicy::kEachBatch : agent::SyncPolicy::kInterval);
    ++counts_.agent_kills;
    PassTime(300, 1'500);
  }
  ++counts_.power_cuts;
  const bool is_synced = agent_.sync_policy() == agent::SyncPolicy::kEachBatch;
  agent_.SwitchDisk(kPowerCuts[static_cast<std::size_t>(Random(0, kPowerCuts.size() - 1))]);
  agent_.Kill();
  WaitUntilNothingIsUnderWay();
  for (std::uint32_t i = 0; i < kPartitions; ++i) {
    ledger_.NoteCut(i, EndOfLog(i), is_synced ? Promise::kIsKept : Promise::kMayBeLost);
  }
  agent_.Start(PickSyncPolicy());
}

// Waits until the ledger has all responses and records that the dead agent has given out.
void Faults::WaitUntilNothingIsUnderWay() {
  ledger_.BeginDrain();
  metrics::Check(Eventually([&] { return ledger_.AreReadersDrained(); }), "readers of a dead agent are given records");
  constexpr int kQuietMs = 300;
  std::size_t before = 0;
  do {
    before = ledger_.CountNotes();
    PassTime(kQuietMs, kQuietMs);
  } while (ledger_.CountNotes() != before);
}

// The end of the log after recovery. A copy of its last segments is recovered, so the agent itself
// recovers the log as well.
std::uint64_t Faults::EndOfLog(std::uint32_t partition) const {
  namespace fs = std::filesystem;
  const fs::path log = fs::path(agent_.folder()) / "log" / kTopic / std::to_string(partition);
  const fs::path copy = agent_.folder() + "-copy";
  fs::remove_all(copy);
  fs::create_directory(copy);
  std::vector<fs::path> segments;
  for (const auto& entry : fs::directory_iterator(log)) {
    if (entry.path().extension() == ".log") segments.push_back(entry.path());
  }
  std::sort(segments.begin(), segments.end());
  constexpr std::size_t kSegments = 2;
  for (std::size_t i = segments.size() - std::min(kSegments, segments.size()); i < segments.size(); ++i) {
    fs::copy(segments[i], copy / segments[i].filename());
  }
  const auto opened = agent::PartitionLog::Open(agent::PosixFileSystem(), copy.string(), {});
  metrics::Check(opened.ok(), "a log cannot be recovered: " + opened.status().message());
  return opened.value()->HighWatermark();
}

void Faults::FillDisk() {
  // It may be that the leases end first: they cannot be renewed on a full disk either.
  constexpr int kAttempts = 5;
  for (int i = 0; i < kAttempts && !FillDiskUntilItRefuses(); ++i) agent_.EmptyDisk();
  PassTime(200, 1'500);
  // Without a restart, which would mend what the agent itself has to.
  agent_.EmptyDisk();
}

bool Faults::FillDiskUntilItRefuses() {
  ++counts_.full_disks;
  const auto partition = static_cast<std::uint32_t>(Random(0, kPartitions - 1));
  const std::shared_ptr<client::Broker> broker = Connect();
  const auto probe = [&] { return Probe(*broker, partition, TakeProbe(), seconds(1)); };
  static_cast<void>(Eventually([&] { return probe() == StatusCode::kOk; }));
  agent_.FillDisk(static_cast<std::uint64_t>(Random(1, static_cast<int>(kSegmentBytes) - 1)));
  StatusCode code = StatusCode::kOk;
  while (code == StatusCode::kOk) code = probe();
  if (code != StatusCode::kUnavailable) return false;
  ++counts_.refused_by_full_disk;
  return true;
}

void Faults::BreakDisk() {
  ++counts_.broken_disks;
  const std::shared_ptr<client::Broker> broker = Connect();
  agent_.SwitchDisk("broken");
  for (std::uint32_t i = 0; i < kPartitions; ++i) {
    const bool is_accepted = Probe(*broker, i, TakeProbe(), milliseconds(500)) == StatusCode::kOk;
    ++(is_accepted ? counts_.accepted_by_broken_disk : counts_.refused_by_broken_disk);
  }
  PassTime(100, 700);
  // After a failed disk the logs take no more batches until the agent is restarted.
  if (Toss()) agent_.SwitchDisk("well");
  RestartAgent();
}

void Faults::SlowDisk() {
  ++counts_.slow_disks;
  agent_.SwitchDisk("slow");
  PassTime(500, 1'500);
  if (Toss()) RestartAgent();
  agent_.SwitchDisk("well");
}

std::shared_ptr<client::Broker> Faults::Connect() const {
  auto broker = client::MakeAgentBroker({.address = agent_.address()}).value();
  // So that there is a connection from now on.
  static_cast<void>(broker->DescribeTopic(kTopic, client::CallLimits::Within(seconds(5))));
  return broker;
}

std::uint64_t Faults::TakeProbe() {
  return std::exchange(probes_, probes_ + kProbeRecords);
}

// A batch with numbers from `first` on, never sent again.
StatusCode Faults::Probe(client::Broker& broker, std::uint32_t partition, std::uint64_t first, milliseconds patience) {
  const std::string key(kProbeKeyBytes, 'k');
  client::RecordBatch batch;
  for (std::uint64_t i = 0; i < kProbeRecords; ++i) {
    batch.Append({.key = key, .value = Ledger::Value("probe", first + i)});
  }
  const auto written = broker.Produce({kTopic, partition}, batch, client::CallLimits::Within(patience));
  if (!written.ok()) return written.status().code();
  for (std::uint64_t i = 0; i < kProbeRecords; ++i) {
    ledger_.NoteAcknowledged(partition, written.value() + i, Ledger::Value("probe", first + i));
  }
  return StatusCode::kOk;
}

}  // namespace streamhouse::chaos
