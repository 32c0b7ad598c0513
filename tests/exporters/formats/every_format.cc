// Writes one snapshot in every format, each into a file of the folder it is given, for
// formats_test.py. What the exporters do to names and values before they encode is done here too.
#include <cstddef>
#include <fstream>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "exporters/encoding/openmetrics2_encoder.h"
#include "exporters/encoding/openmetrics_encoder.h"
#include "exporters/encoding/page_chunk.h"
#include "exporters/encoding/protobuf_encoder.h"
#include "exporters/encoding/text_encoder.h"
#include "exporters/encoding/text_page.h"
#include "exporters/otlp/otlp_json_encoder.h"
#include "exporters/otlp/otlp_protobuf_encoder.h"
#include "exporters/otlp/otlp_resource.h"
#include "exporters/remote_write/remote_write_1_encoder.h"
#include "exporters/remote_write/remote_write_2_encoder.h"
#include "exporters/remote_write/remote_write_batch.h"
#include "exporters/remote_write/symbol_table.h"
#include "exporters/statsd/statsd_encoder.h"
#include "exporters/statsd/statsd_names.h"
#include "exporters/view/delta_view.h"
#include "exporters/view/escaped_view.h"
#include "metrics_core/naming/name_escaping.h"
#include "metrics_core/reading/snapshot.h"
#include "metrics_core/reading/snapshot_builder.h"
#include "tests/exporters/support/remote_write_snapshot.h"

namespace streamhouse::exporters {
namespace {

using metrics::FamilySnapshot;
using metrics::Snapshot;

constexpr std::size_t kRoomy = std::size_t{1} << 20U;

// RemoteWriteSnapshot(), and a gauge whose name is no legacy name.
Snapshot EveryKind() {
  struct Owner {
    Snapshot others;
    metrics::FamilyInfo level;
    metrics::SnapshotBuffers buffers;
  };
  auto owner = std::make_shared<Owner>();
  owner->others = RemoteWriteSnapshot();
  owner->level = {.name = "relay.level",
                  .help = "Level \\ \n of \"water\"",
                  .kind = metrics::MetricKind::kGauge,
                  .label_names = {"of.what"}};
  metrics::SnapshotBuilder builder(owner->buffers);
  builder.SetOriginOf(owner->others);
  for (const FamilySnapshot& family : owner->others.families()) builder.AddFamily(family);
  builder.BeginFamily<metrics::GaugeValues<double>>(owner->level, 1).Add("\"of.what\"=\"ä\\\\b\\\"c\\n\"", 0.25);
  return builder.Finish(std::move(owner));
}

class Folder {
 public:
  explicit Folder(std::string path) : path_(std::move(path)) {}

  // All of it must fit into one chunk.
  void Write(std::string_view name, PageSource& source) {
    PageChunk chunk(kRoomy);
    is_whole_ = source.Fill(chunk) == PageSource::Progress::kEnd && is_whole_;
    std::ofstream file(path_ + "/" + std::string(name), std::ios::binary);
    file << chunk.view();
    is_whole_ = file.flush().good() && is_whole_;
  }

  bool is_whole() const { return is_whole_; }

 private:
  const std::string path_;
  bool is_whole_ = true;
};

void WritePages(std::span<const FamilySnapshot> families, std::span<const FamilySnapshot> escaped, Folder& folder) {
  TextEncoder text(escaped);
  folder.Write("text_0.0.4", text);
  TextEncoder text_1(families);
  folder.Write("text_1.0.0", text_1);
  OpenMetricsEncoder openmetrics(families);
  folder.Write("openmetrics_1", openmetrics);
  OpenMetricsEncoder with_created(families, CreatedUse::kShown);
  folder.Write("openmetrics_1_created", with_created);
  OpenMetrics2Encoder openmetrics_2(families);
  folder.Write("openmetrics_2", openmetrics_2);
  ProtobufEncoder protobuf(families);
  folder.Write("protobuf", protobuf);
  ProtobufEncoder pushgateway(escaped);
  folder.Write("pushgateway", pushgateway);
}

void WriteRemoteWrite(std::span<const FamilySnapshot> families, std::span<const FamilySnapshot> escaped,
                      Folder& folder) {
  SymbolTable symbols;
  RemoteWrite2Encoder version_2({.families = families, .unix_milliseconds = kTakenMilliseconds}, symbols);
  folder.Write("remote_write_2", version_2);
  RemoteWriteBatch batch = {
      .families = escaped, .unix_milliseconds = kTakenMilliseconds, .exponential = ExponentialUse::kClassic};
  RemoteWrite1Encoder classic(batch);
  folder.Write("remote_write_1", classic);
  batch.exponential = ExponentialUse::kNative;
  RemoteWrite1Encoder native(batch);
  folder.Write("remote_write_1_native", native);
}

void WriteOtlp(const Snapshot& snapshot, Folder& folder) {
  OtlpProtobufEncoder protobuf(snapshot, OtlpResource(snapshot.target()));
  folder.Write("otlp_protobuf", protobuf);
  OtlpJsonEncoder json(snapshot, OtlpResource(snapshot.target()));
  folder.Write("otlp_json", json);
  DeltaView view(DoubleDeltas::kExact);
  const Snapshot deltas = view.Of(EveryKind());
  OtlpProtobufEncoder delta_protobuf(deltas, OtlpResource(deltas.target()), DeltaFamilies::kAll);
  folder.Write("otlp_delta_protobuf", delta_protobuf);
  OtlpJsonEncoder delta_json(deltas, OtlpResource(deltas.target()), DeltaFamilies::kAll);
  folder.Write("otlp_delta_json", delta_json);
}

void WriteStatsd(Folder& folder) {
  DeltaView view(DoubleDeltas::kWhole);
  const Snapshot deltas = view.Of(EveryKind());
  StatsdEncoder plain(deltas.families(), StatsdDialect::kPlain);
  folder.Write("statsd_plain", plain);
  StatsdEncoder tagged(deltas.families(), StatsdDialect::kDogStatsd);
  folder.Write("statsd_dogstatsd", tagged);
}

}  // namespace
}  // namespace streamhouse::exporters

int main(int argc, char** argv) {
  using namespace streamhouse;  // NOLINT(google-build-using-namespace)
  if (argc != 2) return 2;
  exporters::Folder folder(argv[1]);
  const metrics::Snapshot snapshot = exporters::EveryKind();
  const metrics::Snapshot escaped = exporters::EscapedView(snapshot.families(), metrics::NameEscaping::kUnderscores);
  exporters::WritePages(snapshot.families(), escaped.families(), folder);
  exporters::WriteRemoteWrite(snapshot.families(), escaped.families(), folder);
  exporters::WriteOtlp(snapshot, folder);
  exporters::WriteStatsd(folder);
  return folder.is_whole() ? 0 : 1;
}
