#include "exporters/http/routes.h"

#include <charconv>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "exporters/encoding/compressed_page.h"
#include "exporters/encoding/content_negotiation.h"
#include "exporters/http/measured_page.h"
#include "exporters/http/message/query.h"
#include "exporters/http/message/request_target.h"
#include "exporters/http/scrape_page.h"
#include "exporters/live_page/live_page.h"
#include "exporters/select/selection.h"
#include "metrics_core/status.h"
#include "metrics_core/traceparent.h"

namespace streamhouse::exporters {
namespace {

constexpr std::string_view kMetricsPath = "/metrics";
constexpr std::string_view kDetailedPath = "/metrics/detailed";
constexpr std::string_view kHealthPath = "/health";
constexpr std::string_view kReadyPath = "/ready";
constexpr std::string_view kIndexPath = "/";
constexpr std::string_view kOtherPath = "other";

constexpr std::string_view kIndexPage = R"(<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Metrics</title></head>
<body>
<h1>Metrics</h1>
<ul>
<li><a href="/metrics">/metrics</a>: for Prometheus and other scrapers</li>
<li><a href="/metrics/detailed">/metrics/detailed</a>: the same with all labels, of which a server may be set to sum some up</li>
<li><a href="/health">/health</a>: whether this process answers</li>
<li><a href="/ready">/ready</a>: whether it can do its work, and if not, why</li>
</ul>
</body>
</html>
)";

Response Live() {
  Response response;
  response.body = "OK";
  return response;
}

Response MethodNotAllowed() {
  Response response = ErrorResponse(405);
  response.headers.emplace_back("Allow", "GET, HEAD");
  return response;
}

bool IsKnown(std::string_view path) {
  return path == kMetricsPath || path == kDetailedPath || path == kHealthPath || path == kReadyPath ||
         path == kIndexPath;
}

std::string AllChecks(const metrics::Health::Report& report) {
  std::string text = report.ready() ? "READY\n" : "NOT READY\n";
  for (const auto& check : report.checks) {
    text += check.name + ": " + (check.status.ok() ? "ok" : check.status.message()) + "\n";
  }
  return text;
}

Response Ready(const RequestTarget& target, const metrics::Health::Report& report) {
  Response response;
  response.status = report.ready() ? 200 : 503;
  response.body = report.ready() ? "READY" : report.Reason() + "\n";
  if (HasQueryKey(target.query, "verbose")) response.body = AllChecks(report);
  return response;
}

bool IsReading(const Request& request) {
  return request.method == "GET" || request.method == "HEAD";
}

metrics::Status NoTimeLeft() {
  return {metrics::StatusCode::kResourceExhausted,
          "no time is left to select series: other requests have used it; ask later"};
}

// Until the scraper gives up, where it says so and means sooner.
std::chrono::milliseconds PageTime(std::string_view scrape_timeout, std::chrono::milliseconds page_time) {
  if (scrape_timeout.empty()) return page_time;
  double seconds = 0;
  const char* const end = scrape_timeout.data() + scrape_timeout.size();
  const auto [parsed, error] = std::from_chars(scrape_timeout.data(), end, seconds);
  if (error != std::errc() || parsed != end || !(seconds > 0)) return page_time;
  const std::chrono::duration<double> timeout(seconds);
  return timeout < page_time ? std::chrono::duration_cast<std::chrono::milliseconds>(timeout) : page_time;
}

}  // namespace

Routes::Routes(metrics::Registry& registry, const metrics::Health& health, RoutesOptions options)
    : options_(std::move(options)),
      health_(health),
      permits_(options_.limits.scrapes),
      combined_view_(registry, options_.more_registries, "prometheus", options_.left_out),
      aggregated_view_(options_.aggregate),
      labelled_view_(options_.labels),
      selection_budget_(options_.limits.selection_time),
      detailed_([this] { return labelled_view_.Of(combined_view_.Take()); }),
      aggregated_([this] { return labelled_view_.Of(aggregated_view_.Of(combined_view_.Take())); }) {}

Response Routes::AnswerReady(const Request& request, const metrics::Health::Report& report) {
  Response response = Ready(*ParseRequestTarget(request.target), report);
  options_.metrics.CountRequest(kReadyPath, response.status);
  return response;
}

Response Routes::Handle(const Request& request) {
  std::optional<Response> response = HandleUnlessReady(request);
  return response ? *std::move(response) : AnswerReady(request, health_.Evaluate());
}

std::optional<Response> Routes::HandleUnlessReady(const Request& request) {
  const std::optional<RequestTarget> target = ParseRequestTarget(request.target);
  const bool known = target && IsKnown(target->path);
  // Other methods may have targets of other forms: OPTIONS *, CONNECT host:80.
  const bool is_method_known = IsReading(request);
  if (known && is_method_known && target->path == kReadyPath) return std::nullopt;
  Response response = known                         ? Answer(request, *target)
                      : !target && !is_method_known ? MethodNotAllowed()
                                                    : ErrorResponse(target ? 404 : 400);
  options_.metrics.CountRequest(known ? std::string_view(target->path) : kOtherPath, response.status);
  return response;
}

