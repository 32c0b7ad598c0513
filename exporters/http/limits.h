// Limits: what a client may cost the server.
//
// Each limit must be more than 0. A limit of 0 would refuse every client.
// When to use something else: a proxy in front of the server, to limit how often a client may ask.
// Guarantees:
// 1. A client that reaches a limit is answered or disconnected as the limit says.
// 2. Each time is counted in streamhouse_exporter_limits_reached_total under the limit's name
//    (server_metrics.h).
// Thread safety: a value.
// Cost: copied once a server. Each connection may take head_bytes for its request; a page that is
// sent takes what metrics_server.h says.
// Errors: Validate, InvalidArgument, naming the limit.
#pragma once

#include <chrono>
#include <cstddef>

#include "metrics_core/status.h"

namespace streamhouse::exporters {

struct Limits {
  // Of a request, with its headers: 431. Scrapers send some hundred bytes, browsers with cookies a
  // few thousand.
  std::size_t head_bytes = std::size_t{16} * 1024;
  // Of a request target: 414.
  std::size_t target_bytes = std::size_t{8} * 1024;
  // From the first byte of a request to the end of its headers; also for the first byte of a
  // connection.
  std::chrono::milliseconds head_time = std::chrono::seconds(10);
  // Between two requests: longer than scrape intervals usually are, or each scrape makes a new
  // connection.
  std::chrono::milliseconds idle_time = std::chrono::seconds(120);
  // For each chunk of a response.
  std::chrono::milliseconds write_time = std::chrono::seconds(10);
  // For a whole page; a scraper that says when it gives up (X-Prometheus-Scrape-Timeout-Seconds)
  // gets no longer than that.
  std::chrono::milliseconds page_time = std::chrono::seconds(60);
  // For selecting the series of one page, where its query asks for some: 503. All pages together
  // also have a budget (selection_budget.h).
  std::chrono::milliseconds selection_time = std::chrono::seconds(1);
  // Pages that are being sent: 503 to further ones.
  std::size_t scrapes = 64;
  // Connections: a new one takes the place of the oldest that is not being answered.
  std::size_t connections = 1024;

  metrics::Status Validate() const;
};

}  // namespace streamhouse::exporters
