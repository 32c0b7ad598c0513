// RemoteWriteExporter: sends all series to a receiver of Prometheus remote write, once an interval
// and at the end.
//
// When to use something else: MetricsServer, where a scraper can reach the program. A scraper adds
// the labels `job` and `instance`; here they are given as labels.
// Guarantees:
// 1. Version 2.0 is tried first, unless an option says otherwise; version_choice.h says when it is
//    1.0. The batch that has shown it is retried as 1.0, so that nothing is lost.
// 2. A series that is gone gets a stale marker with the next push, and every series gets one at the
//    end: a query shows no value beyond it. Markers of the end also go out where the last push
//    fails.
// 3. A push that fails is not kept: the next one has newer values. An exemplar is sent once.
// 4. An exponential histogram is a native one in 2.0. In 1.0 it is shown in classic buckets, since
//    receivers without native histograms drop them silently; the option `exponential` decides
//    otherwise.
// 5. In 1.0 names are escaped with underscores: receivers refuse others.
// Thread safety and errors: those of Exporter. Start() fails where a family has one of the labels,
// and where two registries have a family of one name. It fails where a file of the options is
// missing, and never because the receiver is unreachable. Failures are logged once and counted
// (push_metrics.h). Stop() takes at most the time of two pushes (push_loop.h), and the resolver's.
// Cost: a thread and a connection. Memory besides the snapshot: a request, its compressed copy, and
// the label texts of the last push, compressed (series_keeper.h). 100,000 series with two labels
// need less than 1 MiB. With `labels`, the view also has the label text of each series
// (labelled_view.h).
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exporters/push/http/http_receiver.h"
#include "exporters/push/push_deadline.h"
#include "exporters/push/push_loop.h"
#include "exporters/push/push_metrics.h"
#include "exporters/remote_write/batch_sender.h"
#include "exporters/remote_write/remote_write_batch.h"
#include "exporters/remote_write/series_keeper.h"
#include "exporters/remote_write/version_choice.h"
#include "exporters/view/combined_view.h"
#include "exporters/view/labelled_view.h"
#include "metrics_core/exporter.h"
#include "metrics_core/reading/snapshot.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"

namespace streamhouse::exporters {

inline constexpr std::string_view kRemoteWritePathDefault = "/api/v1/write";

struct RemoteWriteOptions {
  HttpReceiverOptions receiver;
  std::string path = std::string(kRemoteWritePathDefault);
  RemoteWriteVersion version = RemoteWriteVersion::kAuto;
  std::optional<ExponentialUse> exponential = {};  // of both versions; else by the version
  PushLoopOptions push = {};
  ExtraLabels labels = {};                               // that every series has as well
  std::vector<metrics::Registry*> more_registries = {};  // in the same push; they outlive the exporter
};

class RemoteWriteExporter : public metrics::Exporter {
 public:
  // `registry` must outlive the exporter.
  RemoteWriteExporter(metrics::Registry& registry, const PushMetrics& metrics, RemoteWriteOptions options);

  // "prw+http://HOST:PORT/PATH" or "prw+http+unix:///SOCKET:/PATH"
  std::string_view Name() const override { return name_; }
  metrics::Status Start() override;
  void Stop() override { loop_.Stop(); }

 private:
  metrics::Status Push(PushDeadline deadline);
  BatchOutcome PushSnapshot(const metrics::Snapshot& snapshot, PushDeadline deadline);
  // `last_unix_milliseconds` is the time of the last snapshot.
  BatchOutcome PushEnd(std::int64_t last_unix_milliseconds, PushDeadline deadline);
  // What falls back is retried.
  template <typename Send>
  metrics::Status SendInVersion(const Send& send);
  ExponentialUse exponential() const;
  void LogVersion();

  const RemoteWriteOptions options_;
  const std::string scheme_;
  const std::string name_;
  const CombinedView source_;
  const LabelledView view_;

  // Used by the thread of the loop.
  VersionChoice choice_;
  SeriesKeeper keeper_;
  BatchSender sender_;
  std::int64_t pushed_unix_milliseconds_ = std::numeric_limits<std::int64_t>::min();  // of the last that was begun
  bool is_version_logged_ = false;

  PushLoop loop_;  // stops before the others go
};

}  // namespace streamhouse::exporters
