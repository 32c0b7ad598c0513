#include "exporters/http/routes.h"

#include <gtest/gtest.h>

#include <string>

#include "metrics_core/health.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"

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
  const Routes routes_{registry_, health_};
};

TEST_F(RoutesTest, ServesMetricsAsAStream) {
  registry_.AddGauge({.name = "pending", .help = "Pending"}).value().With().Set(3);
  const Response response = Get("/metrics");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.content_type, "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(Header(response, "Vary"), "Accept");
  EXPECT_EQ(ReadPage(*response.page), "# HELP pending Pending\n# TYPE pending gauge\npending 3\n");
}

TEST_F(RoutesTest, ServesTheFormatThatIsAskedFor) {
  const Response response = Get("/metrics", "application/openmetrics-text;version=1.0.0");
  EXPECT_EQ(response.content_type, "application/openmetrics-text; version=1.0.0; charset=utf-8");
  EXPECT_EQ(ReadPage(*response.page), "# EOF\n");
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

TEST_F(RoutesTest, HasAPageForPeople) {
  const Response response = Get("/");
  EXPECT_EQ(response.content_type, "text/html; charset=utf-8");
  for (const char* link : {"href=\"/metrics\"", "href=\"/health\"", "href=\"/ready\""}) {
    EXPECT_NE(response.body.find(link), std::string::npos) << link;
  }
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
    const Response response = routes_.Handle({.method = method, .target = "/metrics", .accept = ""});
    EXPECT_EQ(response.status, 405) << method;
    EXPECT_EQ(Header(response, "Allow"), "GET, HEAD") << method;
  }
  EXPECT_EQ(routes_.Handle({.method = "HEAD", .target = "/metrics", .accept = ""}).status, 200);
}

}  // namespace
}  // namespace streamhouse::exporters
