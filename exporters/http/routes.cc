#include "exporters/http/routes.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "exporters/encoding/content_negotiation.h"
#include "exporters/http/scrape_page.h"
#include "exporters/http/target.h"

namespace streamhouse::exporters {
namespace {

constexpr std::string_view kIndexPage = R"(<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Metrics</title></head>
<body>
<h1>Metrics</h1>
<ul>
<li><a href="/metrics">/metrics</a>: for Prometheus and other scrapers</li>
<li><a href="/health">/health</a>: whether this process answers</li>
<li><a href="/ready">/ready</a>: whether it can do its work, and if not, why</li>
</ul>
</body>
</html>
)";

Response Index() {
  Response response;
  response.content_type = "text/html; charset=utf-8";
  response.body = kIndexPage;
  return response;
}

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

}  // namespace

Response Routes::Handle(const Request& request) const {
  const std::optional<Target> target = ParseTarget(request.target);
  if (!target) return ErrorResponse(400);
  const std::string_view path = target->path;
  const bool known = path == "/" || path == "/metrics" || path == "/health" || path == "/ready";
  if (!known) return ErrorResponse(404);
  if (request.method != "GET" && request.method != "HEAD") return MethodNotAllowed();
  if (path == "/metrics") return Metrics(request);
  if (path == "/health") return Live();
  if (path == "/ready") return Ready();
  return Index();
}

Response Routes::Metrics(const Request& request) const {
  const NegotiatedFormat negotiated = NegotiateFormat(request.accept);
  Response response;
  response.content_type = negotiated.content_type;
  response.headers.emplace_back("Vary", "Accept");
  response.page = std::make_unique<ScrapePage>(registry_, negotiated.format);
  return response;
}

Response Routes::Ready() const {
  const metrics::Health::Report report = health_.Evaluate();
  Response response;
  response.status = report.ready() ? 200 : 503;
  response.body = report.ready() ? "READY" : report.Reason() + "\n";
  return response;
}

}  // namespace streamhouse::exporters
