#include "exporters/encoding/protobuf_encoder.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include "exporters/encoding/page_chunk.h"
#include "metrics_core/reading/snapshot.h"
#include "metrics_core/registry.h"
#include "tests/exporters/support/command.h"
#include "tests/exporters/support/created_snapshot.h"
#include "tests/exporters/support/described_snapshot.h"
#include "tests/exporters/support/hostile_registry.h"
#include "tests/exporters/support/page.h"
#include "tests/exporters/support/utf8_registry.h"

namespace streamhouse::exporters {
namespace {

using metrics::Registry;

// The messages of a page, without their lengths. A page that is cut off ends with an empty one.
std::vector<std::string> Messages(std::string_view page) {
  std::vector<std::string> messages;
  while (!page.empty()) {
    std::uint64_t bytes = 0;
    unsigned shift = 0;
    bool more = true;
    for (; more && !page.empty(); page.remove_prefix(1), shift += 7) {
      bytes |= static_cast<std::uint64_t>(static_cast<unsigned char>(page[0]) & 0x7FU) << shift;
      more = (static_cast<unsigned char>(page[0]) & 0x80U) != 0;
    }
    if (more || bytes > page.size()) return messages.emplace_back(), messages;
    messages.emplace_back(page.substr(0, bytes));
    page.remove_prefix(bytes);
  }
  return messages;
}

// As protoc reads it, all messages one after the other.
std::string Decoded(const std::string& page) {
  std::string text;
  for (const std::string& message : Messages(page)) {
    text +=
        RunCommand("protoc --decode=io.prometheus.client.MetricFamily tests/exporters/encoding/metrics.proto", message)
            .output;
  }
  return text;
}

std::string Decoded(Registry& registry) {
  return Decoded(PageOf<ProtobufEncoder>(registry));
}

TEST(ProtobufEncoderTest, WritesNoByteForAnEmptyRegistry) {
  Registry registry({.creation_times = metrics::CreationTimes::kNotKept});
  registry.AddCounter({.name = "n_total", .help = "N", .labels = {"l"}}).value();
  EXPECT_EQ(PageOf<ProtobufEncoder>(registry), "");
}

TEST(ProtobufEncoderTest, WritesCountersAndGauges) {
  Registry registry({.creation_times = metrics::CreationTimes::kNotKept});
  const auto sent =
      registry.AddCounter({.name = "sent_bytes_total", .help = "Sent\n", .unit = "bytes", .labels = {"topic", "a"}});
  sent.value().With("or\"ders", "\n").Increment(3);
  registry.AddGauge({.name = "pending", .help = "Pending"}).value().With().Set(-7);
  EXPECT_EQ(Decoded(registry), R"(name: "sent_bytes_total"
help: "Sent\n"
type: COUNTER
metric {
  label {
    name: "a"
    value: "\n"
  }
  label {
    name: "topic"
    value: "or\"ders"
  }
  counter {
    value: 3
  }
}
unit: "bytes"
name: "pending"
help: "Pending"
type: GAUGE
metric {
  gauge {
    value: -7
  }
}
)");
}

TEST(ProtobufEncoderTest, WritesClassicHistogramsCumulatively) {
  Registry registry({.creation_times = metrics::CreationTimes::kNotKept});
  const auto duration = registry.AddHistogram({.name = "duration", .help = "Duration"}, Bounds({0.5, 1})).value();
  duration.With().Observe(1);
  duration.With().Observe(9);
  EXPECT_EQ(Decoded(registry), R"(name: "duration"
help: "Duration"
type: HISTOGRAM
metric {
  histogram {
    sample_count: 2
    sample_sum: 10
    bucket {
      cumulative_count: 0
      upper_bound: 0.5
    }
    bucket {
      cumulative_count: 1
      upper_bound: 1
    }
    bucket {
      cumulative_count: 2
      upper_bound: inf
    }
  }
}
)");
}

TEST(ProtobufEncoderTest, WritesExponentialHistogramsBothWays) {
  Registry registry({.creation_times = metrics::CreationTimes::kNotKept});
  const auto latency = registry.AddExponentialHistogram({.name = "latency", .help = "Latency"}, Bounds({1, 2})).value();
  latency.With().Observe(0);
  latency.With().Observe(1);
  latency.With().Observe(1);
  latency.With().Observe(2);
  EXPECT_EQ(Decoded(registry), R"(name: "latency"
help: "Latency"
type: HISTOGRAM
metric {
  histogram {
    sample_count: 4
    sample_sum: 4
    bucket {
      cumulative_count: 3
      upper_bound: 1
    }
    bucket {
      cumulative_count: 4
      upper_bound: 2
    }
    bucket {
      cumulative_count: 4
      upper_bound: inf
    }
    schema: 6
    zero_threshold: 2.9387358770557188e-39
    zero_count: 1
    positive_span {
      offset: 0
      length: 1
    }
    positive_span {
      offset: 63
      length: 1
    }
    positive_delta: 2
    positive_delta: -1
  }
}
)");
}

TEST(ProtobufEncoderTest, WritesExemplars) {
  Registry registry({.creation_times = metrics::CreationTimes::kNotKept});
  const auto sent =
      registry.AddCounter({.name = "sent_total", .help = "Sent", .exemplars = metrics::Exemplars::kSampled});
  sent.value().With().Increment(1, {.trace_id_high = 1, .trace_id_low = 2, .span_id = 3});
  const std::string text = Decoded(registry);
  EXPECT_NE(text.find(R"(    exemplar {
      label {
        name: "trace_id"
        value: "00000000000000010000000000000002"
      }
      label {
        name: "span_id"
        value: "0000000000000003"
      }
      value: 1
      timestamp {
        seconds: )"),
            std::string::npos)
      << text;
}

TEST(ProtobufEncoderTest, IsTheSameInChunksOfAnySize) {
  Registry registry({.creation_times = metrics::CreationTimes::kNotKept});
  AddHostileLabels(registry);
  AddExtremeNumbers(registry);
  AddHistograms(registry);
  const std::string page = PageOf<ProtobufEncoder>(registry);
  for (std::size_t bytes = 1; bytes < 1000; bytes += 7) {
    const std::vector<std::string> chunks = ChunksOf<ProtobufEncoder>(registry, bytes);
    ASSERT_EQ(std::accumulate(chunks.begin(), chunks.end(), std::string()), page) << bytes;
  }
}

TEST(ProtobufEncoderTest, FramesEveryMessage) {
  Registry registry({.creation_times = metrics::CreationTimes::kNotKept});
  AddHostileLabels(registry);
  AddExtremeNumbers(registry);
  AddHistograms(registry);
  const std::string page = PageOf<ProtobufEncoder>(registry);
  EXPECT_EQ(Messages(page).size(), 7U);
  EXPECT_EQ(Messages(page.substr(0, page.size() - 1)).back(), "");
  EXPECT_EQ(Decoded(registry).find("Failed"), std::string::npos);
}

TEST(ProtobufEncoderTest, FramesLabelsOfAnyLength) {
  Registry registry({.creation_times = metrics::CreationTimes::kNotKept});
  const auto family = registry.AddCounter({.name = "n_total", .help = "N", .labels = {"b", "a"}}).value();
  for (std::size_t bytes = 0; bytes < 300; ++bytes) family.With(std::string(bytes, 'v'), "\\n").Increment();
  const auto plain = registry.AddCounter({.name = "p_total", .help = "P", .labels = {"b", "a"}}).value();
  for (std::size_t bytes = 0; bytes < 300; ++bytes) plain.With(std::string(bytes, 'v'), "x").Increment();
  EXPECT_EQ(Messages(PageOf<ProtobufEncoder>(registry)).size(), 2U);
  EXPECT_EQ(Decoded(registry).find("Failed"), std::string::npos);
  EXPECT_NE(Decoded(registry).find("value: \"" + std::string(299, 'v') + "\""), std::string::npos);
}

TEST(ProtobufEncoderTest, WritesCreationTimes) {
  const metrics::Snapshot snapshot = CreatedSnapshot();
  ProtobufEncoder encoder(snapshot.families());
  const std::string text = Decoded(ReadPage(encoder).value());
  EXPECT_NE(text.find(R"(  counter {
    value: 5
    created_timestamp {
      seconds: 1700000000
      nanos: 7000000
    }
  }
)"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("    created_timestamp {\n      seconds: 1700000001\n      nanos: 0\n"), std::string::npos)
      << text;
}

TEST(ProtobufEncoderTest, WritesCreationTimesOfARegistryByDefault) {
  Registry registry;
  registry.AddCounter({.name = "a_total", .help = "A"}).value();
  EXPECT_NE(Decoded(registry).find("created_timestamp"), std::string::npos);
}

TEST(ProtobufEncoderTest, WritesNamesAsTheyAre) {
  const auto registry = Utf8Registry();
  const std::string text = Decoded(*registry);
  for (const char* part : {"name: \"http.requests_total\"", "name: \"url.path\"\n    value: \"/\\\"x\\\"\"",
                           "name: \"tief\\303\\244\\\"\\\\\"", "name: \"wait.s\""}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << text;
  }
  const auto quoted = registry->AddGauge({.name = "q", .help = "Q", .labels = {"a.b", "c\"d", "e"}}).value();
  for (std::size_t bytes = 0; bytes < 150; ++bytes) quoted.With(std::string(bytes, 'v'), "1", "2").Set(1);
  const auto plain = registry->AddGauge({.name = "r", .help = "R", .labels = {"a.b", "c d", "e"}}).value();
  for (std::size_t bytes = 0; bytes < 150; ++bytes) plain.With(std::string(bytes, 'v'), "1", "2").Set(1);
  EXPECT_EQ(Messages(PageOf<ProtobufEncoder>(*registry)).size(), 6U);
  EXPECT_NE(Decoded(*registry).find("name: \"r\""), std::string::npos) << "not cut off";
  EXPECT_EQ(Decoded(*registry).find("Failed"), std::string::npos);
}

TEST(ProtobufEncoderTest, WritesEachStateOfASetAsAGauge) {
  const metrics::Snapshot snapshot = DescribedSnapshot();
  ProtobufEncoder encoder(snapshot.families().subspan(1, 1));
  const std::string page = ReadPage(encoder).value();
  ASSERT_EQ(Messages(page).size(), 1U);
  const std::string text = Decoded(page);
  EXPECT_NE(text.find("type: GAUGE"), std::string::npos) << text;
  // In the order of the labels' names.
  EXPECT_NE(text.find(R"(  label {
    name: "mode"
    value: "a\"b"
  }
  label {
    name: "node"
    value: "b"
  }
  gauge {
    value: 0
  }
)"),
            std::string::npos)
      << text;
}

TEST(ProtobufEncoderTest, WritesInfosAsGaugesAndSummariesWithTheirQuantiles) {
  const metrics::Snapshot snapshot = DescribedSnapshot();
  ProtobufEncoder encoder(snapshot.families());
  const std::string page = ReadPage(encoder).value();
  ASSERT_EQ(Messages(page).size(), 3U);
  const std::string text = Decoded(page);
  EXPECT_NE(text.find("name: \"build_info\"\nhelp: \"Build\"\ntype: GAUGE\n"), std::string::npos) << text;
  EXPECT_NE(text.find(R"(  summary {
    sample_count: 2
    sample_sum: 3
    quantile {
      quantile: 0.5
      value: 1.25
    }
)"),
            std::string::npos)
      << text;
}

}  // namespace
}  // namespace streamhouse::exporters
