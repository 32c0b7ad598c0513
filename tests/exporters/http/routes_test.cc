#include "exporters/http/routes.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exporters/encoding/text_page.h"
#include "exporters/http/limits.h"
#include "exporters/http/server_metrics.h"
#include "exporters/live_page/live_page.h"
#include "exporters/select/selection.h"
#include "metrics_core/health.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"
#include "metrics_core/testing/metric_reader.h"
#include "tests/exporters/support/utf8_registry.h"

namespace streamhouse::exporters {
namespace {

using metrics::Status;
using metrics::StatusCode;

class RoutesTest : public testing::Test {
 protected:
  Response Get(std::string_view target, std::string_view accept = "") {
    return routes_.Handle({.method = "GET", .target = target, .accept = accept});
  }
  static std::string Header(const Response& response, std::string_view name) {
    for (const auto& [header, value] : response.headers) {
      if (header == name) return std::string(value);
    }
    return "";
  }

  metrics::Registry registry_;
  metrics::Health health_;
  Routes routes_{registry_, health_};
};

TEST_F(RoutesTest, ServesMetricsAsAStream) {
  registry_.AddGauge({.name = "pending", .help = "Pending"}).value().With().Set(3);
  const Response response = Get("/metrics");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.content_type, "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(Header(response, "Vary"), "Accept, Accept-Encoding");
  EXPECT_EQ(ReadPage(*response.page).value(), "# HELP pending Pending\n# TYPE pending gauge\npending 3\n");
}

TEST_F(RoutesTest, ServesTheFormatThatIsAskedFor) {
  const Response response = Get("/metrics", "application/openmetrics-text;version=1.0.0");
  EXPECT_EQ(response.content_type, "application/openmetrics-text; version=1.0.0; charset=utf-8");
  EXPECT_EQ(ReadPage(*response.page).value(), "# EOF\n");
}

TEST_F(RoutesTest, IsHealthyAlways) {
  const auto token = health_.Add("lease", [] { return Status(StatusCode::kUnavailable, "no lease"); });
  EXPECT_EQ(Get("/health").status, 200);
  EXPECT_EQ(Get("/health").body, "OK");
}

TEST_F(RoutesTest, IsReadyWhenTheChecksPass) {
  const auto token = health_.Add("lease", [] { return Status::Ok(); });
  EXPECT_EQ(Get("/ready").status, 200);
  EXPECT_EQ(Get("/ready").body, "READY");
}

TEST_F(RoutesTest, SaysWhyItIsNotReady) {
  const auto token = health_.Add("lease", [] { return Status(StatusCode::kUnavailable, "no lease"); });
  const Response response = Get("/ready");
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.body, "lease: no lease\n");
}

TEST_F(RoutesTest, LeavesTheChecksOfReadyToAServerThatEvaluatesThemElsewhere) {
  const auto handled = [this](std::string_view method, std::string_view target) {
    return routes_.HandleUnlessReady({.method = method, .target = target});
  };
  for (const char* target : {"/ready", "/ready?verbose", "/%72eady", "http://a/ready"}) {
    EXPECT_FALSE(handled("HEAD", target)) << target;
  }
  EXPECT_EQ(handled("POST", "/ready").value().status, 405);
  EXPECT_EQ(handled("GET", "/health").value().status, 200);
  EXPECT_EQ(handled("GET", "*").value().status, 400);
}

TEST_F(RoutesTest, HasAPageForPeople) {
  const Response response = Get("/");
  EXPECT_EQ(response.content_type, "text/html; charset=utf-8");
  for (const char* link : {"href=\"/metrics\"", "href=\"/health\"", "href=\"/ready\""}) {
    EXPECT_NE(response.body.find(link), std::string::npos) << link;
  }
}

TEST_F(RoutesTest, ShowsBrowsersTheLivePage) {
  const Response response = Get("/", "text/html,application/xhtml+xml,*/*;q=0.8");
  EXPECT_EQ(response.body, LivePage());
  EXPECT_EQ(response.content_type, "text/html; charset=utf-8");
  EXPECT_EQ(Header(response, "Content-Security-Policy"), LivePagePolicy());
  EXPECT_EQ(Header(response, "Vary"), "Accept");
  EXPECT_NE(Get("/", "*/*").body, LivePage()) << "as curl asks";
}

TEST_F(RoutesTest, ShowsNoLivePageWhereItIsSwitchedOff) {
  Routes routes(registry_, health_, {.live_page = LivePageUse::kLeftOut});
  EXPECT_EQ(routes.Handle({.method = "GET", .target = "/", .accept = "text/html"}).body, Get("/").body);
}

TEST_F(RoutesTest, IgnoresTheQuery) {
  EXPECT_EQ(Get("/health?verbose&x=%").status, 200);
}

TEST_F(RoutesTest, KnowsNoOtherPath) {
  for (const char* target : {"/metrics/", "/Metrics", "//metrics", "/metrics/../health", "/../../etc/passwd",
                             "/%2e%2e/%2e%2e/etc/passwd", "/health%00", "/metrics%3Fa", "/favicon.ico"}) {
    EXPECT_EQ(Get(target).status, 404) << target;
    EXPECT_EQ(Get(target).body, "404 Not Found\n") << target;
  }
}

TEST_F(RoutesTest, RefusesMalformedTargets) {
  for (const char* target : {"", "*", "metrics", "/%zz"}) EXPECT_EQ(Get(target).status, 400) << target;
}

TEST_F(RoutesTest, AllowsOnlyToRead) {
  for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "get", "NONSENSE", ""}) {
    const Response response = routes_.Handle({.method = method, .target = "/metrics"});
    EXPECT_EQ(response.status, 405) << method;
    EXPECT_EQ(Header(response, "Allow"), "GET, HEAD") << method;
  }
  EXPECT_EQ(routes_.Handle({.method = "HEAD", .target = "/metrics"}).status, 200);
}

