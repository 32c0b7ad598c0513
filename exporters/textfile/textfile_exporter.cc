#include "exporters/textfile/textfile_exporter.h"

#include <unistd.h>

#include <utility>

#include "exporters/encoding/text_encoder.h"
#include "exporters/textfile/atomic_file.h"
#include "exporters/textfile/collector_names.h"
#include "exporters/view/escaped_view.h"
#include "metrics_core/naming/name_escaping.h"
#include "metrics_core/reading/snapshot.h"

namespace streamhouse::exporters {

using metrics::Status;

TextfileExporter::TextfileExporter(metrics::Registry& registry, const PushMetrics& metrics, TextfileOptions options)
    : metrics_(metrics),
      options_(std::move(options)),
      name_("textfile://" + options_.path),
      source_(registry, options_.more_registries, "textfile", metrics.left_out()),
      view_(options_.labels),
      loop_(
          "textfile", name_, [this](PushDeadline deadline) { return Write(deadline); },
          {.interval = options_.interval, .log = options_.log}, metrics) {}

Status TextfileExporter::Start() {
  if (options_.path.empty()) return metrics::InvalidField("path", "is empty");
  // Before the first push, which must not meet one of the loop.
  if (Status checked = loop_.Check(); !checked.ok()) return checked;
  Status checked = source_.Check();
  if (checked.ok()) checked = view_.Check(source_.Take());
  if (!checked.ok()) return checked;
  if (Status written = loop_.PushOnce(); !written.ok()) return written;
  if (Status started = loop_.Start(); !started.ok()) {
    // The collector would go on reading a page that is never updated.
    unlink(options_.path.c_str());
    return started;
  }
  return Status::Ok();
}

Status TextfileExporter::Write(PushDeadline deadline) const {
  metrics::Snapshot all = source_.Take();
  for (const metrics::FamilySnapshot& family : all.families()) {
    if (!IsCollectorsOwn(family.info().name)) continue;
    metrics_.left_out().Count("textfile", family.info().name, left_out_reason::kReaderHasIt);
  }
  const metrics::Snapshot snapshot = view_.Of(WithoutCollectorsOwn(std::move(all)));
  // The collector knows legacy names only.
  const metrics::Snapshot escaped = EscapedView(snapshot.families(), metrics::NameEscaping::kUnderscores);
  TextEncoder page(escaped.families());
  return WriteAtomically(options_.path, page, deadline);
}

}  // namespace streamhouse::exporters
