#include "client/agent_broker/agent_broker.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <grpc/support/time.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>
#include <grpcpp/support/status.h>

#include "client/agent_broker/grpc_target.h"
#include "client/agent_broker/message_pool.h"
#include "client/agent_broker/record_codec.h"
#include "client/agent_broker/status_translation.h"
#include "client/log_life.h"
#include "metrics_core/mutex.h"
#include "metrics_core/traceparent.h"
#include "proto/renewed_tls.h"
#include "proto/streamhouse.grpc.pb.h"

namespace streamhouse::client {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

// gRPC would wait for up to two minutes between attempts to connect; an agent that restarts is back
// sooner.
constexpr std::chrono::milliseconds kReconnectBackoffMin{100};
constexpr std::chrono::milliseconds kReconnectBackoffMax{1'000};
// Pings on a connection while calls wait, and how long the agent may take for its response.
constexpr std::chrono::milliseconds kKeepaliveInterval{30'000};
constexpr std::chrono::milliseconds kKeepaliveTimeout{10'000};
// How soon a wait for a connection notices that its caller has given up.
constexpr std::chrono::milliseconds kStopNotice{50};

// On gRPC's monotonic clock, so that a step of the wall clock moves no deadline.
gpr_timespec GrpcDeadline(SteadyTime deadline) {
  if (deadline == SteadyTime::max()) return gpr_inf_future(GPR_CLOCK_MONOTONIC);
  const auto rest = std::chrono::nanoseconds(deadline - std::chrono::steady_clock::now());
  return gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_nanos(rest.count(), GPR_TIMESPAN));
}

int Milliseconds(std::chrono::milliseconds duration) {
  return static_cast<int>(duration.count());
}

std::shared_ptr<grpc::ChannelCredentials> MakeCredentials(const TlsIdentity& tls) {
  if (tls.empty()) return grpc::InsecureChannelCredentials();
  return grpc::SslCredentials(
      {.pem_root_certs = tls.agent_ca, .pem_private_key = tls.key, .pem_cert_chain = tls.certificate});
}

// As gRPC takes it.
int MessageBytes(std::size_t bytes_max) {
  constexpr std::size_t kMessageBytesCeiling = std::numeric_limits<int>::max();
  return static_cast<int>(std::min(bytes_max, kMessageBytesCeiling));
}

std::shared_ptr<grpc::Channel> MakeChannel(const GrpcTarget& target, const AgentBrokerOptions& options,
                                           const RenewedTls* tls_files) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxSendMessageSize(MessageBytes(options.request_message_bytes_max));
  arguments.SetMaxReceiveMessageSize(MessageBytes(options.response_message_bytes_max));
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, Milliseconds(kKeepaliveInterval));
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, Milliseconds(kKeepaliveTimeout));
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, Milliseconds(kReconnectBackoffMin));
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, Milliseconds(kReconnectBackoffMin));
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, Milliseconds(kReconnectBackoffMax));
  // No retries are configured; the retries that gRPC makes by itself are of calls that the agent
  // surely has not seen. Two brokers in one process share no connection, and no back-off.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  const bool has_proxy = options.proxy == ProxyUse::kFromEnvironment && !target.is_unix;
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, has_proxy ? 1 : 0);
  return grpc::CreateCustomChannel(
      target.text, tls_files == nullptr ? MakeCredentials(options.tls) : tls_files->MakeChannelCredentials(),
      arguments);
}

void SetTo(const Retention& retention, v1::Retention& message) {
  message.set_age_ms(static_cast<std::uint64_t>(retention.age_max.count()));
  message.set_bytes(retention.bytes_max);
}

Retention RetentionOf(const v1::Retention& message) {
  return {.age_max = std::chrono::milliseconds(static_cast<std::int64_t>(message.age_ms())),
          .bytes_max = message.bytes()};
}

