#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "apps/agent_client.h"
#include "apps/commands.h"
#include "apps/output.h"
#include "client/broker.h"
#include "client/lag_monitor.h"
#include "metrics_core/clock.h"

namespace streamhouse::apps {
namespace {

constexpr std::chrono::seconds kQuestionTimeout{10};

struct LagFlags {
  AgentClientFlags client;
  std::string group;
};

Result<std::string> DescribeLag(client::Broker& broker, const std::string& group,
                                const client::TopicPartition& partition) {
  const auto committed = broker.Committed(group, partition, client::CallLimits::Within(kQuestionTimeout));
  if (!committed.ok()) return committed.status();
  // A group that has never committed has everything before it: the record to ask for is known only after the answer.
  const auto log = broker.ReadWatermarks(partition, committed.value(), client::CallLimits::Within(kQuestionTimeout));
  if (!log.ok()) return log.status();
  const client::Offset next = std::max(committed.value().value_or(0), log.value().log_start_offset);
  const auto first_unread =
      committed.value() ? log : broker.ReadWatermarks(partition, next, client::CallLimits::Within(kQuestionTimeout));
  if (!first_unread.ok()) return first_unread.status();
  const auto& timestamp = first_unread.value().timestamp_ms;
  const client::Offset end = log.value().high_watermark;
  const client::Offset lag = end > next ? end - next : 0;
  const std::int64_t now_ms = metrics::Clock::UnixMilliseconds();
  return fmt::format("topic={} partition={} group={} committed={} end={} lag={} lag_seconds={:.3f}", partition.topic,
                     partition.partition, group, committed.value() ? std::to_string(*committed.value()) : "none", end,
                     lag, lag > 0 && timestamp ? client::LagSeconds(*timestamp, now_ms) : 0.0);
}

Status PrintLag(const LagFlags& flags) {
  auto broker = MakeBroker(flags.client.agent);
  if (!broker.ok()) return broker.status();
  const Result<std::uint32_t> partitions = CountPartitions(**broker, flags.client);
  if (!partitions.ok()) return partitions.status();
  for (std::uint32_t i = 0; i < partitions.value(); ++i) {
    const Result<std::string> line = DescribeLag(**broker, flags.group, {flags.client.topic, i});
    if (!line.ok()) return line.status();
    WriteLine(line.value());
  }
  return FlushOutput();
}

}  // namespace

Command AddLagCommand(CLI::App& program) {
  CLI::App& parser = *program.add_subcommand("lag", "Print how far a consumer group is behind, a line a partition");
  const auto flags = std::make_shared<LagFlags>();
  AddAgentClientFlags(parser, flags->client);
  parser.add_option("--group", flags->group, "The consumer group")->required()->type_name("NAME");
  return {.parser = &parser, .run = [flags] { return PrintLag(*flags); }};
}

}  // namespace streamhouse::apps
