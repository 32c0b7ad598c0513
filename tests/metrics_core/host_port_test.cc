#include "metrics_core/host_port.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace streamhouse::metrics {
namespace {

std::string RoundTrip(std::string_view text) {
  const Result<HostPort> parsed = ParseHostPort(text);
  return parsed.ok() ? parsed.value().ToString() : "refused";
}

TEST(HostPortTest, AnAddressThatIsWrittenReadsBackTheSame) {
  for (const char* const text : {"127.0.0.1:9090", "localhost:0", "0.0.0.0:65535", "[::1]:8080", "a-b.example:1"}) {
    EXPECT_EQ(RoundTrip(text), text);
  }
}

TEST(HostPortTest, KeepsAnIpv6AddressWithoutItsBrackets) {
  EXPECT_EQ(ParseHostPort("[::1]:8080").value().host, "::1");
}

TEST(HostPortTest, RefusesWhatIsNotOneHostAndOnePort) {
  for (const char* const text : {"", "localhost", ":8080", "localhost:", "localhost:http", "localhost:65536", "h:-1",
                                 "h:80 ", "::1:8080", "[]:80", "[::1]", "h:80:80"}) {
    EXPECT_EQ(RoundTrip(text), "refused") << text;
  }
}

TEST(HostPortTest, NamesTheTextThatItRefuses) {
  EXPECT_EQ(ParseHostPort("nine").status().message(), "\"nine\" is not HOST:PORT with a port up to 65535");
}

}  // namespace
}  // namespace streamhouse::metrics