void SetTo(const SeekPlace& place, v1::SeekTarget& message) {
  if (std::holds_alternative<SeekToEarliest>(place)) message.set_earliest(true);
  if (std::holds_alternative<SeekToLatest>(place)) message.set_latest(true);
  if (const auto* const to = std::get_if<SeekToOffset>(&place)) message.set_offset(to->offset);
  if (const auto* const to = std::get_if<SeekToTime>(&place)) message.set_timestamp_ms(to->append_time_ms);
  if (std::holds_alternative<SeekToNeverCommitted>(place)) message.set_never_committed(true);
}

// Of a FetchResponse or a WatermarksResponse.
template <typename Response>
LogLife LifeOf(const Response& response) {
  return {.topic_id = response.topic_id(), .open_id = response.open_id(), .end_at_open = response.end_at_open()};
}

class AgentBroker : public Broker, public GroupOperations {
 public:
  AgentBroker(const AgentBrokerOptions& options, std::unique_ptr<RenewedTls> tls_files,
              const std::shared_ptr<grpc::Channel>& channel)
      : connect_timeout_(options.connect_timeout),
        fetch_compression_(options.fetch_compression),
        response_message_bytes_max_(MessageBytes(options.response_message_bytes_max)),
        agent_(options.address + (options.tls.empty() && options.tls_files.empty() ? "" : " by TLS")),
        tls_files_(std::move(tls_files)),
        channel_(channel),
        producer_(v1::ProducerService::NewStub(channel)),
        consumer_(v1::ConsumerService::NewStub(channel)),
        topics_(v1::TopicService::NewStub(channel)),
        groups_(v1::GroupService::NewStub(channel)) {}

  Result<Offset> Produce(const TopicPartition& partition, const RecordBatch& batch, const CallLimits& limits) override;
  Result<FetchedBatch> Fetch(const FetchRequest& request, const CallLimits& limits) override;
  Result<Watermarks> ReadWatermarks(const WatermarksRequest& request, const CallLimits& limits) override;
  Status Commit(const GroupMember& member, const TopicPartition& partition, Offset next,
                const CallLimits& limits) override;
  Result<std::optional<Offset>> Committed(std::string_view group, const TopicPartition& partition,
                                          const CallLimits& limits) override;
  Result<std::vector<TopicPartition>> Heartbeat(const GroupMember& member, const GroupHeartbeat& heartbeat,
                                                const CallLimits& limits) override;
  Status LeaveGroup(const GroupMember& member, const CallLimits& limits) override;
  Status CreateTopic(const TopicDescription& topic, const CallLimits& limits) override;
  Result<TopicDescription> DescribeTopic(std::string_view topic, const CallLimits& limits) override;
  Result<std::vector<TopicDescription>> ListTopics(const CallLimits& limits) override;
  Status AddPartitions(std::string_view topic, std::uint32_t partitions, const CallLimits& limits) override;
  Result<DeletedTopic> DeleteTopic(std::string_view topic, const CallLimits& limits) override;
  Status SetRetention(std::string_view topic, const Retention& retention, const CallLimits& limits) override;

  Result<std::vector<ListedGroup>> ListGroups(const CallLimits& limits) override;
  Result<GroupDescription> DescribeGroup(const std::string& group, const CallLimits& limits) override;
  Result<std::vector<MovedPartition>> SeekGroup(const GroupSeek& seek, const CallLimits& limits) override;
  Status DeleteGroup(const std::string& group, const CallLimits& limits) override;

 private:
  // `rpc` makes the call in the context that it is given.
  template <typename Rpc>
  Status Call(const CallLimits& limits, const Rpc& rpc);
  // The failure of the call that `rpc` made in `context`, if it failed.
  template <typename Rpc>
  grpc::Status CallIn(grpc::ClientContext& context, const CallLimits& limits, const Rpc& rpc);
  Status WaitForConnection(const CallLimits& limits);
  // Takes TLS files that have changed. The reason where the present ones cannot be used.
  Status RefreshTls();

