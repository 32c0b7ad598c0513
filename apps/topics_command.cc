#include <fmt/core.h>

#include <CLI/App.hpp>
#include <CLI/Option.hpp>
#include <CLI/Validators.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "apps/agent_client.h"
#include "apps/commands.h"
#include "apps/flag_values.h"
#include "apps/output.h"
#include "client/broker.h"
#include "metrics_core/duration_text.h"
#include "metrics_core/text/json_text.h"

namespace streamhouse::apps {
namespace {

// What is not given stays as it is, or is without limit.
struct RetentionFlags {
  client::Retention given;
  CLI::Option* time = nullptr;
  CLI::Option* bytes = nullptr;

  bool any() const { return time->count() + bytes->count() > 0; }
  client::Retention Over(client::Retention retention) const {
    if (time->count() > 0) retention.age_max = given.age_max;
    if (bytes->count() > 0) retention.bytes_max = given.bytes_max;
    return retention;
  }
};

struct CreateFlags {
  AgentFlags agent;
  std::vector<TopicSpec> topics;
  RetentionFlags retention;
  bool adopt = false;
};

struct ListFlags {
  AgentFlags agent;
  OutputFormat format = OutputFormat::kLines;
};

struct DescribeFlags {
  AgentClientFlags client;
  OutputFormat format = OutputFormat::kLines;
};

struct SetRetentionFlags {
  AgentClientFlags client;
  RetentionFlags retention;
  OutputFormat format = OutputFormat::kLines;
};

void AddRetentionFlags(CLI::App& parser, RetentionFlags& flags) {
  flags.time = AddDurationFlag(parser, "--retention-time", flags.given.age_max,
                               "Remove records that were appended longer ago; 0s: never");
  flags.bytes = parser
                    .add_option("--retention-bytes", flags.given.bytes_max,
                                "Remove the oldest records of a partition with more bytes, such as 10GB; 0: never [0]")
                    ->transform(CLI::AsSizeValue(/*kb_is_1000=*/false).description(""))
                    ->type_name("SIZE");
}

// An object with what the line of a topic says.
void AppendTopic(const client::TopicDescription& topic, metrics::JsonText& json) {
  const auto append_unless = [&](const auto& unset, const char* name, const auto& value) {
    json.Key(name);
    if (value == unset) {
      json.Null();
    } else {
      json.Value(value);
    }
  };
  json.BeginObject().Member("topic", topic.name).Member("partitions", topic.partitions);
  append_unless(0, "retention_ms", topic.retention.age_max.count());
  append_unless(0U, "retention_bytes", topic.retention.bytes_max);
  append_unless("", "not_served", topic.not_served);
  json.EndObject();
}

Status PrintTopic(const client::TopicDescription& topic, OutputFormat format) {
  if (format == OutputFormat::kJson) {
    metrics::JsonText json;
    AppendTopic(topic, json);
    return PrintLine(json.text());
  }
  const client::Retention& retention = topic.retention;
  const std::string time = retention.age_max.count() > 0 ? metrics::FormatDuration(retention.age_max) : "none";
  const std::string bytes = retention.bytes_max > 0 ? std::to_string(retention.bytes_max) : "none";
  return PrintLine(fmt::format("topic={} partitions={} retention_time={} retention_bytes={}{}", topic.name,
                               topic.partitions, time, bytes,
                               topic.not_served.empty() ? "" : " not served: " + topic.not_served));
}

Status Create(const CreateFlags& flags) {
  auto broker = MakeBroker(flags.agent);
  if (!broker.ok()) return broker.status();
  for (const TopicSpec& topic : flags.topics) {
    const client::TopicDescription wanted = {.name = topic.name,
                                             .partitions = topic.partitions,
                                             .retention = flags.retention.Over({}),
                                             .adopts_logs = flags.adopt};
    const Status created = (*broker)->CreateTopic(wanted, client::CallLimits::Within(kCallTimeout));
    if (!created.ok()) return ExplainFailure(created, flags.agent);
    const Status printed = PrintLine(fmt::format("topic={} partitions={}", topic.name, topic.partitions));
    if (!printed.ok()) return printed;
  }
  return Status::Ok();
}

Status Describe(const DescribeFlags& flags) {
  auto broker = MakeBroker(flags.client.agent);
  if (!broker.ok()) return broker.status();
  const auto topic = DescribeTopic(**broker, flags.client);
  return topic.ok() ? PrintTopic(*topic, flags.format) : topic.status();
}

Status List(const ListFlags& flags) {
  auto broker = MakeBroker(flags.agent);
  if (!broker.ok()) return broker.status();
  const auto topics = (*broker)->ListTopics(client::CallLimits::Within(kCallTimeout));
  if (!topics.ok()) return ExplainFailure(topics.status(), flags.agent);
  if (flags.format == OutputFormat::kJson) {
    metrics::JsonText json;
    json.BeginObject().Key("topics").BeginArray();
    for (const client::TopicDescription& topic : *topics) AppendTopic(topic, json);
    return PrintLine(json.EndArray().EndObject().text());
  }
  for (const client::TopicDescription& topic : *topics) {
    if (Status printed = PrintTopic(topic, flags.format); !printed.ok()) return printed;
  }
  return Status::Ok();
}

Status SetRetention(const SetRetentionFlags& flags) {
  if (!flags.retention.any()) {
    return {StatusCode::kInvalidArgument, "name a limit: --retention-time, --retention-bytes"};
  }
  auto broker = MakeBroker(flags.client.agent);
  if (!broker.ok()) return broker.status();
  auto topic = DescribeTopic(**broker, flags.client);
  if (!topic.ok()) return topic.status();
  topic->retention = flags.retention.Over(topic->retention);
  const Status set =
      (*broker)->SetRetention(flags.client.topic, topic->retention, client::CallLimits::Within(kCallTimeout));
  return set.ok() ? PrintTopic(*topic, flags.format) : ExplainFailure(set, flags.client.agent);
}

Status Grow(const CreateFlags& flags) {
  auto broker = MakeBroker(flags.agent);
  if (!broker.ok()) return broker.status();
  for (const TopicSpec& topic : flags.topics) {
    const Status grown =
        (*broker)->AddPartitions(topic.name, topic.partitions, client::CallLimits::Within(kCallTimeout));
    if (!grown.ok()) return ExplainFailure(grown, flags.agent);
    const Status printed = PrintLine(fmt::format("topic={} partitions={}", topic.name, topic.partitions));
    if (!printed.ok()) return printed;
  }
  return Status::Ok();
}

Status Delete(const AgentClientFlags& flags) {
  auto broker = MakeBroker(flags.agent);
  if (!broker.ok()) return broker.status();
  if (auto topic = DescribeTopic(**broker, flags); !topic.ok()) return topic.status();
  const auto deleted = (*broker)->DeleteTopic(flags.topic, client::CallLimits::Within(kCallTimeout));
  if (!deleted.ok()) return ExplainFailure(deleted.status(), flags.agent);
  return PrintLine(
      fmt::format("topic={} deleted partitions={} records={}", flags.topic, deleted->partitions, deleted->records));
}

Command AddGrow(CLI::App& topics) {
  CLI::App& parser = *topics.add_subcommand("grow", "Add partitions to topics, up to so many");
  const auto flags = std::make_shared<CreateFlags>();
  AddAgentFlags(parser, flags->agent);
  AddTopicSpecs(parser, "TOPIC", flags->topics, "The topics, with how many partitions they have afterwards")
      ->required();
  return {.parser = &parser, .run = [flags] { return Grow(*flags); }};
}

Command AddDelete(CLI::App& topics) {
  CLI::App& parser =
      *topics.add_subcommand("delete", "Delete a topic with its records and committed offsets, without asking");
  const auto flags = std::make_shared<AgentClientFlags>();
  AddAgentClientFlags(parser, *flags);
  return {.parser = &parser, .run = [flags] { return Delete(*flags); }};
}

Command AddCreate(CLI::App& topics) {
  CLI::App& parser = *topics.add_subcommand("create", "Create topics");
  const auto flags = std::make_shared<CreateFlags>();
  AddAgentFlags(parser, flags->agent);
  AddRetentionFlags(parser, flags->retention);
  parser.add_flag("--adopt", flags->adopt,
                  "Take over the logs that are in the agent's folder of that name without a topic");
  AddTopicSpecs(parser, "TOPIC", flags->topics, "The topics to create")->required();
  return {.parser = &parser, .run = [flags] { return Create(*flags); }};
}

Command AddDescribe(CLI::App& topics) {
  CLI::App& parser = *topics.add_subcommand("describe", "Print how many partitions a topic has, and its retention");
  const auto flags = std::make_shared<DescribeFlags>();
  AddAgentClientFlags(parser, flags->client);
  AddJsonFlag(parser, flags->format);
  return {.parser = &parser, .run = [flags] { return Describe(*flags); }};
}

Command AddList(CLI::App& topics) {
  CLI::App& parser = *topics.add_subcommand("list", "Print all topics, a line each");
  const auto flags = std::make_shared<ListFlags>();
  AddAgentFlags(parser, flags->agent);
  AddJsonFlag(parser, flags->format);
  return {.parser = &parser, .run = [flags] { return List(*flags); }};
}

Command AddSetRetention(CLI::App& topics) {
  CLI::App& parser = *topics.add_subcommand("retention", "Change how long the records of a topic are kept");
  const auto flags = std::make_shared<SetRetentionFlags>();
  AddAgentClientFlags(parser, flags->client);
  AddRetentionFlags(parser, flags->retention);
  AddJsonFlag(parser, flags->format);
  return {.parser = &parser, .run = [flags] { return SetRetention(*flags); }};
}

}  // namespace

std::vector<Command> AddTopicsCommands(CLI::App& program) {
  CLI::App& topics = *program.add_subcommand("topics", "Create, list and change the topics of a running agent");
  topics.require_subcommand(1);
  return {AddCreate(topics), AddDescribe(topics),     AddList(topics),
          AddGrow(topics),   AddSetRetention(topics), AddDelete(topics)};
}

}  // namespace streamhouse::apps
