#include "agent/agent.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <system_error>

#include "agent/base/operator_log.h"
#include "agent/metadata/make_metadata_store.h"
#include "metrics_core/dcheck.h"

namespace streamhouse::agent {

using fmt::literals::operator""_a;

namespace {

// How soon a disk that was full is used again.
constexpr std::chrono::seconds kReserveRefillInterval{1};

// Time until the lag is refreshed again after the store was out of reach.
constexpr std::chrono::milliseconds kLagRetryInterval{1'000};

// SQLite does not always tell a full disk or a quota from a disk that fails, or from a database
// that another program has locked.
bool MayLackRoom(const Status& failure, DiskReserve& reserve) {
  if (failure.code() == StatusCode::kResourceExhausted) return true;
  return failure.code() == StatusCode::kUnavailable && reserve.LacksRoom();
}

// Whether another configuration would help.
bool IsRefusal(StatusCode code) {
  return code == StatusCode::kInvalidArgument || code == StatusCode::kAlreadyExists ||
         code == StatusCode::kFailedPrecondition;
}

// An error of the RPC server with the field of AgentConfig that its own option comes from.
Status WithConfigField(const Status& failure) {
  const bool is_address = failure.field() == "port" || failure.field().starts_with("unix_socket");
  return is_address ? failure.WithField("grpc_" + failure.field()) : failure;
}

// One file or folder, which may have two names.
bool AreSame(const std::filesystem::path& a, const std::filesystem::path& b) {
  std::error_code error;
  return std::filesystem::equivalent(a, b, error);
}

// Backup copies the metadata of the data folder, so the agent must use these.
Status CheckUsed(const std::string& metadata_path, const std::string& line) {
  const Status there = PosixFileSystem().FileSize(metadata_path).status();
  if (there.code() == StatusCode::kNotFound) return Status::Ok();
  if (!there.ok() || AreSame(SqlitePath(line), metadata_path)) return there;
  return {StatusCode::kFailedPrecondition, "metadata store \"" + ShownSpec(line) + "\" leaves " + metadata_path +
                                               " unused, and a backup would copy it: move metadata.db* away"};
}

}  // namespace

Result<std::unique_ptr<Agent>> Agent::Make(AgentConfig config, AgentParts parts) {
  if (Status valid = config.Validate(); !valid.ok()) return valid;
  return std::unique_ptr<Agent>(new Agent(std::move(config), std::move(parts)));
}

Agent::Agent(AgentConfig config, AgentParts parts)
    : config_(std::move(config)),
      metrics_(std::move(parts.metrics)),
      health_(parts.health),
      exporters_(std::move(parts.exporters)),
      files_(*parts.files),
      store_(std::move(parts.store)) {}

Agent::~Agent() {
  // Stop() has logged its failure.
  static_cast<void>(Stop());
}

Status Agent::Start() {
  if (was_started_) return {StatusCode::kFailedPrecondition, "an agent is started once"};
  was_started_ = true;
  Status started = StartParts();
  if (!started.ok()) {
    // The error of the start is the one to tell.
    static_cast<void>(Stop());
    return started;
  }
  if (config_.grpc_unix_socket) {
    OperatorLog().info("agent {agent} serves gRPC on {address} from {data}", "agent"_a = config_.agent_id,
                       "address"_a = config_.grpc_unix_socket->ToString(), "data"_a = config_.data_folder);
  } else {
    OperatorLog().info("agent {agent} serves gRPC on {host}:{port} from {data}", "agent"_a = config_.agent_id,
                       "host"_a = config_.grpc_host, "port"_a = grpc_port(), "data"_a = config_.data_folder);
  }
  WarnIfOpen();
  return started;
}

void Agent::WarnIfOpen() const {
  if (config_.grpc_unix_socket) return WarnIfOpen(*config_.grpc_unix_socket);
  const std::string& host = config_.grpc_host;
  const bool is_local = host == "localhost" || host == "::1" || host == "[::1]" || host.starts_with("127.");
  if (is_local || !config_.tls.empty()) return;
  OperatorLog().warn(
      "gRPC on {host} is open to other machines without TLS: any client that reaches it can read and write all topics",
      "host"_a = host);
}

void Agent::WarnIfOpen(const metrics::UnixSocket& socket) const {
  constexpr std::uint32_t kOthersMayWrite = 0002;
  const bool is_open = socket.is_abstract() || (socket.mode & kOthersMayWrite) != 0;
  if (!is_open || !config_.tls.client_ca.empty()) return;
  OperatorLog().warn("gRPC on {address} is open to every user of this machine, who can read and write all topics",
                     "address"_a = socket.ToString());
}

Status Agent::StartParts() {
  if (Status opened = OpenStorage(); !opened.ok()) return opened;
  // Before the first lease: the check then answers that there is none yet.
  if (health_ != nullptr) {
    lease_check_ = health_->Add("lease", [leases = leases_.get()] { return leases->Readiness(); });
    disk_check_ = health_->Add("disk", [reserve = reserve_.get()] { return reserve->Health(); });
    log_check_ = health_->Add("log", [topics = topics_.get()] { return topics->LogHealth(); });
  }
  if (Status started = StartExporters(); !started.ok()) return started;
  if (Status started = StartTopics(); !started.ok()) return started;
  if (Status awaited = members_->AwaitMembers(); !awaited.ok()) return awaited;
  if (Status started = StartLag(); !started.ok()) return started;
  auto rpc = RpcServer::Start(
      {.address = config_.grpc_address(), .request_bytes_max = config_.request_bytes_max, .tls = config_.tls},
      {.topics = *topics_,
       .offsets = *offsets_,
       .members = *members_,
       .groups = *groups_,
       .times = group_times_,
       .metrics = metrics_.rpc,
       .health = health_,
       .refresh_lag = [this] {
         if (lag_refresher_ != nullptr) lag_refresher_->RunSoon();
       }});
  if (!rpc.ok()) return WithConfigField(rpc.status());
  rpc_ = *std::move(rpc);
  // Invariant 2.
  metrics::DCheck([this] { return IsWhole(); }, "an agent that serves has all its parts");
  return Status::Ok();
}

bool Agent::IsWhole() const {
  const bool has_storage = folder_ != nullptr && reserve_ != nullptr && store_ != nullptr && leases_ != nullptr;
  const bool has_topics = topics_ != nullptr && retention_ != nullptr && reserve_refill_ != nullptr;
  const bool has_groups = offsets_ != nullptr && members_ != nullptr && groups_ != nullptr;
  const bool has_lag = config_.lag_interval.count() != 0;
  const bool has_syncer = config_.sync_policy == SyncPolicy::kInterval;
  return has_storage && has_topics && has_groups && (lag_ != nullptr) == has_lag &&
         (lag_refresher_ != nullptr) == has_lag && (log_syncer_ != nullptr) == has_syncer;
}

// A store elsewhere may be on another disk, to which the reserve gives no room.
bool Agent::HasStoreInFolder() const {
  if (config_.metadata.empty()) return true;
  return AreSame(std::filesystem::path(SqlitePath(config_.metadata)).parent_path(), config_.data_folder);
}

Result<std::unique_ptr<MetadataStore>> Agent::OpenStore() const {
  const MetadataStoreOptions options = {.make_room = [this](const Status& failure) {
    return HasStoreInFolder() && MayLackRoom(failure, *reserve_) && reserve_->GiveUp();
  }};
  if (config_.metadata.empty()) {
    auto made = MakeSqliteStore(folder_->metadata_path(), options);
    const bool needs_another = made.status().field() == kMetadataPathField;
    return needs_another ? made.status().WithField("metadata") : std::move(made);
  }
  if (Status used = CheckUsed(folder_->metadata_path(), config_.metadata); !used.ok())
    return used.WithField("metadata");
  auto made = MakeMetadataStore(config_.metadata, options);
  return made.ok() ? std::move(made) : made.status().WithField("metadata");
}

Status Agent::OpenStorage() {
  auto folder = DataFolder::Open(files_, config_.data_folder);
  if (!folder.ok()) return folder.status().WithField("data_folder");
  folder_ = std::make_unique<DataFolder>(*std::move(folder));
  reserve_ = std::make_unique<DiskReserve>(files_, config_.data_folder, config_.reserve_bytes);
  reserve_->Refill();
  if (store_ == nullptr) {
    auto store = OpenStore();
    if (!store.ok()) return store.status();
    store_ = *std::move(store);
  }
  leases_ = std::make_unique<LeaseKeeper>(
      *store_, config_.agent_id, config_.lease,
      LeaseMetrics{.renewals = metrics_.lease_renewals, .active_partitions = metrics_.active_partitions},
      [this](const TopicPartition& partition, std::uint64_t fence) { topics_->LoseLease(partition, fence); });
  topics_ = std::make_unique<TopicCatalog>(
      files_, *store_, *leases_,
      TopicCatalog::Options{.log_folder = folder_->log_folder(),
                            .log = {.segment_bytes = config_.segment_bytes, .sync_policy = config_.sync_policy},
                            .record_bytes_max = config_.record_bytes_max,
                            .write_latency = metrics_.write_latency,
                            .record_metrics = metrics_.record_metrics,
                            .reserve = reserve_.get(),
                            .offsets_lowered = metrics_.offsets_lowered});
  offsets_ = std::make_unique<CommittedOffsets>(*store_, *topics_);
  members_ = std::make_unique<GroupCoordinator>(*store_, *topics_);
  groups_ = std::make_unique<ConsumerGroups>(*store_, *topics_, *members_, group_times_);
  return Status::Ok();
}

Status Agent::StartTopics() {
  if (Status loaded = topics_->Load(); !loaded.ok()) return loaded;
  for (std::size_t i = 0; i < config_.topics.size(); ++i) {
    const TopicDescription& topic = config_.topics[i];
    // Load() has opened the topic's logs. The agent starts although one of them cannot be served.
    // Partitions beyond the configured number have been added since.
    if (auto known = topics_->PartitionCount(topic.name); known.ok() && *known >= topic.partitions) continue;
    // /ready names it, and what to do.
    if (topics_->HasStrayLogs(topic.name)) continue;
    if (Status created = topics_->Create(topic); !created.ok()) {
      return IsRefusal(created.code()) ? created.WithField("topics[" + std::to_string(i) + "]") : created;
    }
  }
  // The agent starts without a lease that it cannot get now. The failure is logged and retried.
  static_cast<void>(leases_->RenewNow());
  if (Status started = leases_->Start(); !started.ok()) return started;
  retention_ = std::make_unique<PeriodicTask>([this]() -> std::chrono::nanoseconds {
    topics_->ApplyRetention(SteadyMilliseconds());
    return config_.retention_interval;
  });
  if (Status started = retention_->Start(); !started.ok()) return started;
  reserve_refill_ = std::make_unique<PeriodicTask>([this]() -> std::chrono::nanoseconds {
    if (!reserve_->Health().ok()) reserve_->Refill();
    return kReserveRefillInterval;
  });
  if (Status started = reserve_refill_->Start(); !started.ok()) return started;
  if (config_.sync_policy == SyncPolicy::kInterval) {
    log_syncer_ = std::make_unique<PeriodicTask>([this]() -> std::chrono::nanoseconds {
      // The catalog has logged the failure, and the failed log refuses appends from now on.
      static_cast<void>(topics_->SyncLogs());
      return config_.sync_interval;
    });
    if (Status started = log_syncer_->Start(); !started.ok()) return started;
  }
  return Status::Ok();
}

Status Agent::StartLag() {
  if (config_.lag_interval.count() == 0) return Status::Ok();
  lag_ = std::make_unique<LagRefresh>(*store_, *topics_, *members_, group_times_, metrics_.lag);
  lag_refresher_ = std::make_unique<PeriodicTask>([this]() -> std::chrono::nanoseconds {
    const Status refreshed = lag_->Refresh();
    return refreshed.ok() ? config_.lag_interval : std::min(config_.lag_interval, kLagRetryInterval);
  });
  return lag_refresher_->Start();
}

Status Agent::StartExporters() {
  for (std::size_t i = 0; i < exporters_.size(); ++i) {
    if (Status started = exporters_[i]->Start(); !started.ok()) {
      return started.WithMessage(std::string(exporters_[i]->Name()) + ": " + started.message())
          .Within("exporters[" + std::to_string(i) + "]");
    }
    ++running_exporters_;
  }
  return Status::Ok();
}

void Agent::StopExporters() {
  while (running_exporters_ > 0) exporters_[--running_exporters_]->Stop();
}

Status Agent::Stop() {
  Status closed;
  const bool was_serving = rpc_ != nullptr;
  // First the calls that wait in Fetch, as they would use up the drain time. Then the other running
  // calls, while the logs are open.
  if (topics_ != nullptr) topics_->Drain();
  if (rpc_ != nullptr) rpc_->Shutdown(kDrainTime);
  rpc_.reset();
  lag_refresher_.reset();
  log_syncer_.reset();
  retention_.reset();
  reserve_refill_.reset();
  // The logs are synced before the leases go: the next holder must find every acknowledged record.
  if (topics_ != nullptr) closed = topics_->CloseLogs();
  if (leases_ != nullptr) leases_->Stop();
  // The exporters go last, so that the final state can still be scraped or pushed: no leases, no
  // connections, all records counted.
  StopExporters();
  lease_check_ = {};
  disk_check_ = {};
  log_check_ = {};
  lag_.reset();
  groups_.reset();
  members_.reset();
  offsets_.reset();
  topics_.reset();
  leases_.reset();
  store_.reset();
  reserve_.reset();
  folder_.reset();
  if (was_serving) OperatorLog().info("agent {agent} has stopped", "agent"_a = config_.agent_id);
  return closed;
}

}  // namespace streamhouse::agent
