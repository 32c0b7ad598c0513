// Prints every metric family of the product as JSON: tools/observability/families.json has what it
// prints.
//
// Each part registers on a registry of its own, as the programs do it, so that the part of a family
// is known.
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "agent/agent_metrics.h"
#include "client/consumer_metrics.h"
#include "client/producer_metrics.h"
#include "exporters/http/server_metrics.h"
#include "exporters/push/push_metrics.h"
#include "metrics_core/reading/family_info.h"
#include "metrics_core/reading/metric_kind.h"
#include "metrics_core/reading/snapshot.h"
#include "metrics_core/registry.h"
#include "metrics_core/self_metrics/build_info.h"
#include "metrics_core/self_metrics/core_metrics.h"
#include "metrics_core/self_metrics/process_metrics.h"

namespace {

namespace agent = streamhouse::agent;
namespace client = streamhouse::client;
namespace exporters = streamhouse::exporters;
namespace metrics = streamhouse::metrics;

std::string Quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char character : text) {
    if (character == '"' || character == '\\') quoted += '\\';
    quoted += character;
  }
  return quoted + '"';
}

std::string ListOf(const std::vector<std::string>& texts) {
  std::string list;
  for (const std::string& text : texts) list += (list.empty() ? "" : ", ") + Quoted(text);
  return "[" + list + "]";
}

// Prints a line for each family of a part, behind the lines of the parts before.
class FamilyPrinter {
 public:
  void Print(std::string_view part, metrics::Registry& registry) {
    const metrics::Snapshot snapshot = registry.TakeSnapshot();
    for (const metrics::FamilySnapshot& family : snapshot.families()) Print(part, family.info());
  }

 private:
  void Print(std::string_view part, const metrics::FamilyInfo& info) {
    const std::string line = R"({"part": )" + Quoted(part) + R"(, "name": )" + Quoted(info.name) + R"(, "kind": )" +
                             Quoted(metrics::Describe(info.kind).word) + R"(, "unit": )" + Quoted(info.unit) +
                             R"(, "labels": )" + ListOf(info.label_names) + R"(, "exemplars": )" +
                             (info.has_exemplars ? "true" : "false") + R"(, "help": )" + Quoted(info.help) + "}";
    std::printf("%s  %s", is_first_ ? "" : ",\n", line.c_str());
    is_first_ = false;
  }

  bool is_first_ = true;
};

// `Metrics` keeps the families of a part on the page, where the part has such an object.
template <typename Metrics>
void PrintPart(FamilyPrinter& printer, std::string_view part) {
  metrics::Registry registry;
  const auto registered = Metrics::Register(registry).value();
  printer.Print(part, registry);
}

}  // namespace

int main() {
  FamilyPrinter printer;
  std::printf("[\n");
  PrintPart<agent::AgentMetrics>(printer, "agent");
  PrintPart<client::ProducerMetrics>(printer, "producer");
  PrintPart<client::ConsumerMetrics>(printer, "consumer");
  PrintPart<exporters::ServerMetrics>(printer, "exporter");
  PrintPart<exporters::PushMetrics>(printer, "exporter");
  PrintPart<metrics::ProcessMetrics>(printer, "process");
  PrintPart<metrics::CoreMetrics>(printer, "core");
  metrics::Registry registry({.target = {{"service.name", ""}, {"service.instance.id", ""}}});
  if (!metrics::RegisterBuildInfo(registry, "streamhouse", "", "").ok()) return 1;
  printer.Print("process", registry);
  std::printf("\n]\n");
}
