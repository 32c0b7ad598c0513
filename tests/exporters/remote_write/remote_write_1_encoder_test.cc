#include "exporters/remote_write/remote_write_1_encoder.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "exporters/remote_write/remote_write_batch.h"
#include "metrics_core/reading/snapshot.h"
#include "metrics_core/registry.h"
#include "tests/exporters/remote_write/request_checks.h"
#include "tests/exporters/support/decoded_request.h"
#include "tests/exporters/support/hostile_registry.h"
#include "tests/exporters/support/remote_write_snapshot.h"

namespace streamhouse::exporters {
namespace {

using metrics::Registry;

// The requests of a batch, as they are sent.
std::vector<std::string> Requests(const RemoteWriteBatch& batch, std::size_t request_bytes = kRemoteWriteRequestBytes) {
  RemoteWrite1Encoder encoder(batch);
  return RequestsOf(encoder, request_bytes);
}

// The only one.
DecodedRequest Decoded(const RemoteWriteBatch& batch) {
  const std::vector<std::string> requests = Requests(batch);
  EXPECT_EQ(requests.size(), 1U);
  return DecodeRemoteWrite1(requests.at(0));
}

DecodedRequest DecodedOfEveryKind() {
  const metrics::Snapshot snapshot = RemoteWriteSnapshot();
  return Decoded({.families = snapshot.families(), .unix_milliseconds = kTakenMilliseconds});
}

TEST(RemoteWrite1EncoderTest, MakesNoRequestWithoutSeries) {
  Registry registry;
  registry.AddCounter({.name = "n_total", .help = "N", .labels = {"l"}}).value();
  const metrics::Snapshot snapshot = registry.TakeSnapshot();
  EXPECT_EQ(Requests({.families = snapshot.families()}), std::vector<std::string>{""});
}

TEST(RemoteWrite1EncoderTest, WritesEverySampleOfEveryKind) {
  EXPECT_EQ(Joined(DecodedOfEveryKind().lines), R"(relay_frames_total{Zone="z",port="a\\b\n"} 4711 @1700000060000
relay_frames_total{Zone="z",port="a\\b\n"} exemplar {span_id="0000000000000003",trace_id="00000000000000010000000000000002"} 1 @1700000059000
relay_frames_total{Zone="z"} 1 @1700000060000
relay_open{} -7 @1700000060000
relay_load{} 12 @1700000060000
relay_ratio{is="half"} 0.5 @1700000060000
relay_ratio{is="infinite"} -inf @1700000060000
relay_ratio{is="quiet"} nan @1700000060000
relay_ratio{is="signalling"} nan @1700000060000
relay_build_info{version="1.0"} 1 @1700000060000
relay_mode{node="n",relay_mode="idle"} 0 @1700000060000
relay_mode{node="n",relay_mode="a\"b"} 1 @1700000060000
relay_hold_seconds_bucket{le="0.5",port="a"} 2 @1700000060000
relay_hold_seconds_bucket{le="0.5",port="a"} exemplar {span_id="0000000000000003",trace_id="00000000000000010000000000000002"} 0.25 @1700000057000
relay_hold_seconds_bucket{le="1.0",port="a"} 2 @1700000060000
relay_hold_seconds_bucket{le="+Inf",port="a"} 3 @1700000060000
relay_hold_seconds_bucket{le="+Inf",port="a"} exemplar {span_id="0000000000000003",trace_id="00000000000000010000000000000002"} 3 @1700000058000
relay_hold_seconds_sum{port="a"} 3.25 @1700000060000
relay_hold_seconds_count{port="a"} 3 @1700000060000
relay_wait_seconds{} histogram count=5 sum=5.5 schema=3 zero=2.9387358770557188e-39:1 spans=[-2:3 4:1] deltas=[2 -2 1 0] @1700000060000
relay_wait_seconds{} exemplar {span_id="0000000000000003",trace_id="00000000000000010000000000000002"} 1.5 @1700000058000
relay_wait_seconds{} exemplar {span_id="0000000000000003",trace_id="00000000000000010000000000000002"} 0.75 @1700000059000
relay_rpc_seconds{quantile="0.5"} 1.25 @1700000060000
relay_rpc_seconds{quantile="1.0"} nan @1700000060000
relay_rpc_seconds_sum{} 3 @1700000060000
relay_rpc_seconds_count{} 2 @1700000060000
)");
}

TEST(RemoteWrite1EncoderTest, GivesEachFamilyItsTypeHelpAndUnit) {
  EXPECT_EQ(Joined(DecodedOfEveryKind().metadata), R"(relay_frames_total COUNTER "Frames \"taken\"." ""
relay_open GAUGE "" ""
relay_load GAUGE "Load" ""
relay_ratio GAUGE "Ratio" "ratio"
relay_build_info INFO "Build" ""
relay_mode STATESET "Mode" ""
relay_hold_seconds HISTOGRAM "Hold" "seconds"
relay_wait_seconds HISTOGRAM "Wait" "seconds"
relay_rpc_seconds SUMMARY "Calls" "seconds"
)");
}

TEST(RemoteWrite1EncoderTest, KeepsTheRulesOfEveryRequest) {
  EXPECT_EQ(Joined(DecodedOfEveryKind().faults), "");
}

TEST(RemoteWrite1EncoderTest, ShowsExponentialHistogramsInClassicBucketsWhereAsked) {
  const metrics::Snapshot snapshot = RemoteWriteSnapshot();
  const DecodedRequest request = Decoded({.families = snapshot.families().subspan(7, 1),
                                          .unix_milliseconds = kTakenMilliseconds,
                                          .exemplars_after = kTakenMilliseconds,
                                          .exponential = ExponentialUse::kClassic});
  EXPECT_EQ(Joined(request.lines), R"(relay_wait_seconds_bucket{le="1.0"} 4 @1700000060000
relay_wait_seconds_bucket{le="+Inf"} 5 @1700000060000
relay_wait_seconds_sum{} 5.5 @1700000060000
relay_wait_seconds_count{} 5 @1700000060000
)");
}

TEST(RemoteWrite1EncoderTest, EndsClassicBucketsBeforeANativeHistogram) {
  const metrics::Snapshot snapshot = RemoteWriteSnapshot();
  const auto info = snapshot.families()[7].info();
  EndedList ended({{.info = &info, .label_text = "", .exponential = ExponentialUse::kClassic}});
  const DecodedRequest request = Decoded({.ended = &ended, .families = snapshot.families().subspan(7, 1)});
  ASSERT_EQ(request.lines.size(), 5U);
  EXPECT_EQ(request.lines[0], "relay_wait_seconds_bucket{le=\"1.0\"} stale @0");
  EXPECT_TRUE(request.lines[4].starts_with("relay_wait_seconds{} histogram count=5")) << request.lines[4];
}

TEST(RemoteWrite1EncoderTest, EndsEverySampleOfASeriesWithAStaleMarker) {
  const metrics::Snapshot snapshot = RemoteWriteSnapshot();
  EndedList ended(AllSeries(snapshot));
  const DecodedRequest request = Decoded({.ended = &ended, .unix_milliseconds = kTakenMilliseconds});
  EXPECT_EQ(Joined(request.lines), WithStaleValues(DecodedOfEveryKind().lines));
  EXPECT_EQ(Joined(request.faults), "");
}

TEST(RemoteWrite1EncoderTest, HasTheSamplesOfATextPage) {
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

TEST(RemoteWrite1EncoderTest, SplitsABatchIntoWholeRequests) {
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
      const DecodedRequest decoded = DecodeRemoteWrite1(request);
      EXPECT_EQ(Joined(decoded.faults), "") << bytes;
      EXPECT_FALSE(decoded.metadata.empty()) << bytes;
      joined += Joined(decoded.lines);
    }
    EXPECT_EQ(joined, whole) << bytes;
  }
}

TEST(RemoteWrite1EncoderTest, FillsRequestsUpToTheirSize) {
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

}  // namespace
}  // namespace streamhouse::exporters
