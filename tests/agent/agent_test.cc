#include "agent/agent.h"

#include <grpcpp/create_channel.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/metadata/in_memory_metadata_store.h"
#include "agent/metadata/sqlite_database.h"
#include "agent/metadata/sqlite_metadata_store.h"
#include "agent/testing/faulty_file_system.h"
#include "tests/agent/support/raw_file.h"
#include "tests/agent/support/running_agent.h"
#include "tests/agent/support/temporary_folder.h"
#include "tests/support/eventually.h"
#include "tests/support/few_threads.h"
#include "tests/support/held_port.h"

namespace streamhouse::agent {
namespace {

using std::chrono::milliseconds;
using Events = std::vector<std::string>;

// Notes each call, and the agent's health at that moment.
class NotingExporter final : public metrics::Exporter {
 public:
  NotingExporter(std::string name, Events& events, Status outcome = {}, std::function<std::string()> note = {})
      : name_(std::move(name)), events_(events), outcome_(std::move(outcome)), note_(std::move(note)) {}

  std::string_view Name() const override { return name_; }
  Status Start() override {
    Note("start");
    return outcome_;
  }
  void Stop() override { Note("stop"); }

 private:
  void Note(const std::string& what) { events_.push_back(name_ + " " + what + (note_ ? ": " + note_() : "")); }

  const std::string name_;
  Events& events_;
  const Status outcome_;
  const std::function<std::string()> note_;
};

// A file system that takes nothing more, and says that so many bytes are free.
class UsedUp final : public FaultyFileSystem {
 public:
  explicit UsedUp(std::uint64_t free_bytes) : FaultyFileSystem(PosixFileSystem()), free_bytes_(free_bytes) {}
  Status Admit(DiskOperation /*operation*/, const std::string& path) override {
    if (!path.ends_with("/reserve.probe")) return Status::Ok();
    return {StatusCode::kResourceExhausted, path + ": the disk was made to be used up"};
  }
  Result<std::uint64_t> FreeBytes(const std::string& /*folder*/) override { return free_bytes_; }

 private:
  const std::uint64_t free_bytes_;
};

// Holds the metadata as another program does.
class MetadataLock {
 public:
  explicit MetadataLock(const std::string& path) : database_(*SqliteDatabase::Open(path, milliseconds(0), {})) {
    EXPECT_TRUE(database_->Execute("BEGIN IMMEDIATE").ok());
  }

 private:
  std::unique_ptr<SqliteDatabase> database_;
};

bool CanConnect(std::uint16_t port, std::chrono::nanoseconds patience) {
  const auto channel = grpc::CreateChannel("127.0.0.1:" + std::to_string(port), grpc::InsecureChannelCredentials());
  return channel->WaitForConnected(std::chrono::system_clock::now() + patience);
}

class AgentTest : public testing::Test {
 protected:
  void AddExporter(const std::string& name, Status outcome = {}) {
    parts_.exporters.push_back(std::make_unique<NotingExporter>(name, events_, std::move(outcome)));
  }
  // One that notes the reason for not being ready, empty when ready.
  void AddExporterThatAsksForHealth() {
    parts_.exporters.push_back(std::make_unique<NotingExporter>("exporter", events_, Status::Ok(),
                                                                [this] { return health_.Evaluate().Reason(); }));
  }
  Status Start() {
    agent_ = *Agent::Make(config_, std::move(parts_));
    return agent_->Start();
  }
  // For group "g" and partition 0 of "orders".
  static grpc::Status Commit(RunningAgent& agent, std::uint64_t offset) {
    v1::CommitRequest request;
    request.set_group("g");
    request.set_topic("orders");
    request.set_offset(offset);
    grpc::ClientContext context;
    v1::CommitResponse response;
    return agent.consumer().Commit(&context, request, &response);
  }
  static std::uint64_t CommittedIn(RunningAgent& agent) {
    v1::CommittedRequest request;
    request.set_group("g");
    request.set_topic("orders");
    grpc::ClientContext context;
    v1::CommittedResponse response;
    EXPECT_TRUE(agent.consumer().Committed(&context, request, &response).ok());
    return response.offset();
  }
  Status StartAnother(AgentConfig config) { return (*Agent::Make(std::move(config)))->Start(); }
  std::string Reason() const { return health_.Evaluate().Reason(); }