Response Routes::Answer(const Request& request, const RequestTarget& target) {
  if (!IsReading(request)) return MethodNotAllowed();
  if (target.path == kMetricsPath || target.path == kDetailedPath) return Metrics(request, target);
  if (target.path == kHealthPath) return Live();
  return Index(request);
}

Response Routes::Index(const Request& request) const {
  Response response;
  response.content_type = "text/html; charset=utf-8";
  response.headers.emplace_back("Vary", "Accept");
  const bool is_browser = request.accept.find("text/html") != std::string_view::npos;
  if (is_browser && options_.live_page == LivePageUse::kShown) {
    response.body = LivePage();
    response.headers.emplace_back("Content-Security-Policy", LivePagePolicy());
  } else {
    response.body = kIndexPage;
  }
  return response;
}

ScrapePermits::Permit Routes::TakePermit() const {
  ScrapePermits::Permit permit = permits_.Take();
  if (permit) return permit;
  options_.metrics.CountLimit(Limit::kScrapes);
  return options_.make_room && options_.make_room() ? permits_.Take() : ScrapePermits::Permit();
}

Response Routes::Metrics(const Request& request, const RequestTarget& target) {
  const NegotiatedFormat negotiated = NegotiateFormat(request.accept);
  Response response = Page(request, target, negotiated);
  options_.metrics.CountScrape(negotiated.format, response.status);
  return response;
}

metrics::Result<Selection> Routes::SelectionOf(std::string_view query, std::optional<SelectionBudget::Turn>& turn) {
  const auto names = QueryValues(query, "name[]", kQueryNamesMax);
  if (!names.ok()) return names.status();
  const auto selectors = QueryValues(query, "match[]", kSelectorsMax);
  if (!selectors.ok()) return selectors.status();
  if (selectors->empty()) return Selection::Parse(*names, {});
  turn.emplace(selection_budget_);
  if (!turn->has_time()) return NoTimeLeft();
  // Regular expressions are compiled here.
  return turn->Charge([&] { return Selection::Parse(*names, *selectors); });
}

metrics::Status Routes::Select(const Selection& selection, std::optional<SelectionBudget::Turn>& turn,
                               ScrapePage& page) {
  page.Collect();  // which is not charged
  const auto select = [&] {
    return page.Select(selection, std::chrono::steady_clock::now() + options_.limits.selection_time);
  };
  // Without a turn there are names alone: they are compared once a family, whose series are neither
  // read nor copied.
  if (turn ? turn->Charge(select) : select()) return metrics::Status::Ok();
  return {metrics::StatusCode::kResourceExhausted,
          "selecting series took too long: ask with fewer or simpler selectors, or later"};
}

Response Routes::Refuse(const metrics::Status& why) {
  const bool is_malformed = why.code() == metrics::StatusCode::kInvalidArgument;
  Response response = ErrorResponse(is_malformed ? 400 : 503);
  response.body.append(why.message()).append("\n");
  if (is_malformed) return response;
  options_.metrics.CountLimit(Limit::kSelectionTime);
  const std::chrono::seconds wait = selection_budget_.RetryAfter(std::chrono::steady_clock::now());
  response.headers.emplace_back("Retry-After", std::to_string(wait.count()));
  return response;
}

Response Routes::Page(const Request& request, const RequestTarget& target, const NegotiatedFormat& negotiated) {
  const auto asked_at = std::chrono::steady_clock::now();
  std::optional<SelectionBudget::Turn> turn;  // of selectors
  const metrics::Result<Selection> selection = SelectionOf(target.query, turn);
  if (!selection.ok()) return Refuse(selection.status());
  ScrapePermits::Permit permit = TakePermit();
  if (!permit) return ErrorResponse(503);
  const bool is_aggregated = target.path == kMetricsPath && !options_.aggregate.empty();
  SharedCollection& collection = is_aggregated ? aggregated_ : detailed_;
  auto scrape = std::make_unique<ScrapePage>(collection, negotiated, options_.created);
  if (!selection->chooses_all()) {
    if (const metrics::Status selected = Select(*selection, turn, *scrape); !selected.ok()) return Refuse(selected);
  }
  std::unique_ptr<PageSource> page = std::move(scrape);
  const ContentCoding coding = NegotiateCoding(request.accept_encoding);
  if (coding != ContentCoding::kIdentity) {
    auto compressed = std::make_unique<CompressedPage>(std::move(page), coding);
    // Now, because the status is counted before the page begins.
    if (!compressed->IsReady()) return ErrorResponse(500);
    page = std::move(compressed);
  }
  Response response;
  response.content_type = negotiated.content_type;
  response.headers.emplace_back("Vary", "Accept, Accept-Encoding");
  if (coding != ContentCoding::kIdentity) response.headers.emplace_back("Content-Encoding", ContentCodingName(coding));
  ScrapeOrigin origin = {.path = target.path == kMetricsPath ? kMetricsPath : kDetailedPath,
                         .parent = metrics::ParseTraceparent(request.traceparent),
                         .log = options_.scrape_log,
                         .asked_at = asked_at};
  response.page = std::make_unique<MeasuredPage>(std::move(page), negotiated.format, options_.metrics,
                                                 std::move(permit), std::move(origin));
  response.page_time = PageTime(request.scrape_timeout, options_.limits.page_time);
  return response;
}

}  // namespace streamhouse::exporters
