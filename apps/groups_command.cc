#include <fmt/core.h>

#include <CLI/App.hpp>
#include <CLI/Error.hpp>
#include <CLI/Option.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "apps/agent_client.h"
#include "apps/commands.h"
#include "apps/flag_values.h"
#include "apps/output.h"
#include "client/group_operations.h"
#include "client/lag_monitor.h"
#include "metrics_core/clock.h"
#include "metrics_core/text/json_text.h"

namespace streamhouse::apps {

using metrics::JsonText;

namespace {

struct ListFlags {
  AgentFlags agent;
  OutputFormat format = OutputFormat::kLines;
};

struct GroupFlags {
  AgentFlags agent;
  std::string group;
  OutputFormat format = OutputFormat::kLines;
};

struct SeekFlags {
  AgentFlags agent;
  client::GroupSeek seek;
  OutputFormat format = OutputFormat::kLines;
};

client::CallLimits Limits() {
  return client::CallLimits::Within(kCallTimeout);
}

std::string ToText(const std::optional<client::Offset>& offset) {
  return offset ? std::to_string(*offset) : "none";
}

client::Offset LagOf(const client::GroupPartition& p) {
  return client::LagRecords(p.committed.value_or(0), p.log_start_offset, p.high_watermark);
}

Status PrintDocument(const std::vector<client::ListedGroup>& groups) {
  JsonText json;
  json.BeginObject().Key("groups").BeginArray();
  for (const client::ListedGroup& group : groups) {
    json.BeginObject().Member("group", group.group).Member("members", group.members).EndObject();
  }
  return PrintLine(json.EndArray().EndObject().text());
}

Status PrintDocument(const std::string& group, const client::GroupDescription& description) {
  JsonText json;
  json.BeginObject().Member("group", group).Member("members", description.member_ids.size());
  json.Key("member_ids").BeginArray();
  for (const std::string& id : description.member_ids) json.Value(id);
  json.EndArray().Key("partitions").BeginArray();
  for (const client::GroupPartition& p : description.partitions) {
    json.BeginObject().Member("topic", p.partition.topic).Member("partition", p.partition.partition);
    json.Member("committed", p.committed).Member("log_start_offset", p.log_start_offset);
    json.Member("high_watermark", p.high_watermark).Member("lag", LagOf(p)).Key("member");
    if (p.member_id.empty()) {
      json.Null();
    } else {
      json.Value(p.member_id);
    }
    json.EndObject();
  }
  return PrintLine(json.EndArray().EndObject().text());
}

Status PrintDocument(const std::vector<client::MovedPartition>& moved) {
  JsonText json;
  json.BeginObject().Key("partitions").BeginArray();
  for (const client::MovedPartition& m : moved) {
    json.BeginObject().Member("topic", m.partition.topic).Member("partition", m.partition.partition);
    json.Member("old", m.old_offset).Member("new", m.new_offset).EndObject();
  }
  return PrintLine(json.EndArray().EndObject().text());
}

Status List(const ListFlags& flags) {
  auto operations = MakeGroupOperations(flags.agent);
  if (!operations.ok()) return operations.status();
  const auto groups = (*operations)->ListGroups(Limits());
  if (!groups.ok()) return ExplainFailure(groups.status(), flags.agent);
  if (flags.format == OutputFormat::kJson) return PrintDocument(*groups);
  for (const client::ListedGroup& group : *groups) {
    WriteLine(fmt::format("group={} members={}", group.group, group.members));
  }
  return FlushOutput();
}

Status Describe(const GroupFlags& flags) {
  auto operations = MakeGroupOperations(flags.agent);
  if (!operations.ok()) return operations.status();
  const auto description = (*operations)->DescribeGroup(flags.group, Limits());
  if (!description.ok()) return ExplainFailure(description.status(), flags.agent);
  if (flags.format == OutputFormat::kJson) return PrintDocument(flags.group, *description);
  WriteLine(fmt::format("group={} members={}", flags.group, description->member_ids.size()));
  for (const client::GroupPartition& p : description->partitions) {
    WriteLine(fmt::format("topic={} partition={} committed={} log_start_offset={} high_watermark={} lag={} member={}",
                          p.partition.topic, p.partition.partition, ToText(p.committed), p.log_start_offset,
                          p.high_watermark, LagOf(p), p.member_id.empty() ? "none" : p.member_id));
  }
  return FlushOutput();
}

Status Seek(const SeekFlags& flags) {
  if (flags.seek.partition && flags.seek.topic.empty()) {
    return {StatusCode::kInvalidArgument, "--partition needs --topic"};
  }
  auto operations = MakeGroupOperations(flags.agent);
  if (!operations.ok()) return operations.status();
  const auto moved = (*operations)->SeekGroup(flags.seek, Limits());
  if (!moved.ok()) return ExplainFailure(moved.status(), flags.agent);
  if (flags.format == OutputFormat::kJson) return PrintDocument(*moved);
  for (const client::MovedPartition& m : *moved) {
    WriteLine(fmt::format("topic={} partition={} old={} new={}", m.partition.topic, m.partition.partition,
                          ToText(m.old_offset), ToText(m.new_offset)));
  }
  return FlushOutput();
}

Status Delete(const GroupFlags& flags) {
  auto operations = MakeGroupOperations(flags.agent);
  if (!operations.ok()) return operations.status();
  const Status deleted = (*operations)->DeleteGroup(flags.group, Limits());
  return deleted.ok() ? PrintLine(fmt::format("group={} deleted", flags.group)) : ExplainFailure(deleted, flags.agent);
}

void AddGroupFlag(CLI::App& parser, std::string& group) {
  parser.add_option("--group", group, "The consumer group")->required()->type_name("NAME");
}

void AddSeekFlags(CLI::App& parser, SeekFlags& flags) {
  AddAgentFlags(parser, flags.agent);
  AddGroupFlag(parser, flags.seek.group);
  parser.add_option("--topic", flags.seek.topic, "One topic; all that the group has committed to by default")
      ->type_name("NAME");
  const auto set_partition = [&flags](const std::uint32_t& partition) { flags.seek.partition = partition; };
  parser.add_option_function<std::uint32_t>("--partition", set_partition, "One partition of --topic; all by default")
      ->type_name("N");
  AddJsonFlag(parser, flags.format);
}

Command AddList(CLI::App& groups) {
  CLI::App& parser = *groups.add_subcommand("list", "Print all groups with a member or a committed offset");
  const auto flags = std::make_shared<ListFlags>();
  AddAgentFlags(parser, flags->agent);
  AddJsonFlag(parser, flags->format);
  return {.parser = &parser, .run = [flags] { return List(*flags); }};
}

Command AddDescribe(CLI::App& groups) {
  CLI::App& parser = *groups.add_subcommand("describe", "Print where a group stands, a line a partition");
  const auto flags = std::make_shared<GroupFlags>();
  AddAgentFlags(parser, flags->agent);
  AddGroupFlag(parser, flags->group);
  AddJsonFlag(parser, flags->format);
  return {.parser = &parser, .run = [flags] { return Describe(*flags); }};
}

Command AddSeek(CLI::App& groups) {
  CLI::App& parser = *groups.add_subcommand("seek", "Set where a group without members goes on");
  const auto flags = std::make_shared<SeekFlags>();
  AddSeekFlags(parser, *flags);
  const auto set_place = [flags](const std::string& text) {
    auto place = ParseSeekPlace(text, metrics::Clock::UnixMilliseconds());
    if (!place.ok()) throw CLI::ValidationError("--to", place.status().message());
    flags->seek.to = *place;
  };
  parser
      .add_option_function<std::string>(
          "--to", set_place,
          "The first record, the end, an offset, or the first record of a time: RFC 3339, "
          "or how long ago, such as 2h")
      ->required()
      ->type_name("earliest|latest|OFFSET|TIME");
  return {.parser = &parser, .run = [flags] { return Seek(*flags); }};
}

Command AddReset(CLI::App& groups) {
  CLI::App& parser =
      *groups.add_subcommand("reset", "Forget what a group without members has committed: it begins as a new one");
  const auto flags = std::make_shared<SeekFlags>();
  AddSeekFlags(parser, *flags);
  flags->seek.to = client::SeekToNeverCommitted();
  return {.parser = &parser, .run = [flags] { return Seek(*flags); }};
}

Command AddDelete(CLI::App& groups) {
  CLI::App& parser = *groups.add_subcommand("delete", "Remove a group without members, and all that it has committed");
  const auto flags = std::make_shared<GroupFlags>();
  AddAgentFlags(parser, flags->agent);
  AddGroupFlag(parser, flags->group);
  return {.parser = &parser, .run = [flags] { return Delete(*flags); }};
}

}  // namespace

std::vector<Command> AddGroupsCommands(CLI::App& program) {
  CLI::App& groups = *program.add_subcommand("groups", "Show and move the consumer groups of a running agent");
  groups.require_subcommand(1);
  return {AddList(groups), AddDescribe(groups), AddSeek(groups), AddReset(groups), AddDelete(groups)};
}

}  // namespace streamhouse::apps