TEST_F(RoutesTest, CompressesForReadersThatAskForIt) {
  const Response response = routes_.Handle({.method = "GET", .target = "/metrics", .accept_encoding = "gzip"});
  EXPECT_EQ(Header(response, "Content-Encoding"), "gzip");
  EXPECT_TRUE(ReadPage(*response.page).value().starts_with("\x1F\x8B"));
  EXPECT_EQ(Header(Get("/metrics"), "Content-Encoding"), "");
}

TEST_F(RoutesTest, ServesTheFamiliesThatAreNamed) {
  registry_.AddGauge({.name = "a", .help = "A"}).value().With().Set(1);
  registry_.AddGauge({.name = "b", .help = "B"}).value().With().Set(2);
  EXPECT_EQ(ReadPage(*Get("/metrics?name[]=b").page).value(), "# HELP b B\n# TYPE b gauge\nb 2\n");
  EXPECT_EQ(ReadPage(*Get("/metrics?name%5B%5D=%62").page).value(), "# HELP b B\n# TYPE b gauge\nb 2\n");
  EXPECT_EQ(Get("/metrics?name[]=%").status, 400);
}

TEST_F(RoutesTest, ServesTheSeriesThatAreSelected) {
  const auto lag = registry_.AddGauge({.name = "lag", .help = "Lag", .labels = {"topic"}}).value();
  registry_.AddGauge({.name = "lead", .help = "Lead"}).value().With();
  for (const char* topic : {"a b", "c+d"}) lag.With(topic).Set(1);
  const std::string head = "# HELP lag Lag\n# TYPE lag gauge\n";
  // As Go sends it: a blank as a plus.
  const std::string page = head + "lag{topic=\"a b\"} 1\n";
  EXPECT_EQ(ReadPage(*Get("/metrics?match%5B%5D=%7Btopic%3D%22a+b%22%7D").page).value(), page);
  EXPECT_EQ(ReadPage(*Get("/metrics?match[]={topic=\"c%2Bd\"}&match[]={topic=\"x\"}").page).value(),
            head + "lag{topic=\"c+d\"} 1\n");
  EXPECT_EQ(ReadPage(*Get("/metrics?match[]={topic=~\"a.*\"}&name[]=la*").page).value(), page);
  EXPECT_EQ(ReadPage(*Get("/metrics?match[]={topic=~\"a.*\"}&name[]=le*").page).value(), "");
}

TEST_F(RoutesTest, ShowsWhereASelectorCannotBeRead) {
  EXPECT_EQ(Get("/metrics?match[]=up&match[]={a=~\"<script>(\"}").body,
            "400 Bad Request\nmatch[] number 2: at character 5: the regular expression is refused: missing )\n");
  EXPECT_EQ(Get("/metrics/detailed?match[]=").status, 400);
  EXPECT_EQ(Get("/metrics?match[]=%").body,
            "400 Bad Request\na match[] has a % without two hexadecimal digits behind it\n");
  EXPECT_EQ(routes_.Handle({.method = "HEAD", .target = "/metrics?match[]={"}).status, 400);
  EXPECT_EQ(routes_.Handle({.method = "HEAD", .target = "/metrics?match[]=up{}"}).status, 200);
}

