#include "exporters/remote_write/remote_write_2_encoder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "exporters/encoding/page_chunk.h"
#include "exporters/remote_write/remote_write_batch.h"
#include "exporters/remote_write/symbol_table.h"
#include "metrics_core/reading/snapshot.h"
#include "metrics_core/registry.h"
#include "tests/exporters/remote_write/request_checks.h"
#include "tests/exporters/support/decoded_request.h"
#include "tests/exporters/support/hostile_registry.h"
#include "tests/exporters/support/remote_write_snapshot.h"
#include "tests/exporters/support/utf8_registry.h"

namespace streamhouse::exporters {
namespace {

using metrics::Registry;

// The requests of a batch, as they are sent.
std::vector<std::string> Requests(const RemoteWriteBatch& batch, std::size_t request_bytes = kRemoteWriteRequestBytes) {
  SymbolTable symbols;
  RemoteWrite2Encoder encoder(batch, symbols);
  return RequestsOf(encoder, request_bytes);
}

// The only one.
DecodedRequest Decoded(const RemoteWriteBatch& batch) {
  const std::vector<std::string> requests = Requests(batch);
  EXPECT_EQ(requests.size(), 1U);
  return DecodeRemoteWrite2(requests.at(0));
}

DecodedRequest DecodedOfEveryKind() {
  const metrics::Snapshot snapshot = RemoteWriteSnapshot();
  return Decoded({.families = snapshot.families(), .unix_milliseconds = kTakenMilliseconds});
}

TEST(RemoteWrite2EncoderTest, MakesNoRequestWithoutSeries) {
  Registry registry;
  registry.AddCounter({.name = "n_total", .help = "N", .labels = {"l"}}).value();
  const metrics::Snapshot snapshot = registry.TakeSnapshot();
  EXPECT_EQ(Requests({.families = snapshot.families()}), std::vector<std::string>{""});
}

TEST(RemoteWrite2EncoderTest, WritesEverySampleOfEveryKind) {
  EXPECT_EQ(Joined(DecodedOfEveryKind().lines),
            R"(relay_frames_total{Zone="z",port="a\\b\n"} 4711 @1700000060000 from 1700000000007
relay_frames_total{Zone="z",port="a\\b\n"} exemplar {span_id="0000000000000003",trace_id="00000000000000010000000000000002"} 1 @1700000059000
relay_frames_total{Zone="z"} 1 @1700000060000 from 1700000000008
relay_open{} -7 @1700000060000
relay_load{} 12 @1700000060000
relay_ratio{is="half"} 0.5 @1700000060000
relay_ratio{is="infinite"} -inf @1700000060000
relay_ratio{is="quiet"} nan @1700000060000
relay_ratio{is="signalling"} nan @1700000060000
relay_build_info{version="1.0"} 1 @1700000060000
relay_mode{node="n",relay_mode="idle"} 0 @1700000060000
relay_mode{node="n",relay_mode="a\"b"} 1 @1700000060000
relay_hold_seconds_bucket{le="0.5",port="a"} 2 @1700000060000 from 1700000000007
relay_hold_seconds_bucket{le="0.5",port="a"} exemplar {span_id="0000000000000003",trace_id="00000000000000010000000000000002"} 0.25 @1700000057000
relay_hold_seconds_bucket{le="1.0",port="a"} 2 @1700000060000 from 1700000000007
relay_hold_seconds_bucket{le="+Inf",port="a"} 3 @1700000060000 from 1700000000007
relay_hold_seconds_bucket{le="+Inf",port="a"} exemplar {span_id="0000000000000003",trace_id="00000000000000010000000000000002"} 3 @1700000058000
relay_hold_seconds_sum{port="a"} 3.25 @1700000060000 from 1700000000007
relay_hold_seconds_count{port="a"} 3 @1700000060000 from 1700000000007
relay_wait_seconds{} histogram count=5 sum=5.5 schema=3 zero=2.9387358770557188e-39:1 spans=[-2:3 4:1] deltas=[2 -2 1 0] @1700000060000 from 1700000000007
relay_wait_seconds{} exemplar {span_id="0000000000000003",trace_id="00000000000000010000000000000002"} 1.5 @1700000058000
relay_wait_seconds{} exemplar {span_id="0000000000000003",trace_id="00000000000000010000000000000002"} 0.75 @1700000059000
relay_rpc_seconds{quantile="0.5"} 1.25 @1700000060000
relay_rpc_seconds{quantile="1.0"} nan @1700000060000
relay_rpc_seconds_sum{} 3 @1700000060000 from 1700000000007
relay_rpc_seconds_count{} 2 @1700000060000 from 1700000000007
)");
}

TEST(RemoteWrite2EncoderTest, GivesEachSeriesItsTypeHelpAndUnit) {
  EXPECT_EQ(Joined(DecodedOfEveryKind().metadata), R"(relay_frames_total METRIC_TYPE_COUNTER "Frames \"taken\"." ""
relay_open METRIC_TYPE_GAUGE "" ""
relay_load METRIC_TYPE_GAUGE "Load" ""
relay_ratio METRIC_TYPE_GAUGE "Ratio" "ratio"
relay_build_info METRIC_TYPE_INFO "Build" ""
relay_mode METRIC_TYPE_STATESET "Mode" ""
relay_hold_seconds_bucket METRIC_TYPE_HISTOGRAM "Hold" "seconds"
relay_hold_seconds_sum METRIC_TYPE_HISTOGRAM "Hold" "seconds"
relay_hold_seconds_count METRIC_TYPE_HISTOGRAM "Hold" "seconds"
relay_wait_seconds METRIC_TYPE_HISTOGRAM "Wait" "seconds"
relay_rpc_seconds METRIC_TYPE_SUMMARY "Calls" "seconds"
relay_rpc_seconds_sum METRIC_TYPE_SUMMARY "Calls" "seconds"
relay_rpc_seconds_count METRIC_TYPE_SUMMARY "Calls" "seconds"
)");
}

// The rules that decoded_request.h looks for: symbols, references, order of labels, samples or
// histograms, metadata.
TEST(RemoteWrite2EncoderTest, KeepsTheRulesOfEveryRequest) {
  EXPECT_EQ(Joined(DecodedOfEveryKind().faults), "");
}

TEST(RemoteWrite2EncoderTest, PutsTheSymbolsBeforeTheSeries) {
  const metrics::Snapshot snapshot = RemoteWriteSnapshot();
  const std::string request = Requests({.families = snapshot.families()}).at(0);
  EXPECT_EQ(request.substr(0, 2), std::string("\x22\x00", 2)) << "the empty symbol";
  EXPECT_EQ(FieldsOf(request), (std::vector<int>{4, 5})) << "each kind of field in one run";
}

TEST(RemoteWrite2EncoderTest, ShowsExponentialHistogramsInClassicBucketsWhereAsked) {
  const metrics::Snapshot snapshot = RemoteWriteSnapshot();
  const DecodedRequest request = Decoded({.families = snapshot.families().subspan(7, 1),
                                          .unix_milliseconds = kTakenMilliseconds,
                                          .exemplars_after = kTakenMilliseconds,
                                          .exponential = ExponentialUse::kClassic});
  EXPECT_EQ(Joined(request.lines), R"(relay_wait_seconds_bucket{le="1.0"} 4 @1700000060000 from 1700000000007
relay_wait_seconds_bucket{le="+Inf"} 5 @1700000060000 from 1700000000007
relay_wait_seconds_sum{} 5.5 @1700000060000 from 1700000000007
relay_wait_seconds_count{} 5 @1700000060000 from 1700000000007
)");
}

TEST(RemoteWrite2EncoderTest, SendsAnExemplarInOneBatchOnly) {
  const metrics::Snapshot snapshot = RemoteWriteSnapshot();
  const auto exemplars = [&](std::int64_t after, std::int64_t until) {
    const DecodedRequest request =
        Decoded({.families = snapshot.families().subspan(7, 1), .unix_milliseconds = until, .exemplars_after = after});
    return std::count_if(request.lines.begin(), request.lines.end(),
                         [](const std::string& line) { return line.find(" exemplar ") != std::string::npos; });
  };
  EXPECT_EQ(exemplars(kTakenMilliseconds - 2001, kTakenMilliseconds - 2000), 1);
  EXPECT_EQ(exemplars(kTakenMilliseconds - 2000, kTakenMilliseconds - 1000), 1);
  EXPECT_EQ(exemplars(kTakenMilliseconds - 1000, kTakenMilliseconds), 0);
}

TEST(RemoteWrite2EncoderTest, EndsClassicBucketsBeforeANativeHistogram) {
  const metrics::Snapshot snapshot = RemoteWriteSnapshot();
  const auto info = snapshot.families()[7].info();
  EndedList ended({{.info = &info, .label_text = "", .exponential = ExponentialUse::kClassic}});
  const DecodedRequest request = Decoded({.ended = &ended, .families = snapshot.families().subspan(7, 1)});
  ASSERT_EQ(request.lines.size(), 5U);
  EXPECT_EQ(request.lines[0], "relay_wait_seconds_bucket{le=\"1.0\"} stale @0");
  EXPECT_TRUE(request.lines[4].starts_with("relay_wait_seconds{} histogram count=5")) << request.lines[4];
}

TEST(RemoteWrite2EncoderTest, EndsEverySampleOfASeriesWithAStaleMarker) {
  const metrics::Snapshot snapshot = RemoteWriteSnapshot();
  EndedList ended(AllSeries(snapshot));
  const DecodedRequest request = Decoded({.ended = &ended, .unix_milliseconds = kTakenMilliseconds});
  EXPECT_EQ(Joined(request.lines), WithStaleValues(DecodedOfEveryKind().lines));
  EXPECT_EQ(Joined(request.faults), "");
}

TEST(RemoteWrite2EncoderTest, PutsStaleMarkersBeforeSamples) {
  const metrics::Snapshot snapshot = RemoteWriteSnapshot();
  EndedList ended({{.info = &snapshot.families()[0].info(), .label_text = "port=\"c\",Zone=\"\""}});
  const DecodedRequest request = Decoded({.ended = &ended, .families = snapshot.families().subspan(0, 1)});
  ASSERT_EQ(request.lines.size(), 3U);
  EXPECT_EQ(request.lines[0], "relay_frames_total{port=\"c\"} stale @0");
}

TEST(RemoteWrite2EncoderTest, LeavesOutAStartThatLiesAheadOfTheSample) {
  const metrics::Snapshot snapshot = RemoteWriteSnapshot();
  const DecodedRequest request =
      Decoded({.families = snapshot.families().subspan(0, 1), .unix_milliseconds = kStartMilliseconds});
  EXPECT_EQ(request.lines[0],
            "relay_frames_total{Zone=\"z\",port=\"a\\\\b\\n\"} 4711 @1700000000007 from 1700000000007");
  EXPECT_EQ(request.lines[1], "relay_frames_total{Zone=\"z\"} 1 @1700000000007");
}

TEST(RemoteWrite2EncoderTest, WritesNamesOfAnyUtf8) {
  const auto registry = Utf8Registry();
  const metrics::Snapshot snapshot = registry->TakeSnapshot();
  const std::string text = Joined(Decoded({.families = snapshot.families()}).lines);
  EXPECT_NE(text.find(R"(http.requests_total{code="200",url.path="/\"x\""} 2)"), std::string::npos) << text;
  EXPECT_NE(text.find("tief\xC3\xA4\"\\{} 3"), std::string::npos) << text;
}

TEST(RemoteWrite2EncoderTest, HasTheSamplesOfATextPage) {
  Registry registry;
  AddHostileLabels(registry);
  AddExtremeNumbers(registry);
  AddHistograms(registry);
  AddNegativeHistogram(registry);
  const metrics::Snapshot snapshot = registry.TakeSnapshot();
  const DecodedRequest request = Decoded({.families = snapshot.families()});
  EXPECT_EQ(Joined(request.faults), "");
  EXPECT_EQ(WithoutTimes(request.lines), LinesOfTextPage(snapshot));
}

// Each chunk is a request that a receiver understands without the others.
TEST(RemoteWrite2EncoderTest, SplitsABatchIntoWholeRequests) {
  const metrics::Snapshot snapshot = RemoteWriteSnapshot();
  RemoteWriteBatch batch = {.families = snapshot.families(), .unix_milliseconds = kTakenMilliseconds};
  EndedList all(AllSeries(snapshot));
  batch.ended = &all;
  const std::string whole = Joined(Decoded(batch).lines);
  for (const std::size_t bytes : {1, 500, 1000, 2000, 4000}) {
    std::string joined;
    EndedList ended(AllSeries(snapshot));
    batch.ended = &ended;
    for (const std::string& request : Requests(batch, bytes)) {
      const DecodedRequest decoded = DecodeRemoteWrite2(request);
      EXPECT_EQ(Joined(decoded.faults), "") << bytes;
      joined += Joined(decoded.lines);
    }
    EXPECT_EQ(joined, whole) << bytes;
  }
}

TEST(RemoteWrite2EncoderTest, SplitsAFamilyIntoWholeRequests) {
  Registry registry;
  AddCounters(registry, 1'000);
  const metrics::Snapshot snapshot = registry.TakeSnapshot();
  std::vector<std::string> lines;
  for (const std::string& request : Requests({.families = snapshot.families()}, 10'000)) {
    const DecodedRequest decoded = DecodeRemoteWrite2(request);
    EXPECT_EQ(Joined(decoded.faults), "");
    lines.insert(lines.end(), decoded.lines.begin(), decoded.lines.end());
  }
  EXPECT_EQ(WithoutTimes(lines), LinesOfTextPage(snapshot));
}

TEST(RemoteWrite2EncoderTest, FillsRequestsUpToTheirSize) {
  Registry registry;
  AddCounters(registry, 20'000);
  const metrics::Snapshot snapshot = registry.TakeSnapshot();
  constexpr std::size_t kBytes = 100'000;
  std::vector<std::string> requests = Requests({.families = snapshot.families()}, kBytes);
  EXPECT_GT(requests.size(), 5U);
  requests.pop_back();
  for (const std::string& request : requests) {
    EXPECT_LE(request.size(), kBytes);
    EXPECT_GT(request.size(), kBytes - 1'000);
  }
}

TEST(RemoteWrite2EncoderTest, KeepsASeriesWithinOneRequest) {
  Registry registry;
  AddHistograms(registry);
  const metrics::Snapshot snapshot = registry.TakeSnapshot();
  for (const std::string& request : Requests({.families = snapshot.families()}, 1)) {
    EXPECT_EQ(DecodeRemoteWrite2(request).lines.size() % 7, 0U) << "five buckets, sum and count";
  }
}

TEST(RemoteWrite2EncoderTest, CountsTheSamplesOfEachRequest) {
  const metrics::Snapshot snapshot = RemoteWriteSnapshot();
  EndedList ended(AllSeries(snapshot));
  EndedList same(AllSeries(snapshot));
  SymbolTable symbols;
  RemoteWrite2Encoder encoder({.ended = &ended, .families = snapshot.families()}, symbols);  // no exemplar is fresh
  std::vector<std::size_t> lines;
  for (const std::string& request : Requests({.ended = &same, .families = snapshot.families()}, 1))
    lines.push_back(DecodeRemoteWrite2(request).lines.size());
  EXPECT_GT(lines.size(), 3U);
  EXPECT_EQ(SamplesOfRequests(encoder, 1), lines);
}

TEST(RemoteWrite2EncoderTest, TellsWhenAllStaleMarkersAreWritten) {
  const metrics::Snapshot snapshot = RemoteWriteSnapshot();
  EndedList ended(AllSeries(snapshot));
  SymbolTable symbols;
  RemoteWrite2Encoder encoder({.ended = &ended, .families = snapshot.families()}, symbols);
  std::vector<bool> written;
  PageSource::Progress progress;
  do {
    PageChunk chunk(1);
    progress = encoder.Fill(chunk);
    written.push_back(encoder.ended_is_written());
  } while (progress == PageSource::Progress::kMore);
  EXPECT_EQ(written.front(), false);
  EXPECT_EQ(written.back(), true);
}

}  // namespace
}  // namespace streamhouse::exporters
