// PushgatewayExporter: sends all metrics to a group of a Pushgateway, each interval and at the end.
//
// When to use something else: MetricsServer, where a scraper can reach the program. A Pushgateway
// shows the last values until they are deleted; it is for batch jobs.
// Guarantees:
// 1. Each push has all families, as Prometheus' protobuf format, and replaces the group (PUT). With
//    PushMethod::kPost, families that the push lacks stay in the group.
// 2. With AtEnd::kDelete the last push deletes the group in place of sending values. If that fails,
//    the group stays, and the log says so.
// 3. The Pushgateway overwrites labels that the group has. So Start() fails where a family has one
//    of them (ShowsLabel()). A family that is added later is left out, and counted by its name with
//    the reason "group_label" (left_out_metrics.h).
// 4. Stop() takes at most the time of two pushes (push_loop.h), and the resolver's.
// What is not delivered is dropped and counted; the next push has newer values.
// Thread safety and errors: those of Exporter. Start() reads the files that the options name, and
// makes no push: a Pushgateway that is unreachable is no reason not to start.
// Cost: a thread. A chunk of a page at a time is in memory, and the snapshot.
//
//   const Result<GroupingKey> group = ParseGroupingKey("/job/backup/instance/a");  // grouping_key.h
//   if (!group.ok()) return group.status();
//   const HttpReceiverOptions receiver = {.address = {.host = "localhost", .port = 9091}};
//   PushgatewayExporter exporter(registry, metrics, {.receiver = receiver, .group = *group});  // push_metrics.h
//   if (Status started = exporter.Start(); !started.ok()) return started;
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "exporters/push/http/http_receiver.h"
#include "exporters/push/http/http_sender.h"
#include "exporters/push/push_deadline.h"
#include "exporters/push/push_loop.h"
#include "exporters/push/push_metrics.h"
#include "exporters/pushgateway/grouping_key.h"
#include "exporters/view/combined_view.h"
#include "exporters/view/labelled_view.h"
#include "metrics_core/exporter.h"
#include "metrics_core/reading/snapshot.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"

namespace streamhouse::exporters {

enum class PushMethod : std::uint8_t { kPut, kPost };
enum class AtEnd : std::uint8_t { kPush, kDelete };

struct PushgatewayOptions {
  HttpReceiverOptions receiver;
  GroupingKey group;
  PushMethod method = PushMethod::kPut;
  AtEnd at_end = AtEnd::kPush;
  PushLoopOptions push = {};
  ExtraLabels labels = {};  // that every series has as well
  std::vector<metrics::Registry*> more_registries =
      {};  // in the same group (combined_view.h); they outlive the exporter
};

class PushgatewayExporter : public metrics::Exporter {
 public:
  // `registry` must outlive the exporter.
  PushgatewayExporter(metrics::Registry& registry, const PushMetrics& metrics, PushgatewayOptions options);

  // "pushgateway+http://HOST:PORT/job/NAME" or "pushgateway+http+unix:///SOCKET:/job/NAME"
  std::string_view Name() const override { return name_; }
  metrics::Status Start() override;
  void Stop() override { loop_.Stop(); }

 private:
  metrics::Status CheckFamilies() const;
  metrics::Snapshot Take() const;
  metrics::Status Push(PushDeadline deadline);
  metrics::Status Delete(PushDeadline deadline);

  const PushMetrics metrics_;
  const PushgatewayOptions options_;
  const std::string name_;
  const std::string path_;
  const CombinedView source_;
  const LabelledView view_;
  HttpSender sender_;
  PushLoop loop_;  // last: its thread uses the others
};

}  // namespace streamhouse::exporters