TEST_F(RoutesTest, SaysWhichParameterThereIsTooOftenInAQuery) {
  const auto body = [this](std::size_t count, const std::string& parameter) {
    std::string target = "/metrics?";
    for (std::size_t i = 0; i < count; ++i) target += "&" + parameter;
    return Get(target).body;
  };
  EXPECT_EQ(body(101, "match[]=up"), "400 Bad Request\nthere are more than 16 match[]\n");
  EXPECT_EQ(body(101, "name[]=up"), "400 Bad Request\nthere are more than 100 name[]\n");
}

// A selection of series that takes more time than the server has for it.
class ExpensiveSelectionTest : public RoutesTest {
 protected:
  static constexpr std::string_view kTooLong =
      "503 Service Unavailable\nselecting series took too long: ask with fewer or simpler selectors, or later\n";
  static constexpr std::string_view kNoTimeLeft =
      "503 Service Unavailable\nno time is left to select series: other requests have used it; ask later\n";

  ExpensiveSelectionTest() {
    const auto family = registry_.AddCounter({.name = "a_total", .help = "A", .labels = {"x"}}).value();
    for (int i = 0; i < 50'000; ++i) family.With(std::string(100, 'a') + std::to_string(i)).Increment();
    for (std::size_t i = 0; i < kSelectorsMax; ++i) target_ += "&match[]={x=~\".*(a|b).*c\"}";
  }

  Response Ask(std::string_view target) { return limited_.Handle({.method = "GET", .target = target}); }
  std::optional<double> Count(std::string_view family, metrics::testing::LabelPairs labels) {
    return metrics::testing::MetricReader(registry_).Value(family, labels);
  }

  std::string target_ = "/metrics?";
  Routes limited_{registry_,
                  health_,
                  {.limits = {.selection_time = std::chrono::milliseconds(20)},
                   .metrics = ServerMetrics::Register(registry_).value()}};
};

TEST_F(ExpensiveSelectionTest, IsRefusedWithAReason) {
  const Response response = Ask(target_);
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.page, nullptr);
  EXPECT_EQ(response.body, kTooLong);
  EXPECT_EQ(Header(response, "Retry-After"), "1");
}

TEST_F(ExpensiveSelectionTest, IsCountedWithItsStatusAndAsALimit) {
  Ask(target_);
  EXPECT_EQ(Count("streamhouse_exporter_requests_total", {{"path", "/metrics"}, {"code", "503"}}), 1);
  EXPECT_EQ(Count("streamhouse_exporter_scrapes_total", {{"format", "text"}, {"code", "503"}}), 1);
  EXPECT_EQ(Count("streamhouse_exporter_limits_reached_total", {{"limit", "selection_time"}}), 1);
}

TEST_F(ExpensiveSelectionTest, LeavesNoTimeForOtherSelectionsAndAllForOtherRequests) {
  Response next = Ask(target_);
  // A pause of this thread may give a part of the time back.
  for (int i = 0; i < 100 && next.body == kTooLong; ++i) next = Ask(target_);
  EXPECT_EQ(next.body, kNoTimeLeft);
  EXPECT_EQ(next.status, 503);
  EXPECT_EQ(Header(next, "Retry-After"), "1");
  EXPECT_EQ(Ask("/metrics").status, 200);
  EXPECT_EQ(Ask("/health").status, 200);
}

TEST_F(ExpensiveSelectionTest, LeavesAllTimeForFamiliesThatAreNamed) {
  Response next = Ask(target_);
  for (int i = 0; i < 100 && next.body == kTooLong; ++i) next = Ask(target_);
  ASSERT_EQ(next.body, kNoTimeLeft);
  EXPECT_EQ(Ask("/metrics?name[]=a_total").status, 200);
}

TEST_F(RoutesTest, SelectsSumsOnThePageThatHasThem) {
  Routes routes(registry_, health_, {.aggregate = {"partition"}});
  const auto lag = registry_.AddGauge({.name = "lag", .help = "Lag", .labels = {"topic", "partition"}}).value();
  for (const char* partition : {"1", "2"}) lag.With("a", partition).Set(2);
  const auto page = [&](std::string_view target) {
    return ReadPage(*routes.Handle({.method = "GET", .target = target}).page).value();
  };
  const std::string head = "# HELP lag Lag\n# TYPE lag gauge\n";
  EXPECT_EQ(page("/metrics?match[]={topic=\"a\"}"), head + "lag{topic=\"a\"} 4\n");
  EXPECT_EQ(page("/metrics?match[]={partition=\"1\"}"), "") << "sums have no such label";
  EXPECT_EQ(page("/metrics/detailed?match[]={partition=\"1\"}"), head + "lag{topic=\"a\",partition=\"1\"} 2\n");
}