  const std::chrono::milliseconds connect_timeout_;
  const Compression fetch_compression_;
  const std::size_t response_message_bytes_max_;
  const std::string agent_;                      // where it is and how it is reached, for messages
  const std::unique_ptr<RenewedTls> tls_files_;  // null without
  const std::shared_ptr<grpc::Channel> channel_;
  const std::unique_ptr<v1::ProducerService::Stub> producer_;
  const std::unique_ptr<v1::ConsumerService::Stub> consumer_;
  const std::unique_ptr<v1::TopicService::Stub> topics_;
  const std::unique_ptr<v1::GroupService::Stub> groups_;
  MessagePool<v1::ProduceRequest> produce_requests_;
  MessagePool<v1::FetchResponse> fetch_responses_;

  metrics::Mutex tls_mutex_;
  // Why the files, as they were last looked at, are not used.
  metrics::Status tls_refused_ STREAMHOUSE_GUARDED_BY(tls_mutex_);
};

Status AgentBroker::WaitForConnection(const CallLimits& limits) {
  const SteadyTime give_up = std::min(limits.deadline, DeadlineAfter(connect_timeout_));
  while (true) {
    const grpc_connectivity_state state = channel_->GetState(/*try_to_connect=*/true);
    if (state == GRPC_CHANNEL_READY) return Status::Ok();
    if (limits.stop.stop_requested()) return {StatusCode::kUnavailable, "given up before it was sent"};
    const Status refreshed = RefreshTls();
    if (std::chrono::steady_clock::now() >= give_up) {
      return Status(StatusCode::kUnavailable,
                    "cannot reach an agent at " + agent_ + (refreshed.ok() ? "" : "; " + refreshed.message()))
          .WithField("address");
    }
    channel_->WaitForStateChange(state, GrpcDeadline(std::min(give_up, DeadlineAfter(kStopNotice))));
  }
}

Status AgentBroker::RefreshTls() {
  if (tls_files_ == nullptr) return Status::Ok();
  const metrics::MutexLock lock(tls_mutex_);
  const auto change = tls_files_->Refresh();
  if (!change.ok()) tls_refused_ = change.status();
  if (change.ok() && *change == RenewedTls::Change::kTaken) tls_refused_ = Status::Ok();
  return tls_refused_;
}

template <typename Rpc>
grpc::Status AgentBroker::CallIn(grpc::ClientContext& context, const CallLimits& limits, const Rpc& rpc) {
  context.set_deadline(GrpcDeadline(limits.deadline));
  const std::stop_callback cancel(limits.stop, [&context] { context.TryCancel(); });
  return rpc(&context);
}

template <typename Rpc>
Status AgentBroker::Call(const CallLimits& limits, const Rpc& rpc) {
  if (Status connected = WaitForConnection(limits); !connected.ok()) return connected;
  grpc::ClientContext context;
  const grpc::Status status = CallIn(context, limits, rpc);
  return status.ok() ? Status::Ok() : TranslateFailure(status);
}

Result<Offset> AgentBroker::Produce(const TopicPartition& partition, const RecordBatch& batch,
                                    const CallLimits& limits) {
  if (Status connected = WaitForConnection(limits); !connected.ok()) return connected;
  const auto request = produce_requests_.Take();
  request->set_topic(partition.topic);
  request->set_partition(partition.partition);
  request->set_producer_id(batch.identity().producer_id);
  request->set_sequence(batch.identity().sequence);
  EncodeRecords(batch, *request->mutable_block());
  v1::ProduceResponse response;
  grpc::ClientContext context;
  if (!batch.traceparent().empty()) context.AddMetadata(std::string(metrics::kTraceparentHeader), batch.traceparent());
  const grpc::Status status =
      CallIn(context, limits, [&](grpc::ClientContext* in) { return producer_->Produce(in, *request, &response); });
  if (!status.ok()) return TranslateProduceFailure(status);
  if (response.record_count() != batch.size()) {
    return Status(StatusCode::kInternal, "the agent acknowledged " + std::to_string(response.record_count()) +
                                             " records of " + std::to_string(batch.size()));
  }
  return response.base_offset();
}

