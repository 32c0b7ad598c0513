#include "apps/top/figures.h"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "apps/top/page_parser.h"
#include "metrics_core/status.h"

namespace streamhouse::apps {
namespace {

constexpr double kNow = 1'000'000;  // Unix time

Reading ReadingOf(std::string_view text, double at_seconds) {
  constexpr std::size_t kMany = 1'000'000;
  PageParser parser({.bytes_max = kMany, .samples_max = kMany, .labels_max = kMany, .line_bytes_max = kMany});
  parser.Push(text);
  Reading reading;
  reading.taken_at =
      std::chrono::steady_clock::time_point(std::chrono::milliseconds(static_cast<int>(at_seconds * 1000)));
  reading.scrape_time = std::chrono::milliseconds(3);
  reading.page_bytes = text.size();
  reading.page = std::move(parser).Take().value();
  reading.readiness = Readiness::kReady;
  return reading;
}

// A program that was read twice, two seconds apart, or once.
Program ReadTwice(std::string_view before, std::string_view now) {
  Program program;
  program.url = "http://a:1";
  program.before = ReadingOf(before, 10);
  program.now = ReadingOf(now, 12);
  program.was_asked = true;
  return program;
}

Program ReadOnce(std::string_view now) {
  Program program = ReadTwice("", now);
  program.before.reset();
  return program;
}

Figures Of(std::vector<Program> programs) {
  return FiguresOf(programs, kNow);
}

Figures Of(std::string_view before, std::string_view now) {
  return Of({ReadTwice(before, now)});
}

TEST(FiguresTest, TellsRatesOfTopicsBetweenTwoReadings) {
  const Figures figures =
      Of("streamhouse_agent_records_written_total{topic=\"a\"} "
         "100\nstreamhouse_producer_records_sent_total{topic=\"a\"} 10\n"
         "streamhouse_producer_bytes_sent_total{topic=\"a\"} "
         "0\nstreamhouse_consumer_records_consumed_total{topic=\"a\"} 0\n"
         "streamhouse_consumer_bytes_consumed_total{topic=\"a\"} 0\n",
         "streamhouse_agent_records_written_total{topic=\"a\"} "
         "300\nstreamhouse_producer_records_sent_total{topic=\"a\"} 30\n"
         "streamhouse_producer_bytes_sent_total{topic=\"a\"} "
         "400\nstreamhouse_consumer_records_consumed_total{topic=\"a\"} 8\n"
         "streamhouse_consumer_bytes_consumed_total{topic=\"a\"} 6\n");
  ASSERT_EQ(figures.topics.size(), 1U);
  EXPECT_EQ(figures.topics[0].topic, "a");
  EXPECT_EQ(figures.topics[0].written, 100);
  EXPECT_EQ(figures.topics[0].sent, 10);
  EXPECT_EQ(figures.topics[0].sent_bytes, 200);
  EXPECT_EQ(figures.topics[0].consumed, 4);
  EXPECT_EQ(figures.topics[0].consumed_bytes, 3);
  EXPECT_EQ(figures.programs[0].written, 100);
  EXPECT_EQ(figures.seconds, 2);
}

TEST(FiguresTest, KnowsNoRateAfterOneReading) {
  const Figures figures = Of({ReadOnce("streamhouse_agent_records_written_total{topic=\"a\"} 100\n")});
  ASSERT_EQ(figures.topics.size(), 1U);
  EXPECT_EQ(figures.topics[0].written, std::nullopt);
  EXPECT_EQ(figures.programs[0].written, std::nullopt);
  EXPECT_EQ(figures.seconds, std::nullopt);
}

TEST(FiguresTest, KnowsNoRateOfASeriesThatIsNew) {
  const Figures figures = Of("", "streamhouse_agent_records_written_total{topic=\"a\"} 100\n");
  EXPECT_EQ(figures.topics[0].written, std::nullopt);
}

TEST(FiguresTest, CountsFromZeroAfterAProgramWasStartedAgain) {
  const Figures figures = Of("streamhouse_agent_records_written_total{topic=\"a\"} 1000\n",
                             "streamhouse_agent_records_written_total{topic=\"a\"} 10\n");
  EXPECT_EQ(figures.topics[0].written, 5);
}

TEST(FiguresTest, AddsProgramsUp) {
  const Program agent = ReadTwice("streamhouse_agent_records_written_total{topic=\"a\"} 0\n",
                                  "streamhouse_agent_records_written_total{topic=\"a\"} 20\n");
  const Figures figures = Of({agent, agent});
  ASSERT_EQ(figures.topics.size(), 1U);
  EXPECT_EQ(figures.topics[0].written, 20);
}

TEST(FiguresTest, ShowsNothingOfAProgramThatGivesNoResponse) {
  Program program = ReadTwice("streamhouse_agent_records_written_total{topic=\"a\"} 0\n",
                              "streamhouse_agent_records_written_total{topic=\"a\"} 20\n");
  program.last_outcome = metrics::Status(metrics::StatusCode::kUnavailable, "Connection refused");
  const Figures figures = Of({program});
  EXPECT_TRUE(figures.topics.empty());
  EXPECT_FALSE(figures.programs[0].has_answered);
  EXPECT_EQ(figures.programs[0].note, "Connection refused");
  EXPECT_EQ(figures.programs[0].samples, std::nullopt);
}

TEST(FiguresTest, ShowsTheProcessAndTheAgentOfAProgram) {
  const Figures figures = Of("process_cpu_seconds_total 1\n",
                             "process_cpu_seconds_total 1.5\nprocess_resident_memory_bytes 4096\n"
                             "process_start_time_seconds 999000\nstreamhouse_agent_active_partitions 3\n"
                             "streamhouse_agent_active_connections 2\n");
  const ProgramFigures& program = figures.programs[0];
  EXPECT_EQ(program.cpu, 0.25);
  EXPECT_EQ(program.memory_bytes, 4096);
  EXPECT_EQ(program.uptime_seconds, 1000);
  EXPECT_EQ(program.leases, 3);
  EXPECT_EQ(program.connections, 2);
  EXPECT_EQ(program.samples, 5);
  EXPECT_EQ(program.scrape_seconds, 0.003);
  EXPECT_EQ(program.readiness, Readiness::kReady);
}

TEST(FiguresTest, SaysWhyAProgramIsNotReadyAndWhatItsPageLacks) {
  Program program = ReadOnce("streamhouse_agent_lag_series_left_out 7\n");
  program.now->readiness = Readiness::kNotReady;
  program.now->not_ready_because = "lease: lost";
  program.now->page.is_cut = true;
  EXPECT_EQ(Of({program}).programs[0].note,
            "lease: lost; page cut behind 1 samples; it leaves out partitions of groups");
}

constexpr std::string_view kLag =
    "streamhouse_agent_group_committed_offset{topic=\"a\",partition=\"0\",group=\"g\"} 5\n"
    "streamhouse_agent_group_committed_offset{topic=\"a\",partition=\"1\",group=\"g\"} 5\n"
    "streamhouse_agent_group_lag_records{topic=\"a\",partition=\"0\",group=\"g\"} 10\n"
    "streamhouse_agent_group_lag_seconds{topic=\"a\",partition=\"0\",group=\"g\"} 4\n"
    "streamhouse_agent_group_lag_bytes{topic=\"a\",partition=\"0\",group=\"g\"} 100\n"
    "streamhouse_agent_group_retention_margin_seconds{topic=\"a\",partition=\"0\",group=\"g\"} 60\n"
    "streamhouse_agent_group_members{group=\"g\"} 2\n";

TEST(FiguresTest, AddsUpTheLagOfPartitionsAndTakesTheWorstTimes) {
  const Figures figures =
      Of({ReadOnce(std::string(kLag) +
                   "streamhouse_agent_group_lag_records{topic=\"a\",partition=\"1\",group=\"g\"} 1\n"
                   "streamhouse_agent_group_lag_seconds{topic=\"a\",partition=\"1\",group=\"g\"} 9\n"
                   "streamhouse_agent_group_lag_bytes{topic=\"a\",partition=\"1\",group=\"g\"} 7\n"
                   "streamhouse_agent_group_retention_margin_seconds{topic=\"a\",partition=\"1\",group=\"g\"} -5\n")});
  ASSERT_EQ(figures.groups.size(), 1U);
  const LagFigures& lag = figures.groups[0];
  EXPECT_EQ(lag.group + "/" + lag.topic, "g/a");
  EXPECT_EQ(lag.partitions, 2U);
  EXPECT_EQ(lag.records, 11);
  EXPECT_EQ(lag.bytes, 107);
  EXPECT_EQ(lag.seconds, 9);
  EXPECT_EQ(lag.retention_seconds, -5);
  EXPECT_EQ(lag.members, 2);
}

TEST(FiguresTest, KnowsNoSumOfLagWhereAPartIsUnknown) {
  const Figures figures = Of({ReadOnce(kLag)});
  EXPECT_EQ(figures.groups[0].partitions, 2U);
  EXPECT_EQ(figures.groups[0].records, std::nullopt);
  EXPECT_EQ(figures.groups[0].bytes, std::nullopt);
  EXPECT_EQ(figures.groups[0].seconds, 4);  // the largest that is known
}

TEST(FiguresTest, TakesLagFromAConsumerWhereNoAgentTellsIt) {
  const Program agent = ReadOnce(kLag);
  const Program consumer = ReadOnce(
      "streamhouse_consumer_lag_records{topic=\"a\",partition=\"0\",group=\"g\"} 77\n"
      "streamhouse_consumer_lag_records{topic=\"a\",partition=\"0\",group=\"other\"} 5\n"
      "streamhouse_consumer_lag_seconds{topic=\"a\",partition=\"0\",group=\"other\"} 3\n");
  const Figures figures = Of({agent, consumer});
  ASSERT_EQ(figures.groups.size(), 2U);
  EXPECT_EQ(figures.groups[0].records, std::nullopt);
  EXPECT_EQ(figures.groups[1].group, "other");
  EXPECT_EQ(figures.groups[1].records, 5);
  EXPECT_EQ(figures.groups[1].seconds, 3);
  EXPECT_EQ(figures.groups[1].members, std::nullopt);
}

std::string HistogramPage(int first, int second, int all) {
  return "# TYPE h_seconds histogram\nh_seconds_bucket{m=\"x\",le=\"1\"} " + std::to_string(first) +
         "\nh_seconds_bucket{m=\"x\",le=\"2\"} " + std::to_string(second) + "\nh_seconds_bucket{m=\"x\",le=\"+Inf\"} " +
         std::to_string(all) + "\n";
}

// Between the readings 2 observations are at most 1, and 6 between 1 and 2.
TEST(FiguresTest, TellsQuantilesOfWhatWasObservedInBetween) {
  const Figures figures = Of(HistogramPage(100, 100, 100), HistogramPage(102, 108, 108));
  ASSERT_EQ(figures.latencies.size(), 1U);
  const LatencyFigures& latency = figures.latencies[0];
  EXPECT_EQ(latency.family, "h_seconds");
  EXPECT_EQ(latency.labels, (Labels{{"m", "x"}}));
  EXPECT_EQ(latency.rate, 4);
  EXPECT_DOUBLE_EQ(latency.p50.value(), 1 + 2.0 / 6);
  EXPECT_DOUBLE_EQ(latency.p90.value(), 1 + 5.2 / 6);
  EXPECT_DOUBLE_EQ(latency.p99.value(), 1 + 5.92 / 6);
}

TEST(FiguresTest, HasNoQuantileWithoutObservations) {
  const Figures figures = Of(HistogramPage(1, 1, 1), HistogramPage(1, 1, 1));
  EXPECT_EQ(figures.latencies[0].rate, 0);
  EXPECT_EQ(figures.latencies[0].p99, std::nullopt);
  EXPECT_TRUE(Of(HistogramPage(0, 0, 0), HistogramPage(0, 0, 0)).latencies.empty());
}

TEST(FiguresTest, AddsUpHistogramsOfProgramsWithTheSameBounds) {
  const Program one = ReadTwice(HistogramPage(0, 0, 0), HistogramPage(1, 1, 1));
  const Program other = ReadTwice(HistogramPage(0, 0, 0), HistogramPage(0, 3, 3));
  const Figures figures = Of({one, other});
  ASSERT_EQ(figures.latencies.size(), 1U);
  EXPECT_EQ(figures.latencies[0].rate, 2);
  EXPECT_DOUBLE_EQ(figures.latencies[0].p50.value(), 1 + 1.0 / 3);
}

TEST(FiguresTest, KnowsNoQuantileOverProgramsWithOtherBounds) {
  const Program one = ReadTwice(HistogramPage(0, 0, 0), HistogramPage(1, 1, 1));
  const std::string type = "# TYPE h_seconds histogram\n";
  const Program other =
      ReadTwice(type + "h_seconds_bucket{m=\"x\",le=\"+Inf\"} 0\n", type + "h_seconds_bucket{m=\"x\",le=\"+Inf\"} 3\n");
  const Figures figures = Of({one, other});
  EXPECT_EQ(figures.latencies[0].rate, 2);
  EXPECT_EQ(figures.latencies[0].p50, std::nullopt);
}

TEST(FiguresTest, TakesQuantilesOfASummaryAsTheyAre) {
  const std::string page =
      "# TYPE s_seconds summary\ns_seconds{quantile=\"0.5\"} 0.1\ns_seconds{quantile=\"0.99\"} 0.3\n";
  const Figures figures = Of(page + "s_seconds_count 2\n", page + "s_seconds_count 6\n");
  ASSERT_EQ(figures.latencies.size(), 1U);
  EXPECT_EQ(figures.latencies[0].rate, 2);
  EXPECT_EQ(figures.latencies[0].p50, 0.1);
  EXPECT_EQ(figures.latencies[0].p90, std::nullopt);
  EXPECT_EQ(figures.latencies[0].p99, 0.3);
}

std::string ErrorsOf(std::string_view page) {
  std::string names;
  for (const ErrorFigures& error : Of({ReadOnce(page)}).errors) names += error.counter + " ";
  return names;
}

TEST(FiguresTest, FindsCountersOfErrorsByNameOrLabel) {
  EXPECT_EQ(ErrorsOf("streamhouse_producer_send_errors_total{reason=\"timeout\"} 1\n"
                     "streamhouse_agent_records_refused_total{reason=\"too_large\"} 2\n"
                     "streamhouse_agent_grpc_requests_total{method=\"Produce\",code=\"ABORTED\"} 3\n"
                     "http_requests_total{code=\"500\"} 4\nreloads_total{outcome=\"failed\"} 5\n"),
            "http_requests_total reloads_total streamhouse_agent_grpc_requests_total "
            "streamhouse_agent_records_refused_total streamhouse_producer_send_errors_total ");
}

TEST(FiguresTest, LeavesOutWhatIsNoError) {
  EXPECT_EQ(ErrorsOf("streamhouse_producer_send_errors_total{reason=\"timeout\"} 0\n"
                     "streamhouse_agent_grpc_requests_total{method=\"Produce\",code=\"OK\"} 3\n"
                     "streamhouse_agent_grpc_requests_total{method=\"Fetch\",code=\"CANCELLED\"} 3\n"
                     "http_requests_total{code=\"200\"} 4\nlast_error 5\nerrors_total NaN\n"),
            "");
}

TEST(FiguresTest, TellsRateAndTotalOfErrors) {
  const Figures figures = Of("send_errors_total{reason=\"x\"} 4\n", "send_errors_total{reason=\"x\"} 10\n");
  ASSERT_EQ(figures.errors.size(), 1U);
  EXPECT_EQ(figures.errors[0].rate, 3);
  EXPECT_EQ(figures.errors[0].total, 10);
  EXPECT_EQ(figures.errors[0].labels, (Labels{{"reason", "x"}}));
}

}  // namespace
}  // namespace streamhouse::apps
