// Routes: what is answered on which path, without a socket; a program with an HTTP server of its own calls it from there.
//
// /metrics: the registry, in the format that was asked for. /health: 200 and "OK", always. /ready: 200 and "READY", or 503 and
// the failed checks with their reasons. /: a page for people. GET and HEAD only, otherwise 405; other paths 404.
// When to use something else: MetricsServer, which brings the sockets.
// Guarantees: paths match exactly; no file is ever read, and nothing of a request comes back in the response.
// Thread safety: Handle() from any thread; a page from one at a time. Cost: see ScrapePage; of the rest, microseconds.
// Errors: as the status of a response.
//
//   Routes routes(registry, health);
//   Response response = routes.Handle({.method = "GET", .target = "/metrics", .accept = accept});
#pragma once

#include "exporters/http/request.h"
#include "exporters/http/response.h"
#include "metrics_core/health.h"
#include "metrics_core/registry.h"

namespace streamhouse::exporters {

class Routes {
 public:
  // Both must outlive the routes and all responses.
  Routes(metrics::Registry& registry, const metrics::Health& health) : registry_(registry), health_(health) {}

  Response Handle(const Request& request) const;

 private:
  Response Metrics(const Request& request) const;
  Response Ready() const;

  metrics::Registry& registry_;
  const metrics::Health& health_;
};

}  // namespace streamhouse::exporters