Result<FetchedBatch> AgentBroker::Fetch(const FetchRequest& request, const CallLimits& limits) {
  v1::FetchRequest message;
  message.set_topic_id(request.topic_id);
  message.set_open_id(request.open_id);
  message.set_topic(request.partition.topic);
  message.set_partition(request.partition.partition);
  message.set_offset(request.offset);
  message.set_max_records(request.max_records);
  message.set_max_wait_ms(static_cast<std::uint32_t>(request.max_wait.count()));
  message.set_block_compression(ToWire(fetch_compression_));
  const auto response = fetch_responses_.Take();
  std::optional<DamagedRange> damaged;
  Status status = Call(limits, [&](grpc::ClientContext* context) {
    grpc::Status fetched = consumer_->Fetch(context, message, &*response);
    damaged = DamageOf(fetched);
    return fetched;
  });
  // Another life of the log would have got another response.
  if (damaged) return FetchedBatch{.base_offset = request.offset, .records = {}, .damaged = damaged};
  if (!status.ok()) return status;
  Result<RecordBatch> records = DecodeRecords(*response, response_message_bytes_max_);
  if (!records.ok()) return records.status();
  return FetchedBatch{.base_offset = response->base_offset(),
                      .records = *std::move(records),
                      .high_watermark = response->high_watermark(),
                      .life = LifeOf(*response)};
}

Result<Watermarks> AgentBroker::ReadWatermarks(const WatermarksRequest& request, const CallLimits& limits) {
  v1::WatermarksRequest message;
  message.set_topic(request.partition.topic);
  message.set_partition(request.partition.partition);
  if (request.timestamp_of) message.set_offset(*request.timestamp_of);
  message.set_open_id(request.open_id);
  v1::WatermarksResponse response;
  Status status =
      Call(limits, [&](grpc::ClientContext* context) { return consumer_->Watermarks(context, message, &response); });
  if (!status.ok()) return status;
  Watermarks watermarks = {.log_start_offset = response.log_start_offset(),
                           .high_watermark = response.high_watermark(),
                           .life = LifeOf(response)};
  if (response.has_timestamp_ms()) watermarks.timestamp_ms = response.timestamp_ms();
  return watermarks;
}

Status AgentBroker::Commit(const GroupMember& member, const TopicPartition& partition, Offset next,
                           const CallLimits& limits) {
  v1::CommitRequest request;
  request.set_group(std::string(member.group));
  request.set_member_id(std::string(member.id));
  request.set_topic(partition.topic);
  request.set_partition(partition.partition);
  request.set_offset(next);
  request.set_sequence(member.commit_sequence);
  request.set_topic_id(member.life.topic_id);
  request.set_open_id(member.life.open_id);
  v1::CommitResponse response;
  return Call(limits, [&](grpc::ClientContext* context) { return consumer_->Commit(context, request, &response); });
}

Result<std::optional<Offset>> AgentBroker::Committed(std::string_view group, const TopicPartition& partition,
                                                     const CallLimits& limits) {
  v1::CommittedRequest request;
  request.set_group(std::string(group));
  request.set_topic(partition.topic);
  request.set_partition(partition.partition);
  v1::CommittedResponse response;
  Status status =
      Call(limits, [&](grpc::ClientContext* context) { return consumer_->Committed(context, request, &response); });
  if (!status.ok()) return status;
  return response.has_offset() ? std::optional<Offset>(response.offset()) : std::nullopt;
}

Result<std::vector<TopicPartition>> AgentBroker::Heartbeat(const GroupMember& member, const GroupHeartbeat& heartbeat,
                                                           const CallLimits& limits) {
  v1::HeartbeatRequest request;
  request.set_group(std::string(member.group));
  request.set_member_id(std::string(member.id));
  request.mutable_topics()->Assign(heartbeat.topics.begin(), heartbeat.topics.end());
  for (const TopicPartition& partition : heartbeat.owned) {
    v1::TopicPartition& owned = *request.add_owned();
    owned.set_topic(partition.topic);
    owned.set_partition(partition.partition);
  }
  const auto timeout = std::chrono::ceil<std::chrono::milliseconds>(heartbeat.session_timeout);
  request.set_session_timeout_ms(static_cast<std::uint32_t>(timeout.count()));
  request.set_commit_sequence(member.commit_sequence);
  v1::HeartbeatResponse response;
  Status status =
      Call(limits, [&](grpc::ClientContext* context) { return consumer_->Heartbeat(context, request, &response); });
  if (!status.ok()) return status;
  std::vector<TopicPartition> assigned;
  for (const v1::TopicPartition& p : response.assigned()) assigned.push_back({p.topic(), p.partition()});
  return assigned;
}

