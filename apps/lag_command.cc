#include <fmt/core.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apps/agent_client.h"
#include "apps/commands.h"
#include "apps/flag_values.h"
#include "apps/output.h"
#include "client/broker.h"
#include "client/lag_monitor.h"
#include "metrics_core/clock.h"
#include "metrics_core/text/json_text.h"

namespace streamhouse::apps {
namespace {

struct LagFlags {
  AgentClientFlags client;
  std::string group;
  OutputFormat format = OutputFormat::kLines;
};

struct PartitionLag {
  std::optional<client::Offset> committed;
  client::Offset high_watermark = 0;
  client::Offset records = 0;
  double seconds = 0;
};

Result<PartitionLag> ReadLag(client::Broker& broker, const std::string& group,
                             const client::TopicPartition& partition) {
  const auto committed = broker.Committed(group, partition, client::CallLimits::Within(kQuestionTimeout));
  if (!committed.ok()) return committed.status();
  // A group that has never committed has everything before it: the record to ask for is known only
  // after the response.
  const auto log = broker.ReadWatermarks(partition, committed.value(), client::CallLimits::Within(kQuestionTimeout));
  if (!log.ok()) return log.status();
  const client::Offset next = std::max(committed.value().value_or(0), log.value().log_start_offset);
  const auto first_unread =
      committed.value() ? log : broker.ReadWatermarks(partition, next, client::CallLimits::Within(kQuestionTimeout));
  if (!first_unread.ok()) return first_unread.status();
  const auto& timestamp = first_unread.value().timestamp_ms;
  const client::Offset high_watermark = log.value().high_watermark;
  const client::Offset lag = client::LagRecords(next, log.value().log_start_offset, high_watermark);
  const std::int64_t now_ms = metrics::Clock::UnixMilliseconds();
  return PartitionLag{.committed = committed.value(),
                      .high_watermark = high_watermark,
                      .records = lag,
                      .seconds = lag > 0 && timestamp ? client::LagSeconds(*timestamp, now_ms) : 0.0};
}

void WriteLagLine(const LagFlags& flags, std::uint32_t partition, const PartitionLag& lag) {
  WriteLine(fmt::format("topic={} partition={} group={} committed={} high_watermark={} lag={} lag_seconds={:.3f}",
                        flags.client.topic, partition, flags.group,
                        lag.committed ? std::to_string(*lag.committed) : "none", lag.high_watermark, lag.records,
                        lag.seconds));
}

Status PrintDocument(const LagFlags& flags, const std::vector<PartitionLag>& lags) {
  metrics::JsonText json;
  json.BeginObject().Member("group", flags.group).Key("partitions").BeginArray();
  for (std::size_t i = 0; i < lags.size(); ++i) {
    const PartitionLag& lag = lags[i];
    json.BeginObject().Member("topic", flags.client.topic).Member("partition", i).Member("committed", lag.committed);
    json.Member("high_watermark", lag.high_watermark)
        .Member("lag", lag.records)
        .Member("lag_seconds", lag.seconds)
        .EndObject();
  }
  return PrintLine(json.EndArray().EndObject().text());
}

Status PrintLag(const LagFlags& flags) {
  auto broker = MakeBroker(flags.client.agent);
  if (!broker.ok()) return broker.status();
  const Result<std::uint32_t> partitions = CountPartitions(**broker, flags.client);
  if (!partitions.ok()) return partitions.status();
  const bool is_json = flags.format == OutputFormat::kJson;
  std::vector<PartitionLag> lags;  // of the document
  for (std::uint32_t i = 0; i < partitions.value(); ++i) {
    const Result<PartitionLag> lag = ReadLag(**broker, flags.group, {flags.client.topic, i});
    if (!lag.ok()) {
      // The lines of the partitions before are of use.
      static_cast<void>(FlushOutput());
      return lag.status();
    }
    if (is_json) {
      lags.push_back(lag.value());
    } else {
      WriteLagLine(flags, i, lag.value());
    }
  }
  return is_json ? PrintDocument(flags, lags) : FlushOutput();
}

}  // namespace

Command AddLagCommand(CLI::App& program) {
  CLI::App& parser = *program.add_subcommand("lag", "Print how far a consumer group is behind, a line a partition");
  const auto flags = std::make_shared<LagFlags>();
  AddAgentClientFlags(parser, flags->client);
  parser.add_option("--group", flags->group, "The consumer group")->required()->type_name("NAME");
  AddJsonFlag(parser, flags->format);
  return {.parser = &parser, .run = [flags] { return PrintLag(*flags); }};
}

}  // namespace streamhouse::apps