TEST_F(RoutesTest, ShowsAllLabelsOnBothPagesUnlessToldToAggregate) {
  registry_.AddCounter({.name = "a_total", .help = "A", .labels = {"partition"}}).value().With("1").Increment();
  const std::string page = "# HELP a_total A\n# TYPE a_total counter\na_total{partition=\"1\"} 1\n";
  EXPECT_EQ(ReadPage(*Get("/metrics").page).value(), page);
  EXPECT_EQ(ReadPage(*Get("/metrics/detailed").page).value(), page);
}

TEST_F(RoutesTest, AggregatesOnePageAndNotTheOther) {
  Routes routes(registry_, health_, {.aggregate = {"partition", "group"}});
  const auto lag = registry_.AddGauge({.name = "lag", .help = "Lag", .labels = {"topic", "partition"}}).value();
  registry_.AddGauge({.name = "other", .help = "O"}).value();
  for (const char* partition : {"1", "2"}) lag.With("a", partition).Set(2);
  const auto page = [&](std::string_view target) {
    return ReadPage(*routes.Handle({.method = "GET", .target = target}).page).value();
  };
  const std::string head = "# HELP lag Lag\n# TYPE lag gauge\n";
  EXPECT_EQ(page("/metrics?name[]=lag"), head + "lag{topic=\"a\"} 4\n");
  EXPECT_EQ(page("/metrics/detailed?name[]=lag"),
            head + "lag{topic=\"a\",partition=\"1\"} 2\nlag{topic=\"a\",partition=\"2\"} 2\n");
}

TEST_F(RoutesTest, ShowsCreationTimesInOpenMetricsWhereItIsTold) {
  metrics::Registry registry({.creation_times = metrics::CreationTimes::kKept});
  registry.AddCounter({.name = "a_total", .help = "A"}).value();
  Routes routes(registry, health_, {.created = CreatedUse::kShown});
  const auto page = [&](Routes& of, std::string_view accept) {
    return ReadPage(*of.Handle({.method = "GET", .target = "/metrics?name[]=a_created", .accept = accept}).page)
        .value();
  };
  EXPECT_NE(page(routes, "application/openmetrics-text").find("\na_created 1"), std::string::npos);
  EXPECT_EQ(page(routes, "").find("\na_created"), std::string::npos);
  Routes plain(registry, health_);
  EXPECT_EQ(page(plain, "application/openmetrics-text").find("\na_created"), std::string::npos);
}

TEST_F(RoutesTest, EscapesNamesAsTheReaderAsks) {
  const auto registry = Utf8Registry();
  Routes routes(*registry, health_);
  const auto page = [&](std::string_view name, std::string_view accept) {
    const std::string target = "/metrics?name[]=" + std::string(name);
    const std::string text =
        ReadPage(*routes.Handle({.method = "GET", .target = target, .accept = accept}).page).value();
    return text.substr(text.rfind('\n', text.size() - 2) + 1);
  };
  EXPECT_EQ(page("http.requests_total", ""), "http_requests_total{url_path=\"/\\\"x\\\"\",code=\"200\"} 2\n");
  EXPECT_EQ(page("http_requests_total", "text/plain;version=1.0.0;escaping=allow-utf-8"), "") << "not a name here";
  EXPECT_EQ(page("http.requests_total", "text/plain;version=1.0.0;escaping=allow-utf-8"),
            "{\"http.requests_total\",\"url.path\"=\"/\\\"x\\\"\",code=\"200\"} 2\n");
  EXPECT_EQ(page("http_dot_requests__total", "text/plain;version=1.0.0;escaping=dots"),
            "http_dot_requests__total{url_dot_path=\"/\\\"x\\\"\",code=\"200\"} 2\n");
}