Status AgentBroker::LeaveGroup(const GroupMember& member, const CallLimits& limits) {
  v1::LeaveGroupRequest request;
  request.set_group(std::string(member.group));
  request.set_member_id(std::string(member.id));
  v1::LeaveGroupResponse response;
  return Call(limits, [&](grpc::ClientContext* context) { return consumer_->LeaveGroup(context, request, &response); });
}

Status AgentBroker::CreateTopic(const TopicDescription& topic, const CallLimits& limits) {
  v1::CreateTopicRequest request;
  request.set_topic(topic.name);
  request.set_partitions(topic.partitions);
  SetTo(topic.retention, *request.mutable_retention());
  request.set_adopt(topic.adopts_logs);
  v1::CreateTopicResponse response;
  return Call(limits, [&](grpc::ClientContext* context) { return topics_->CreateTopic(context, request, &response); });
}

Result<TopicDescription> AgentBroker::DescribeTopic(std::string_view topic, const CallLimits& limits) {
  v1::DescribeTopicRequest request;
  request.set_topic(std::string(topic));
  v1::DescribeTopicResponse response;
  Status status =
      Call(limits, [&](grpc::ClientContext* context) { return topics_->DescribeTopic(context, request, &response); });
  if (!status.ok()) return status;
  return TopicDescription{
      .name = std::string(topic), .partitions = response.partitions(), .retention = RetentionOf(response.retention())};
}

Result<std::vector<TopicDescription>> AgentBroker::ListTopics(const CallLimits& limits) {
  v1::ListTopicsResponse response;
  Status status =
      Call(limits, [&](grpc::ClientContext* context) { return topics_->ListTopics(context, {}, &response); });
  if (!status.ok()) return status;
  std::vector<TopicDescription> topics;
  for (const v1::ListTopicsResponse::Topic& topic : response.topics()) {
    topics.push_back({.name = topic.topic(),
                      .partitions = topic.partitions(),
                      .retention = RetentionOf(topic.retention()),
                      .not_served = topic.not_served()});
  }
  return topics;
}

Status AgentBroker::AddPartitions(std::string_view topic, std::uint32_t partitions, const CallLimits& limits) {
  v1::AddPartitionsRequest request;
  request.set_topic(std::string(topic));
  request.set_partitions(partitions);
  v1::AddPartitionsResponse response;
  return Call(limits, [&](grpc::ClientContext* in) { return topics_->AddPartitions(in, request, &response); });
}

Result<DeletedTopic> AgentBroker::DeleteTopic(std::string_view topic, const CallLimits& limits) {
  v1::DeleteTopicRequest request;
  request.set_topic(std::string(topic));
  v1::DeleteTopicResponse response;
  Status status = Call(limits, [&](grpc::ClientContext* in) { return topics_->DeleteTopic(in, request, &response); });
  if (!status.ok()) return status;
  return DeletedTopic{.partitions = response.partitions(), .records = response.records()};
}

Result<std::vector<ListedGroup>> AgentBroker::ListGroups(const CallLimits& limits) {
  v1::ListGroupsResponse response;
  Status status = Call(limits, [&](grpc::ClientContext* in) { return groups_->ListGroups(in, {}, &response); });
  if (!status.ok()) return status;
  std::vector<ListedGroup> groups;
  for (const auto& group : response.groups()) groups.push_back({.group = group.group(), .members = group.members()});
  return groups;
}

