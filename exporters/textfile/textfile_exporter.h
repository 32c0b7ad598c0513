// TextfileExporter: writes a page for node_exporter's textfile collector, once an interval and at
// the end.
//
// When to use something else: MetricsServer, where a scraper can reach the program; this is for
// batch jobs, and for machines on which only node_exporter is scraped.
// Guarantees:
// 1. Readers see whole pages only (atomic_file.h), in text format 0.0.4.
// 2. Families that the collector has of itself, such as process_open_fds, are left out
//    (collector_names.h). Each is counted by its name, with the reason "reader_has_it"
//    (left_out_metrics.h): a family of the program that has such a name needs another one.
// Thread safety and errors: those of Exporter. Start() writes a first page, and fails where that
// fails, where a family has one of the labels, or where two registries have a family of one name.
// Later failures are counted (push_metrics.h), and retried. Stop() writes a last page; it takes the
// time of two writes at most (push_loop.h).
// Cost: a thread.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "exporters/push/push_loop.h"
#include "exporters/push/push_metrics.h"
#include "exporters/view/combined_view.h"
#include "exporters/view/labelled_view.h"
#include "metrics_core/exporter.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"

namespace streamhouse::exporters {

struct TextfileOptions {
  std::string path;  // ends with ".prom", or no collector reads it
  std::chrono::milliseconds interval = kPushIntervalDefault;
  PushLog log = {};         // see PushLoop
  ExtraLabels labels = {};  // that every series has as well
  std::vector<metrics::Registry*> more_registries =
      {};  // in the same file (combined_view.h); they outlive the exporter
};

class TextfileExporter : public metrics::Exporter {
 public:
  // `registry` must outlive the exporter.
  TextfileExporter(metrics::Registry& registry, const PushMetrics& metrics, TextfileOptions options);

  // "textfile://PATH"
  std::string_view Name() const override { return name_; }
  metrics::Status Start() override;
  void Stop() override { loop_.Stop(); }

 private:
  metrics::Status Write(PushDeadline deadline) const;

  const PushMetrics metrics_;
  const TextfileOptions options_;
  const std::string name_;
  const CombinedView source_;
  const LabelledView view_;
  PushLoop loop_;
};

}  // namespace streamhouse::exporters
