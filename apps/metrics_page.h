// MetricsPage: the metrics of this process, and the page that shows them, if one is asked for.
//
// When to use something else: an Agent starts and stops its own exporters.
// Guarantees: registry() and health() live as long as the page; after the destructor nothing
// serves.
// Thread safety: Serve from one thread; the registry and health as they say.
// Cost: the registry alone until Serve.
// Errors: of the server, with the flag that changes the address.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "apps/flag_values.h"
#include "exporters/http/metrics_server.h"
#include "metrics_core/health.h"
#include "metrics_core/reading/snapshot.h"
#include "metrics_core/registry.h"
#include "metrics_core/self_metrics/core_metrics.h"
#include "metrics_core/self_metrics/process_metrics.h"
#include "metrics_core/status.h"

namespace streamhouse::apps {

// What the metrics of a page describe, as RegistryOptions::target: the attributes that
// OpenTelemetry calls service.name and service.instance.id. An empty id is left out.
metrics::TargetAttributes ServiceTarget(std::string name, std::string instance_id = {});

// ProgramMetrics: what every page of this program has besides its own: the process, the build, and
// the metrics themselves.
//
// Guarantees: the families are on the page as long as this object lives, which must not be longer
// than the registry.
// Thread safety: a value that one thread owns.
// Cost: nothing until a scrape.
// Errors: AlreadyExists, the second time for a registry.
class ProgramMetrics {
 public:
  static metrics::Result<ProgramMetrics> Register(metrics::Registry& registry);

 private:
  ProgramMetrics(metrics::ProcessMetrics process, metrics::CoreMetrics core)
      : process_(std::move(process)), core_(std::move(core)) {}

  metrics::ProcessMetrics process_;
  metrics::CoreMetrics core_;
};

// A server there.
exporters::MetricsServerOptions ServerOptionsAt(const SocketAddress& address);

// The address as bound: with that port, unless it is a Unix socket.
SocketAddress AtPort(SocketAddress address, std::uint16_t port);

class MetricsPage {
 public:
  explicit MetricsPage(metrics::TargetAttributes target) : registry_({.target = std::move(target)}) {}
  ~MetricsPage();
  MetricsPage(const MetricsPage&) = delete;
  MetricsPage& operator=(const MetricsPage&) = delete;

  metrics::Registry& registry() { return registry_; }
  metrics::Health& health() { return health_; }

  // Serves there, if there is an address, and says where on stderr. At most once.
  metrics::Status Serve(const std::optional<SocketAddress>& address);

 private:
  metrics::Registry registry_;
  metrics::Health health_;
  std::optional<ProgramMetrics> program_metrics_;
  std::unique_ptr<exporters::MetricsServer> server_;
};

}  // namespace streamhouse::apps
