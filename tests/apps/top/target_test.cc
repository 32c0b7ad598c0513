#include "apps/top/target.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "metrics_core/sockets/socket_address.h"
#include "metrics_core/status.h"

namespace streamhouse::apps {
namespace {

using metrics::StatusCode;

TEST(ParseTargetTest, TakesAddressesWithAndWithoutSchemePortAndPath) {
  const Target plain = ParseTarget("127.0.0.1:8080").value();
  EXPECT_EQ(plain.url, "http://127.0.0.1:8080");
  EXPECT_EQ(plain.page_path + " " + plain.readiness_path, "/metrics /ready");
  EXPECT_FALSE(plain.has_tls);
  EXPECT_EQ(ParseTarget("http://127.0.0.1:8080/").value().url, plain.url);
  EXPECT_EQ(metrics::ToString(ParseTarget("http://[::1]").value().address), "[::1]:80");
  const Target tls = ParseTarget("https://broker.example/a/metrics?name[]=x").value();
  EXPECT_EQ(tls.url, "https://broker.example:443/a/metrics?name[]=x");
  EXPECT_EQ(tls.readiness_path, "/a/ready");
  EXPECT_TRUE(tls.has_tls);
}

TEST(ParseTargetTest, TakesUnixSockets) {
  const Target file = ParseTarget("unix:///run/a.sock").value();
  EXPECT_EQ(file.url, "unix:///run/a.sock");
  EXPECT_EQ(file.page_path + " " + file.readiness_path, "/metrics /ready");
  const Target name = ParseTarget("unix:@a:/b/metrics/detailed").value();
  EXPECT_EQ(name.url, "unix:@a:/b/metrics/detailed");
  EXPECT_EQ(name.page_path + " " + name.readiness_path, "/b/metrics/detailed /b/metrics/ready");
  EXPECT_TRUE(IsLoopback(name));
  EXPECT_NE(ParseTarget("unix:a").status().message().find("is not unix:///PATH"), std::string::npos);
  EXPECT_EQ(ParseTarget("unix:///s:/metrics?name[]=x").value().page_path, "/metrics?name[]=x");
}

TEST(ParseTargetTest, RefusesThePermissionsOfAUnixSocket) {
  EXPECT_EQ(ParseTarget("unix:///run/m.sock?mode=0660").status().message(),
            "\"unix:///run/m.sock?mode=0660\" has options, which are for the program that listens; a '?' in the path "
            "is %3F");
}

TEST(ParseTargetTest, RefusesTextsThatAreNotAnAddress) {
  for (const std::string_view url : {"", "http://", "ftp://a:1", "a:b", "a:70000", "http://a:0", "http://a:1?x",
                                     "http://a:1/#x", "a b:1", "a:1/\x1B[2J", "http://a:1/\r\nX: y"}) {
    EXPECT_EQ(ParseTarget(url).status().code(), StatusCode::kInvalidArgument) << url;
  }
}

TEST(ParseTargetTest, RefusesAPasswordWithoutRepeatingIt) {
  const std::string message = ParseTarget("http://me:secret@a:1").status().message();
  EXPECT_NE(message.find("--password-file"), std::string::npos) << message;
  EXPECT_EQ(message.find("secret"), std::string::npos) << message;
}

TEST(IsLoopbackTest, IsTrueForThisMachineAlone) {
  for (const std::string_view url : {"localhost:1", "127.1.2.3:1", "[::1]:1"}) {
    EXPECT_TRUE(IsLoopback(ParseTarget(url).value())) << url;
  }
  for (const std::string_view url : {"localhost.example:1", "10.0.0.1:1", "127.0.0.1.example:1"}) {
    EXPECT_FALSE(IsLoopback(ParseTarget(url).value())) << url;
  }
}

}  // namespace
}  // namespace streamhouse::apps
