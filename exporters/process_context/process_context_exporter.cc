#include "exporters/process_context/process_context_exporter.h"

#include <string>
#include <utility>

#include "exporters/otlp/otlp_resource.h"
#include "exporters/process_context/context_payload.h"
#include "exporters/process_context/published_context.h"

namespace streamhouse::exporters {

ProcessContextExporter::~ProcessContextExporter() {
  ProcessContextExporter::Stop();
}

metrics::Status ProcessContextExporter::Start() {
  metrics::Result<std::string> message =
      ContextPayload(OtlpResource(registry_.TakeSnapshot().target(), options_.resource));
  if (!message.ok()) return message.status();
  if (metrics::Status published = PublishContext(*std::move(message)); !published.ok()) return published;
  is_published_ = true;
  for (const std::string& note : options_.notes) {
    if (options_.log) options_.log(std::string(Name()) + ": " + note);
  }
  return metrics::Status::Ok();
}

void ProcessContextExporter::Stop() {
  if (std::exchange(is_published_, false)) WithdrawContext();
}

}  // namespace streamhouse::exporters
