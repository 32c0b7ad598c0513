#include "exporters/pushgateway/pushgateway_exporter.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>

#include "exporters/encoding/protobuf_encoder.h"
#include "exporters/push/http/http_request.h"
#include "exporters/view/escaped_view.h"
#include "metrics_core/naming/name_escaping.h"
#include "metrics_core/reading/family_info.h"
#include "metrics_core/reading/snapshot_builder.h"

namespace streamhouse::exporters {
namespace {

using metrics::FamilySnapshot;
using metrics::Snapshot;
using metrics::Status;

constexpr std::string_view kExporter = "pushgateway";
constexpr std::string_view kContentType =
    "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";

std::string NameOf(const ReceiverAddress& address, const std::string& path) {
  constexpr std::string_view kPrefix = "/metrics";
  return address.Url("pushgateway", path.substr(kPrefix.size()));
}

// A push replaces what there is, so that sending it twice does no harm.
bool MaySendAgain(unsigned status) {
  constexpr unsigned kTooManyRequests = 429;
  constexpr unsigned kServerErrorMin = 500;
  return status == kTooManyRequests || status >= kServerErrorMin;
}

bool HasLabelOf(const GroupingKey& group, const metrics::FamilyInfo& info) {
  return std::any_of(group.labels().begin(), group.labels().end(),
                     [&](const auto& label) { return ShowsLabel(info, label.first); });
}

struct Chosen {
  Snapshot source;
  metrics::SnapshotBuffers buffers;
};

Snapshot WithoutGroupLabels(Snapshot snapshot, const GroupingKey& group, const PushMetrics& counted) {
  auto owner = std::make_shared<Chosen>();
  owner->source = std::move(snapshot);
  metrics::SnapshotBuilder builder(owner->buffers);
  builder.SetOriginOf(owner->source);
  for (const FamilySnapshot& family : owner->source.families()) {
    if (HasLabelOf(group, family.info())) {
      counted.left_out().Count(kExporter, family.info().name, left_out_reason::kGroupLabel);
    } else {
      builder.AddFamily(family);
    }
  }
  return builder.Finish(std::move(owner));
}

std::uint64_t SamplesOf(const Snapshot& snapshot) {
  std::uint64_t samples = 0;
  for (const FamilySnapshot& family : snapshot.families()) samples += family.size();
  return samples;
}

}  // namespace

PushgatewayExporter::PushgatewayExporter(metrics::Registry& registry, const PushMetrics& metrics,
                                         PushgatewayOptions options)
    : metrics_(metrics),
      options_(std::move(options)),
      name_(NameOf(options_.receiver.address, options_.group.Path())),
      path_(options_.group.Path()),
      source_(registry, options_.more_registries, std::string(kExporter), metrics.left_out()),
      view_(options_.labels),
      sender_(std::string(kExporter), options_.receiver, MaySendAgain, metrics),
      loop_(
          std::string(kExporter), name_, [this](PushDeadline deadline) { return Push(deadline); }, options_.push,
          metrics) {}

Status PushgatewayExporter::Start() {
  if (Status checked = loop_.Check(); !checked.ok()) return checked;
  if (Status checked = CheckFamilies(); !checked.ok()) return checked;
  if (Status checked = sender_.CheckFiles(); !checked.ok()) return checked;
  return loop_.Start();
}

Status PushgatewayExporter::CheckFamilies() const {
  if (Status checked = source_.Check(); !checked.ok()) return checked;
  const Snapshot all = source_.Take();
  if (Status checked = view_.Check(all); !checked.ok()) return checked;
  // The names matter: a value may be one that no page may have, such as an empty one.
  ExtraLabels names = options_.group.labels();
  for (auto& [name, value] : names) value = "x";
  return LabelledView(std::move(names)).Check(all);
}

Snapshot PushgatewayExporter::Take() const {
  return WithoutGroupLabels(view_.Of(source_.Take()), options_.group, metrics_);
}

Status PushgatewayExporter::Push(PushDeadline deadline) {
  if (options_.at_end == AtEnd::kDelete && loop_.stop_signal().is_given()) return Delete(deadline);
  const Snapshot snapshot = Take();
  // The Pushgateway knows legacy names only.
  const Snapshot escaped = EscapedView(snapshot.families(), metrics::NameEscaping::kUnderscores);
  const SendOutcome sent =
      sender_.Send({.method = options_.method == PushMethod::kPut ? "PUT" : "POST",
                    .path = path_,
                    .content_type = kContentType,
                    .make_body = [&escaped] { return std::make_unique<ProtobufEncoder>(escaped.families()); }},
                   deadline, loop_.stop_signal());
  if (sent.is_delivered()) {
    metrics_.CountSent(kExporter, SamplesOf(escaped));
  } else {
    metrics_.CountDropped(kExporter, sent.reason, SamplesOf(escaped));
  }
  return sent.status;
}

Status PushgatewayExporter::Delete(PushDeadline deadline) {
  const Status deleted = sender_.Send({.method = "DELETE", .path = path_}, deadline, loop_.stop_signal()).status;
  if (deleted.ok()) return deleted;
  return {deleted.code(), "the group is not deleted, and stays: " + deleted.message()};
}

}  // namespace streamhouse::exporters
