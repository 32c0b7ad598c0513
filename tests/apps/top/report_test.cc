#include "apps/top/report.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>

namespace streamhouse::apps {
namespace {

constexpr std::int64_t kTime = 1'700'000'000'000;

// One of everything, of which some figures are unknown.
Figures SomeFigures() {
  Figures figures;
  ProgramFigures& program = figures.programs.emplace_back();
  program.url = "http://a:1";
  program.was_asked = program.has_answered = true;
  program.readiness = Readiness::kReady;
  program.written = 12.5;
  figures.topics.emplace_back().topic = "orders";
  figures.topics.back().written = 12.5;
  figures.groups.emplace_back().group = "billing";
  figures.groups.back().topic = "orders";
  figures.groups.back().partitions = 3;
  figures.groups.back().records = 40;
  figures.latencies.emplace_back().family = "streamhouse_agent_write_latency_seconds";
  figures.latencies.back().p99 = 0.25;
  figures.errors.emplace_back().counter = "send_errors_total";
  figures.errors.back().labels = {{"reason", "timeout"}};
  figures.errors.back().total = 2;
  figures.seconds = 2;
  return figures;
}

TEST(ReportTest, PrintsTablesWithTheTimeThatRatesAreOver) {
  EXPECT_EQ(ReportText(SomeFigures(), kTime),
            R"(1 of 1 programs answer; rates over 2.0 s; 2023-11-14T22:13:20Z

PROGRAM  STATE  WRITTEN/s  SENT/s  READ/s  LEASES  CPU  MEMORY  UP  CLIENTS  SCRAPE  SAMPLES
a:1      ready       12.5       -       -       -    -       -   -        -       -        -

TOPIC   WRITTEN/s*  SENT/s  SENT B/s  READ/s  READ B/s
orders        12.5       -         -       -         -

GROUP    TOPIC   LAG*  BEHIND  LAG BYTES  UNTIL LOSS  PARTITIONS  MEMBERS
billing  orders    40       -          -           -           3        -

LATENCY              OF  PER SECOND*  P50  P90     P99
agent_write_latency  -             -    -    -  250 ms

ERROR        OF              PER SECOND*  TOTAL
send_errors  reason=timeout            -      2)");
}

TEST(ReportTest, PrintsOneJsonObjectWithNullForUnknownFigures) {
  EXPECT_EQ(
      ReportJson(SomeFigures(), kTime),
      R"({"time":"2023-11-14T22:13:20Z","rate_seconds":2,"programs":[{"url":"http://a:1","state":"ready","note":"",)"
      R"("rate_seconds":null,"records_written_per_second":12.5,"records_sent_per_second":null,)"
      R"("records_consumed_per_second":null,"leases":null,"connections":null,"cpu_ratio":null,"memory_bytes":null,)"
      R"("uptime_seconds":null,"scrape_seconds":null,"page_bytes":null,"samples":null}],)"
      R"("topics":[{"topic":"orders","records_written_per_second":12.5,"records_sent_per_second":null,)"
      R"("bytes_sent_per_second":null,"records_consumed_per_second":null,"bytes_consumed_per_second":null}],)"
      R"("groups":[{"group":"billing","topic":"orders","partitions":3,"lag_records":40,"lag_bytes":null,)"
      R"("lag_seconds":null,"retention_margin_seconds":null,"members":null}],)"
      R"("latencies":[{"family":"streamhouse_agent_write_latency_seconds","labels":{},"per_second":null,)"
      R"("p50_seconds":null,"p90_seconds":null,"p99_seconds":0.25}],)"
      R"("errors":[{"counter":"send_errors_total","labels":{"reason":"timeout"},"per_second":null,"total":2}]})");
}

TEST(ReportTest, SaysWhichProgramGivesNoResponse) {
  Figures figures = SomeFigures();
  figures.programs[0].has_answered = false;
  figures.programs[0].note = "Connection refused";
  EXPECT_NE(ReportText(figures, kTime).find("no response"), std::string::npos);
  EXPECT_NE(ReportJson(figures, kTime).find(R"("state":"no_response","note":"Connection refused")"), std::string::npos);
}

TEST(ReportTest, HasNoControlCharactersOfAPage) {
  Figures figures = SomeFigures();
  figures.topics[0].topic = figures.groups[0].group =
      "\x1B[2J\x07\xC2\x9B"
      "2J\x7F";
  for (const std::string& text : {ReportText(figures, kTime), ReportJson(figures, kTime)}) {
    EXPECT_TRUE(std::all_of(text.begin(), text.end(), [](char c) { return (c >= 0x20 && c < 0x7F) || c == '\n'; }));
  }
}

}  // namespace
}  // namespace streamhouse::apps