Result<GroupDescription> AgentBroker::DescribeGroup(const std::string& group, const CallLimits& limits) {
  v1::DescribeGroupRequest request;
  request.set_group(group);
  v1::DescribeGroupResponse response;
  Status status = Call(limits, [&](grpc::ClientContext* in) { return groups_->DescribeGroup(in, request, &response); });
  if (!status.ok()) return status;
  GroupDescription description = {.member_ids = {response.member_ids().begin(), response.member_ids().end()},
                                  .partitions = {}};
  for (const v1::GroupOffset& p : response.partitions()) {
    description.partitions.push_back({.partition = {p.topic(), p.partition()},
                                      .committed = p.has_committed() ? std::optional(p.committed()) : std::nullopt,
                                      .log_start_offset = p.log_start_offset(),
                                      .high_watermark = p.high_watermark(),
                                      .member_id = p.member_id()});
  }
  return description;
}

Result<std::vector<MovedPartition>> AgentBroker::SeekGroup(const GroupSeek& seek, const CallLimits& limits) {
  v1::SeekGroupRequest request;
  request.set_group(seek.group);
  request.set_topic(seek.topic);
  if (seek.partition) request.set_partition(*seek.partition);
  SetTo(seek.to, *request.mutable_to());
  v1::SeekGroupResponse response;
  Status status = Call(limits, [&](grpc::ClientContext* in) { return groups_->SeekGroup(in, request, &response); });
  if (!status.ok()) return status;
  std::vector<MovedPartition> moved;
  for (const v1::SeekGroupResponse::Moved& m : response.moved()) {
    moved.push_back({.partition = {m.topic(), m.partition()},
                     .old_offset = m.has_old_offset() ? std::optional(m.old_offset()) : std::nullopt,
                     .new_offset = m.has_new_offset() ? std::optional(m.new_offset()) : std::nullopt});
  }
  return moved;
}

Status AgentBroker::DeleteGroup(const std::string& group, const CallLimits& limits) {
  v1::DeleteGroupRequest request;
  request.set_group(group);
  v1::DeleteGroupResponse response;
  return Call(limits, [&](grpc::ClientContext* in) { return groups_->DeleteGroup(in, request, &response); });
}

Status AgentBroker::SetRetention(std::string_view topic, const Retention& retention, const CallLimits& limits) {
  v1::SetRetentionRequest request;
  request.set_topic(std::string(topic));
  SetTo(retention, *request.mutable_retention());
  v1::SetRetentionResponse response;
  return Call(limits, [&](grpc::ClientContext* context) { return topics_->SetRetention(context, request, &response); });
}

// TlsPaths has other names than ClientTlsFiles.
Status AboutTlsFiles(const Status& failure) {
  return (failure.field() == "ca" ? failure.WithField("agent_ca") : failure).Within("tls_files");
}

Result<std::shared_ptr<AgentBroker>> Make(const AgentBrokerOptions& options) {
  const Result<GrpcTarget> target = GrpcTargetOf(options.address);
  if (!target.ok()) return target.status().WithField("address");
  if (options.tls.certificate.empty() != options.tls.key.empty()) {
    return metrics::InvalidField("tls", "needs a certificate and its key together");
  }
  if (!options.tls.empty() && !options.tls_files.empty()) {
    return metrics::InvalidField("tls_files", "cannot stand beside tls: TLS is taken from texts or from files");
  }
  std::unique_ptr<RenewedTls> tls_files;
  if (const ClientTlsFiles& files = options.tls_files; !files.empty()) {
    auto loaded = RenewedTls::Load({.certificate = files.certificate, .key = files.key, .ca = files.agent_ca});
    if (!loaded.ok()) return AboutTlsFiles(loaded.status());
    tls_files = *std::move(loaded);
  }
  const auto channel = MakeChannel(*target, options, tls_files.get());
  return std::make_shared<AgentBroker>(options, std::move(tls_files), channel);
}

}  // namespace

Result<std::shared_ptr<Broker>> MakeAgentBroker(const AgentBrokerOptions& options) {
  auto made = Make(options);
  if (!made.ok()) return made.status();
  return std::shared_ptr<Broker>(*std::move(made));
}

Result<std::shared_ptr<GroupOperations>> MakeAgentGroupOperations(const AgentBrokerOptions& options) {
  auto made = Make(options);
  if (!made.ok()) return made.status();
  return std::shared_ptr<GroupOperations>(*std::move(made));
}

}  // namespace streamhouse::client