  TemporaryFolder folder_;
  Events events_;
  metrics::Health health_;
  AgentConfig config_ = RunningAgent::DefaultConfig(folder_.path());
  AgentParts parts_ = {.health = &health_};
  std::unique_ptr<Agent> agent_;
};

TEST_F(AgentTest, StartsExportersInOrderAndStopsThemInReverse) {
  AddExporter("a");
  AddExporter("b");
  ASSERT_TRUE(Start().ok());
  EXPECT_TRUE(agent_->Stop().ok());
  EXPECT_EQ(events_, (Events{"a start", "b start", "b stop", "a stop"}));
}

// Invariant 1.
TEST_F(AgentTest, NamesTheExporterThatDoesNotStartAndLeavesNothingRunning) {
  AddExporter("a");
  AddExporter("prometheus://127.0.0.1:1", Status(StatusCode::kUnavailable, "the port is taken"));
  AddExporter("c");
  const Status started = Start();
  const Status refused(StatusCode::kUnavailable, "prometheus://127.0.0.1:1: the port is taken");
  EXPECT_EQ(started, refused.WithField("exporters[1]"));
  EXPECT_EQ(events_, (Events{"a start", "prometheus://127.0.0.1:1 start", "a stop"}));
  EXPECT_TRUE(StartAnother(RunningAgent::DefaultConfig(folder_.path())).ok());
}

TEST_F(AgentTest, NamesThePortThatIsTakenAndStopsItsExporters) {
  RunningAgent other;
  AgentConfig config = RunningAgent::DefaultConfig(folder_.path());
  config.grpc_port = static_cast<std::uint16_t>(other.agent().grpc_port());
  config_ = config;
  AddExporter("a");
  const Status started = Start();
  EXPECT_EQ(started.code(), StatusCode::kUnavailable);
  EXPECT_NE(started.message().find("127.0.0.1:" + std::to_string(config.grpc_port)), std::string::npos)
      << started.message();
  EXPECT_EQ(events_, (Events{"a start", "a stop"}));
}

// Goal: each start of a thread that fails is an error. Method: fewer threads than an agent starts
// before gRPC does.
TEST_F(AgentTest, SaysThatThereIsNoThreadLeftAndLeavesNothingRunning) {
  const AgentConfig config = RunningAgent::DefaultConfig(folder_.path());
  for (int threads = 0; threads < 6; ++threads) {
    const FewThreads few(threads);
    EXPECT_EQ(StartAnother(config).code(), StatusCode::kUnavailable) << threads;
  }
  EXPECT_TRUE(StartAnother(config).ok());
}

TEST_F(AgentTest, NamesTheFolderThatItCannotUse) {
  const std::string path = folder_ / "a-file";
  WriteRawFile(path, "not a folder");
  const Status started = StartAnother(RunningAgent::DefaultConfig(path));
  EXPECT_FALSE(started.ok());
  EXPECT_NE(started.message().find(path), std::string::npos) << started.message();
}

TEST_F(AgentTest, KeepsItsReserveWhereAnotherProgramHasLockedTheMetadata) {
  ASSERT_TRUE(StartAnother(RunningAgent::DefaultConfig(folder_.path())).ok());
  const MetadataLock lock(folder_ / "metadata.db");
  const Status started = StartAnother(RunningAgent::DefaultConfig(folder_.path()));
  EXPECT_NE(started.message().find("database is locked"), std::string::npos) << started.message();
  EXPECT_TRUE(std::filesystem::exists(folder_ / "reserve"));
}

TEST_F(AgentTest, KeepsAReserveOfTheSizeThatItIsTold) {
  config_.reserve_bytes = 4096;
  ASSERT_TRUE(Start().ok());
  EXPECT_EQ(std::filesystem::file_size(folder_ / "reserve"), 4096U);
}

// Goal: a quota, which the free bytes of the disk do not show, and for which SQLite has no code of
// its own. Method: the metadata cannot be opened, SQLite does not tell why, and no room can be
// taken.
TEST_F(AgentTest, GivesItsReserveUpWhereAQuotaIsUsedUp) {
  ASSERT_TRUE(StartAnother(config_).ok());
  UsedUp files(/*free_bytes=*/std::uint64_t{1} << 40);
  parts_.files = &files;
  const MetadataLock lock(folder_ / "metadata.db");
  EXPECT_NE(Start().message().find("database is locked"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "reserve"));
}

TEST_F(AgentTest, KeepsItsReserveWhereAStoreElsewhereFindsNoRoom) {
  const TemporaryFolder elsewhere;
  config_.metadata = "sqlite://" + (elsewhere / "m.db");
  ASSERT_TRUE(StartAnother(config_).ok());
  UsedUp files(/*free_bytes=*/0);
  parts_.files = &files;
  const MetadataLock lock(elsewhere / "m.db");
  EXPECT_NE(Start().message().find("database is locked"), std::string::npos);
  EXPECT_TRUE(std::filesystem::exists(folder_ / "reserve"));
}

TEST_F(AgentTest, SharesItsFolderWithNoOtherAgent) {
  ASSERT_TRUE(Start().ok());
  const Status second = StartAnother(RunningAgent::DefaultConfig(folder_.path()));
  EXPECT_EQ(second,
            Status(StatusCode::kFailedPrecondition, "data folder " + folder_.path() + " is in use by another agent")
                .WithField("data_folder"));
  EXPECT_TRUE(agent_->Stop().ok());
  EXPECT_TRUE(StartAnother(RunningAgent::DefaultConfig(folder_.path())).ok());
}

TEST_F(AgentTest, RefusesAConfigurationWithoutADataFolder) {
  EXPECT_EQ(Agent::Make(AgentConfig()).status().code(), StatusCode::kInvalidArgument);
}

TEST_F(AgentTest, IsStartedOnce) {
  ASSERT_TRUE(Start().ok());
  EXPECT_EQ(agent_->Start().code(), StatusCode::kFailedPrecondition);
  EXPECT_TRUE(agent_->Stop().ok());
  EXPECT_EQ(agent_->Start().code(), StatusCode::kFailedPrecondition);
}

TEST_F(AgentTest, MayBeStoppedTwiceAndWithoutAStart) {
  AddExporter("a");
  agent_ = *Agent::Make(config_, std::move(parts_));
  EXPECT_TRUE(agent_->Stop().ok());
  EXPECT_TRUE(agent_->Stop().ok());
  EXPECT_EQ(events_, Events());
  EXPECT_EQ(agent_->grpc_port(), 0);
}

TEST_F(AgentTest, KeepsWhatItHasAcknowledgedOverARestart) {
  RunningAgent agent;
  ASSERT_EQ(agent.Produce({"a", "b"}), grpc::StatusCode::OK);
  agent.Restart();
  ASSERT_EQ(agent.Produce({"c"}), grpc::StatusCode::OK);
  v1::FetchResponse fetched;
  ASSERT_TRUE(agent.Fetch(RunningAgent::FetchFrom(0, 0), &fetched).ok());
  ASSERT_EQ(fetched.high_watermark(), 3U);
  EXPECT_EQ(fetched.records(0).value(), "a");
}

TEST_F(AgentTest, StartsAgainWithATopicThatHasGrownSince) {
  RunningAgent agent;
  v1::AddPartitionsRequest request;
  request.set_topic("orders");
  request.set_partitions(6);
  v1::AddPartitionsResponse response;
  grpc::ClientContext context;
  ASSERT_TRUE(agent.topics().AddPartitions(&context, request, &response).ok());
  agent.Restart();
  v1::ProduceResponse produced;
  EXPECT_TRUE(agent.Produce(RunningAgent::Batch("orders", 5, {"a"}), &produced).ok());
}

TEST_F(AgentTest, IsReadyAsSoonAsItHasStarted) {
  ASSERT_TRUE(Start().ok());
  EXPECT_TRUE(health_.Evaluate().ready()) << Reason();
}

TEST_F(AgentTest, IsNotReadyBeforeItsFirstLeaseNorAfterItsRelease) {
  AddExporterThatAsksForHealth();
  ASSERT_TRUE(Start().ok());
  EXPECT_TRUE(agent_->Stop().ok());
  EXPECT_EQ(events_, (Events{"exporter start: lease: no lease, because there is no topic yet",
                             "exporter stop: lease: no unexpired lease (partitions: 2)"}));
}

TEST_F(AgentTest, IsNotReadyWithoutATopicUntilOneIsCreated) {
  AgentConfig config = RunningAgent::DefaultConfig({});
  config.topics = {};
  RunningAgent agent(config);
  EXPECT_EQ(agent.health().Evaluate().Reason(), "lease: no lease, because there is no topic yet");
  v1::CreateTopicRequest request;
  request.set_topic("orders");
  request.set_partitions(1);
  grpc::ClientContext context;
  v1::CreateTopicResponse response;
  ASSERT_TRUE(agent.topics().CreateTopic(&context, request, &response).ok());
  EXPECT_TRUE(agent.health().Evaluate().ready());
}

TEST_F(AgentTest, LeavesHealthAloneOnceItHasStopped) {
  ASSERT_TRUE(Start().ok());
  EXPECT_TRUE(agent_->Stop().ok());
  EXPECT_TRUE(health_.Evaluate().checks.empty());
}

// Goal: ready means an unexpired lease, not one that was granted once. Method: hold the store's
// write lock for longer than a lease lasts, then let go of it.
TEST_F(AgentTest, IsNotReadyWhileItsLeasesHaveExpired) {
  AgentConfig config = RunningAgent::DefaultConfig({});
  config.lease = {.duration = milliseconds(400),
                  .renew_interval = milliseconds(100),
                  .safety_margin = milliseconds(100),
                  .retry_interval = milliseconds(20)};
  RunningAgent agent(config);
  auto database = SqliteDatabase::Open(agent.folder() + "/metadata.db", milliseconds(5'000), {});
  ASSERT_TRUE((*database)->ExecuteWhenFree("BEGIN IMMEDIATE").ok());
  EXPECT_TRUE(Eventually([&] { return agent.health().Evaluate().Reason().find("lease: no unexpired lease") == 0; }));
  EXPECT_EQ(agent.Produce({"a"}), grpc::StatusCode::FAILED_PRECONDITION);
  ASSERT_TRUE((*database)->Execute("ROLLBACK").ok());
  EXPECT_TRUE(Eventually([&] { return agent.health().Evaluate().ready(); }));
  // On a machine that stands still, so short a lease may expire again.
  EXPECT_TRUE(Eventually([&] { return agent.Produce({"a"}) == grpc::StatusCode::OK; }));
}

// Goal: no client is told that a topic does not exist because it has not been opened yet. Method: a
// disk that is slow while the agent starts, on a port that is known.
TEST_F(AgentTest, ListensOnlyWhenItServesItsTopics) {
  const HeldPort port;
  config_.grpc_port = port.number();
  // A new log is opened without a sync.
  ASSERT_TRUE(Start().ok());
  agent_.reset();
  FaultyFileSystem files(PosixFileSystem());
  files.Switch(DiskState::kSlow, "orders/1");
  parts_.files = &files;
  auto started = std::async(std::launch::async, [this] { return Start(); });
  EXPECT_TRUE(Eventually([&] { return files.delayed() > 0; }));
  EXPECT_FALSE(CanConnect(port.number(), milliseconds(200)));
  EXPECT_FALSE(health_.Evaluate().ready());
  files.Switch(DiskState::kWell);
  ASSERT_TRUE(started.get().ok());
  EXPECT_TRUE(CanConnect(port.number(), kPatience));
  agent_.reset();
}

TEST_F(AgentTest, ShowsItsLeasesWhileItHoldsThem) {
  RunningAgent agent;
  EXPECT_EQ(agent.Value("active_partitions"), 2);
  EXPECT_GE(agent.Value("lease_renewals_total"), 2);
  agent.Stop();
  EXPECT_EQ(agent.Value("active_partitions"), 0);
}

// Goal: Stop() reports that records may not be on the disk. Method: the disk breaks before the last
// sync.
TEST_F(AgentTest, SaysWhenItStopsThatALogCannotBeSynced) {
  FaultyFileSystem files(PosixFileSystem());
  AgentConfig config = RunningAgent::DefaultConfig({});
  config.sync_policy = SyncPolicy::kNone;
  RunningAgent agent(config, files);
  v1::ProduceResponse response;
  ASSERT_TRUE(agent.Produce(RunningAgent::Batch("orders", 1, {"a"}), &response).ok());
  files.Switch(DiskState::kBroken, "orders/1/");
  const Status stopped = agent.agent().Stop();
  EXPECT_FALSE(stopped.ok());
  EXPECT_NE(stopped.message().find("orders/1/00000000000000000000.log"), std::string::npos) << stopped.message();
  EXPECT_TRUE(agent.agent().Stop().ok());
}

// The other partitions are served when one cannot be opened, also where the configuration names the
// topic.
TEST_F(AgentTest, IsNotReadyWhileAPartitionIsDamagedAndServesTheOthers) {
  RunningAgent agent;
  for (int i = 0; i < 2; ++i) ASSERT_EQ(agent.Produce({"a"}), grpc::StatusCode::OK);
  const std::string segment = agent.folder() + "/log/orders/0/00000000000000000000.log";
  agent.Stop();
  FlipBit(segment, 41);
  agent.Start();
  const std::string reason = agent.health().Evaluate().Reason();
  EXPECT_NE(reason.find("log: orders/0 is not served: " + segment + " at byte 0: "), std::string::npos) << reason;
  v1::ProduceResponse response;
  EXPECT_EQ(agent.Produce(RunningAgent::Batch("orders", 0, {"a"}), &response).error_code(),
            grpc::StatusCode::UNAVAILABLE);
  EXPECT_TRUE(agent.Produce(RunningAgent::Batch("orders", 1, {"a"}), &response).ok());
}

TEST_F(AgentTest, ServesFromAMetadataStoreThatItIsGiven) {
  auto store = std::make_unique<InMemoryMetadataStore>();
  const auto view = store->OpenAgain();
  parts_.store = std::move(store);
  ASSERT_TRUE(Start().ok());
  const TopicPartition partition = {.topic = view->ListTopics()->at(0).name, .partition = 0};
  EXPECT_EQ(view->FindLease(partition).value()->holder, "agent");
  EXPECT_EQ(Reason(), "");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "metadata.db"));
}

// Goal: the ends of one agent's logs say nothing about the groups of another. Method: an agent with
// an empty folder.
TEST_F(AgentTest, DoesNotStartBesideAnotherOnOneStoreAndLeavesItsOffsets) {
  RunningAgent other;
  ASSERT_EQ(other.Produce({"a", "b", "c"}), grpc::StatusCode::OK);
  ASSERT_TRUE(Commit(other, 2).ok());
  AgentConfig config = RunningAgent::DefaultConfig(folder_.path());
  config.agent_id = "other";
  config.metadata = "sqlite://" + other.folder() + "/metadata.db";
  EXPECT_EQ(StartAnother(config),
            Status(StatusCode::kFailedPrecondition, "another agent uses " + other.folder() + "/metadata.db")
                .WithField("metadata"));
  EXPECT_EQ(CommittedIn(other), 2U);
}

// Goal: the metadata of a folder that backup copies are those in use. Method: the store is moved,
// the old one stays.
TEST_F(AgentTest, DoesNotStartBesideMetadataThatItWouldNotUse) {
  ASSERT_TRUE(StartAnother(config_).ok());
  const std::string unused = folder_ / "metadata.db";
  AgentConfig moved = config_;
  for (const std::string& line : {"sqlite://" + (folder_ / "moved.db"), std::string("memory:")}) {
    moved.metadata = line;
    const Status refused = StartAnother(moved);
    EXPECT_EQ(refused.code(), StatusCode::kFailedPrecondition);
    EXPECT_EQ(refused.message().find("metadata store \"" + line + "\" leaves " + unused + " unused"), 0U)
        << refused.message();
  }
  std::filesystem::rename(unused, folder_ / "moved.db");
  moved.metadata = "sqlite://" + (folder_ / "moved.db");
  EXPECT_TRUE(StartAnother(moved).ok());
}

TEST_F(AgentTest, StartsWhereItIsToldTheMetadataOfItsFolderByAnotherName) {
  ASSERT_TRUE(StartAnother(config_).ok());
  std::filesystem::create_directory_symlink(folder_.path(), folder_ / "link");
  config_.metadata = "sqlite://" + (folder_ / "link/metadata.db");
  EXPECT_TRUE(StartAnother(config_).ok());
}

TEST_F(AgentTest, GivesItsLeasesBackWhenItStops) {
  ASSERT_TRUE(Start().ok());
  EXPECT_TRUE(agent_->Stop().ok());
  AgentConfig config = RunningAgent::DefaultConfig(folder_.path());
  config.agent_id = "another";
  metrics::Health health;
  auto another = *Agent::Make(config, {.health = &health});
  ASSERT_TRUE(another->Start().ok());
  EXPECT_TRUE(health.Evaluate().ready());
}

}  // namespace
}  // namespace streamhouse::agent
