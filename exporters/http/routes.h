// Routes: the response to a request for each path, without a socket; a program with an HTTP server
// of its own calls it from there.
//
//   /metrics            the registry, in the format and coding that were asked for, without the labels that are to be
//                       aggregated; with ?name[]=… and ?match[]=…, only those families and series (selection.h)
//   /metrics/detailed   the same with all labels
//   /health             200 and "OK", always
//   /ready              200 and "READY", or 503 and the failed checks with their reasons; with ?verbose, all checks
//   /                   for browsers a live page (live_page.h); for what does not accept text/html, and where it is
//                       switched off, a list of these paths
//
// GET and HEAD only, otherwise 405; other paths 404; more pages at a time than Limits::scrapes 503;
// a query that cannot be read 400, whose second line says where. Selecting series by match[] that
// takes too long, or while the budget of all pages has no time left (selection_budget.h), is a 503.
// Its second line says so, and Retry-After when time is left again. A request with name[] alone has
// Limits::selection_time as well, and uses none of the budget: names are compared once a family. A
// page for whose compression the system has no memory is a 500.
// When to use something else: MetricsServer, which brings the sockets.
// Guarantees: paths match exactly; no file is ever read, and nothing of a request comes back in the
// response.
// Thread safety: Handle() from any thread; a page from one at a time.
// Cost: see ScrapePage; Handle() also selects series, for at most Limits::selection_time. Before
// that it compiles their regular expressions. This has no deadline: kSelectorBytesMax and
// kExpressionsMax bound it, and the budget is charged for it. Of /ready, that of the checks; of the
// rest, a short text.
// Errors: as the status of a response.
//
//   Routes routes(registry, health, {.metrics = *ServerMetrics::Register(registry)});
//   Response response = routes.Handle({.method = "GET", .target = "/metrics", .accept = accept});
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exporters/encoding/content_negotiation.h"
#include "exporters/encoding/text_page.h"
#include "exporters/http/limits.h"
#include "exporters/http/message/request.h"
#include "exporters/http/message/request_target.h"
#include "exporters/http/message/response.h"
#include "exporters/http/scrape_permits.h"
#include "exporters/http/selection_budget.h"
#include "exporters/http/server_metrics.h"
#include "exporters/http/shared_collection.h"
#include "exporters/live_page/live_page.h"
#include "exporters/select/selection.h"
#include "exporters/view/aggregated_view.h"
#include "exporters/view/combined_view.h"
#include "exporters/view/labelled_view.h"
#include "exporters/view/left_out_metrics.h"
#include "metrics_core/health.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"

namespace streamhouse::exporters {

class ScrapePage;

struct RoutesOptions {
  Limits limits = {};
  std::vector<std::string> aggregate = {};    // labels that /metrics sums away (aggregated_view.h)
  ExtraLabels labels = {};                    // that every series has as well (labelled_view.h)
  CreatedUse created = CreatedUse::kLeftOut;  // of OpenMetrics 1.0 pages
  LivePageUse live_page = LivePageUse::kShown;
  ServerMetrics metrics = {};
  // On the same page. Call CombinedView::Check() first and give `left_out`, which counts what the
  // page lacks: otherwise families of one name are missing without a trace.
  std::vector<metrics::Registry*> more_registries = {};
  LeftOutMetrics left_out = {};
  // Takes a line for each page that was sent, or was begun and failed, on the thread of the page.
  // It has the ids of the trace of a request with a valid traceparent.
  std::function<void(std::string_view line)> scrape_log = nullptr;
  // Called when Limits::scrapes are under way already: whether one of them was given up for the
  // next.
  std::function<bool()> make_room = nullptr;
};

class Routes {
 public:
  // Both must outlive the routes and all responses; the routes must outlive their responses.
  Routes(metrics::Registry& registry, const metrics::Health& health, RoutesOptions options = {});

  // Evaluates the checks of /ready on the calling thread, and so waits for the slowest.
  Response Handle(const Request& request);
  // The same without waiting, for a server that evaluates the checks elsewhere. Nothing where the
  // request asks for the checks: AnswerReady() is its response, once they are evaluated.
  std::optional<Response> HandleUnlessReady(const Request& request);
  Response AnswerReady(const Request& request, const metrics::Health::Report& report);

 private:
  Response Answer(const Request& request, const RequestTarget& target);
  Response Index(const Request& request) const;
  Response Metrics(const Request& request, const RequestTarget& target);
  Response Page(const Request& request, const RequestTarget& target, const NegotiatedFormat& negotiated);
  // Begins `turn` where there are selectors to compile.
  metrics::Result<Selection> SelectionOf(std::string_view query, std::optional<SelectionBudget::Turn>& turn);
  metrics::Status Select(const Selection& selection, std::optional<SelectionBudget::Turn>& turn, ScrapePage& page);
  Response Refuse(const metrics::Status& why);
  ScrapePermits::Permit TakePermit() const;

  // Immutable after construction.
  const RoutesOptions options_;
  const metrics::Health& health_;
  const ScrapePermits permits_;
  const CombinedView combined_view_;
  const AggregatedView aggregated_view_;
  const LabelledView labelled_view_;

  // Used by any thread; each has a lock of its own.
  SelectionBudget selection_budget_;
  SharedCollection detailed_;
  SharedCollection aggregated_;
};

}  // namespace streamhouse::exporters