TEST_F(RoutesTest, TellsTheLogOfPagesAndOfNothingElse) {
  std::vector<std::string> lines;
  Routes routes(registry_, health_, {.scrape_log = [&](std::string_view line) { lines.emplace_back(line); }});
  const auto get = [&](std::string_view target, std::string_view traceparent) {
    Response response = routes.Handle({.method = "GET", .target = target, .traceparent = traceparent});
    if (response.page != nullptr) ReadPage(*response.page).value();
  };
  get("/metrics?name[]=a", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  get("/metrics/detailed", "rubbish");
  get("/health", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_TRUE(lines[0].starts_with("scrape sent: path=/metrics format=text bytes=0 ")) << lines[0];
  EXPECT_TRUE(lines[0].ends_with(" trace_id=0af7651916cd43dd8448eb211c80319c span_id=b7ad6b7169203331")) << lines[0];
  EXPECT_TRUE(lines[1].starts_with("scrape sent: path=/metrics/detailed ")) << lines[1];
  EXPECT_EQ(lines[1].find("rubbish"), std::string::npos);
}

TEST_F(RoutesTest, ListsAllChecksWhenAsked) {
  const auto lease = health_.Add("lease", [] { return Status(StatusCode::kUnavailable, "no lease"); });
  const auto disk = health_.Add("disk", [] { return Status::Ok(); });
  EXPECT_EQ(Get("/ready?verbose").body, "NOT READY\nlease: no lease\ndisk: ok\n");
  EXPECT_EQ(Get("/ready?verbose").status, 503);
}

TEST_F(RoutesTest, AsksForTheSlotOfAnotherPageBeforeItRefuses) {
  Response running;
  const auto make_room = [&running] { return std::exchange(running.page, nullptr) != nullptr; };
  Routes routes(registry_, health_, {.limits = {.scrapes = 1}, .make_room = make_room});
  const auto scrape = [&] { return routes.Handle({.method = "GET", .target = "/metrics"}); };
  running = scrape();
  const Response next = scrape();
  EXPECT_EQ(next.status, 200);
  EXPECT_EQ(scrape().status, 503) << "there is none to give up any more";
}

TEST_F(RoutesTest, CountsABadSelectorAndGivesUpNoPageForIt) {
  Response running;
  const auto make_room = [&running] { return std::exchange(running.page, nullptr) != nullptr; };
  Routes routes(
      registry_, health_,
      {.limits = {.scrapes = 1}, .metrics = ServerMetrics::Register(registry_).value(), .make_room = make_room});
  running = routes.Handle({.method = "GET", .target = "/metrics"});
  EXPECT_EQ(routes.Handle({.method = "GET", .target = "/metrics?match[]={"}).status, 400);
  EXPECT_NE(running.page, nullptr);
  const metrics::testing::MetricReader reader(registry_);
  EXPECT_EQ(reader.Value("streamhouse_exporter_scrapes_total", {{"format", "text"}, {"code", "400"}}), 1);
}

TEST_F(RoutesTest, RefusesMorePagesThanItsLimit) {
  Routes routes(registry_, health_, {.limits = {.scrapes = 1}, .metrics = ServerMetrics::Register(registry_).value()});
  const auto scrape = [&] { return routes.Handle({.method = "GET", .target = "/metrics"}); };
  {
    const Response running = scrape();
    EXPECT_EQ(scrape().status, 503);
    EXPECT_EQ(routes.Handle({.method = "GET", .target = "/health"}).status, 200);
  }
  EXPECT_EQ(scrape().status, 200);
  const metrics::testing::MetricReader reader(registry_);
  EXPECT_EQ(reader.Value("streamhouse_exporter_limits_reached_total", {{"limit", "scrapes"}}), 1);
  EXPECT_EQ(reader.Value("streamhouse_exporter_scrapes_total", {{"format", "text"}, {"code", "503"}}), 1);
}

TEST_F(RoutesTest, GivesAPageNoLongerThanItsScraperWaits) {
  const auto page_time = [&](std::string_view timeout) {
    return routes_.Handle({.method = "GET", .target = "/metrics", .scrape_timeout = timeout}).page_time;
  };
  EXPECT_EQ(page_time("1.5"), std::chrono::milliseconds(1500));
  for (const char* longest : {"", "1e9", "0", "-1", "nan", "inf", "x", "1x"}) {
    EXPECT_EQ(page_time(longest), Limits().page_time) << longest;
  }
}

TEST_F(RoutesTest, CountsRequestsByPathsOfItsOwn) {
  Routes routes(registry_, health_, {.metrics = ServerMetrics::Register(registry_).value()});
  for (const char* target : {"/health", "/health?x", "/a", "/b", "*"}) {
    routes.Handle({.method = "GET", .target = target});
  }
  const metrics::testing::MetricReader reader(registry_);
  const auto count = [&](std::string_view path, std::string_view code) {
    return reader.Value("streamhouse_exporter_requests_total", {{"path", path}, {"code", code}});
  };
  EXPECT_EQ(count("/health", "200"), 2);
  EXPECT_EQ(count("other", "404"), 2);
  EXPECT_EQ(count("other", "400"), 1);
}

}  // namespace
}  // namespace streamhouse::exporters
