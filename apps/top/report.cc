#include "apps/top/report.h"

#include <fmt/chrono.h>
#include <fmt/core.h>

#include <ctime>
#include <string_view>

#include "apps/top/screen_layout.h"
#include "apps/top/table.h"
#include "metrics_core/text/json_text.h"

namespace streamhouse::apps {

using metrics::JsonText;

namespace {

std::string TimeText(std::int64_t unix_ms) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(static_cast<std::time_t>(unix_ms / 1000)));
}

std::string_view StateName(const ProgramFigures& program) {
  if (!program.has_answered) return "no_response";
  if (program.readiness == Readiness::kUnknown) return "unknown";
  return program.readiness == Readiness::kReady ? "ready" : "not_ready";
}

void WriteLabels(const Labels& labels, JsonText& json) {
  json.Key("labels").BeginObject();
  for (const auto& [name, value] : labels) json.Member(name, value);
  json.EndObject();
}

void WritePrograms(const Figures& figures, JsonText& json) {
  json.Key("programs").BeginArray();
  for (const ProgramFigures& program : figures.programs) {
    json.BeginObject().Member("url", program.url).Member("state", StateName(program)).Member("note", program.note);
    json.Member("rate_seconds", program.seconds).Member("records_written_per_second", program.written);
    json.Member("records_sent_per_second", program.sent).Member("records_consumed_per_second", program.consumed);
    json.Member("leases", program.leases).Member("connections", program.connections).Member("cpu_ratio", program.cpu);
    json.Member("memory_bytes", program.memory_bytes).Member("uptime_seconds", program.uptime_seconds);
    json.Member("scrape_seconds", program.scrape_seconds).Member("page_bytes", program.page_bytes);
    json.Member("samples", program.samples).EndObject();
  }
  json.EndArray();
}

void WriteTopics(const Figures& figures, JsonText& json) {
  json.Key("topics").BeginArray();
  for (const TopicFigures& topic : figures.topics) {
    json.BeginObject().Member("topic", topic.topic).Member("records_written_per_second", topic.written);
    json.Member("records_sent_per_second", topic.sent).Member("bytes_sent_per_second", topic.sent_bytes);
    json.Member("records_consumed_per_second", topic.consumed);
    json.Member("bytes_consumed_per_second", topic.consumed_bytes).EndObject();
  }
  json.EndArray();
}

void WriteGroups(const Figures& figures, JsonText& json) {
  json.Key("groups").BeginArray();
  for (const LagFigures& lag : figures.groups) {
    json.BeginObject().Member("group", lag.group).Member("topic", lag.topic).Member("partitions", lag.partitions);
    json.Member("lag_records", lag.records).Member("lag_bytes", lag.bytes).Member("lag_seconds", lag.seconds);
    json.Member("retention_margin_seconds", lag.retention_seconds).Member("members", lag.members).EndObject();
  }
  json.EndArray();
}

void WriteLatencies(const Figures& figures, JsonText& json) {
  json.Key("latencies").BeginArray();
  for (const LatencyFigures& latency : figures.latencies) {
    json.BeginObject().Member("family", latency.family);
    WriteLabels(latency.labels, json);
    json.Member("per_second", latency.rate).Member("p50_seconds", latency.p50).Member("p90_seconds", latency.p90);
    json.Member("p99_seconds", latency.p99).EndObject();
  }
  json.EndArray();
}

void WriteErrors(const Figures& figures, JsonText& json) {
  json.Key("errors").BeginArray();
  for (const ErrorFigures& error : figures.errors) {
    json.BeginObject().Member("counter", error.counter);
    WriteLabels(error.labels, json);
    json.Member("per_second", error.rate).Member("total", error.total).EndObject();
  }
  json.EndArray();
}

}  // namespace

std::string ReportText(const Figures& figures, std::int64_t unix_ms) {
  std::string text = Headline(figures) + "; " + TimeText(unix_ms);
  for (const Table& table : TablesOf(figures)) {
    if (table.rows.empty()) continue;
    text += '\n';
    for (const std::string& line : FormatTable(table, kAnyWidth)) text += "\n" + line;
  }
  return text;
}

std::string ReportJson(const Figures& figures, std::int64_t unix_ms) {
  JsonText json;
  json.BeginObject().Member("time", TimeText(unix_ms)).Member("rate_seconds", figures.seconds);
  WritePrograms(figures, json);
  WriteTopics(figures, json);
  WriteGroups(figures, json);
  WriteLatencies(figures, json);
  WriteErrors(figures, json);
  return json.EndObject().text();
}

}  // namespace streamhouse::apps
