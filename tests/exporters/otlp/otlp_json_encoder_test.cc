#include "exporters/otlp/otlp_json_encoder.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "exporters/encoding/page_chunk.h"
#include "metrics_core/registry.h"
#include "metrics_core/version.h"
#include "tests/exporters/otlp/decoded_requests.h"
#include "tests/exporters/otlp/otlp_snapshot.h"
#include "tests/exporters/support/command.h"
#include "tests/exporters/support/hostile_registry.h"

namespace streamhouse::exporters {
namespace {

// Two families of OtlpSnapshot(), with a resource of one attribute.
TEST(OtlpJsonEncoderTest, WritesAWholeRequest) {
  auto owner = std::make_shared<OtlpSnapshotOwner>();
  metrics::SnapshotBuilder builder(owner->buffers);
  SetOtlpOrigin(builder);
  metrics::FamilyInfo& sent = owner->AddInfo(metrics::MetricKind::kCounter, "sent_bytes_total");
  sent.unit = "bytes";
  sent.label_names = {"topic", "n"};
  sent.has_created = sent.has_exemplars = true;
  auto counters = builder.BeginFamily<metrics::CounterValues<std::uint64_t>>(sent, 1);
  counters.Add("topic=\"a\\\"b\",n=\"1\"", 4711);
  counters.AddCreated(kCreatedMilliseconds);
  counters.AddExemplar(kSnapshotExemplar);
  metrics::FamilyInfo& open = owner->AddInfo(metrics::MetricKind::kGauge, "open");
  builder.BeginFamily<metrics::GaugeValues<double>>(open, 1).Add("", 0.5);
  const metrics::Snapshot snapshot = builder.Finish(owner);
  OtlpJsonEncoder encoder(snapshot, {{"service.name", "relay"}});
  EXPECT_EQ(
      ReadPage(encoder).value(),
      R"({"resourceMetrics":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"relay"}}]},)"
      R"("scopeMetrics":[{"scope":{"name":"streamhouse","version":")" +
          std::string(metrics::kVersion) +
          R"("},"metrics":[)"
          R"({"name":"sent_bytes_total","description":"Help of sent_bytes_total","unit":"By",)"
          R"("sum":{"aggregationTemporality":2,"isMonotonic":true,"dataPoints":[{"attributes":[)"
          R"({"key":"topic","value":{"stringValue":"a\"b"}},{"key":"n","value":{"stringValue":"1"}}],)"
          R"("startTimeUnixNano":"1790000000007000000","timeUnixNano":"1790000060000000000","asInt":"4711",)"
          R"("exemplars":[{"timeUnixNano":"1790000042500000000","asDouble":0.75,)"
          R"("traceId":"5f1c0ab2d37e49c8a6b0e11f42d97c03","spanId":"91be02c7d4f8a35e"}]}]}},)"
          R"({"name":"open","description":"Help of open","gauge":{"dataPoints":[)"
          R"({"timeUnixNano":"1790000060000000000","asDouble":0.5}]}}]}]}]})");
}

TEST(OtlpJsonEncoderTest, IsReadByPython) {
  metrics::Registry registry;
  AddHostileLabels(registry);
  AddExtremeNumbers(registry);
  AddHistograms(registry);
  for (const std::string& request : {JsonRequestOf(registry.TakeSnapshot()), JsonRequestOf(OtlpSnapshot())}) {
    const CommandResult read = RunCommand("/usr/bin/python3 -m json.tool", request);
    EXPECT_EQ(read.exit_code, 0) << read.output;
  }
}

}  // namespace
}  // namespace streamhouse::exporters
