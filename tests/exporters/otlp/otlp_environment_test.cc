#include "exporters/otlp/otlp_environment.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "exporters/encoding/compressed_page.h"
#include "exporters/view/delta_view.h"

namespace streamhouse::exporters {
namespace {

using std::chrono::milliseconds;
using Variables = std::map<std::string, std::string>;
using Pairs = std::vector<std::pair<std::string, std::string>>;

EnvironmentLookup LookUpIn(const Variables& variables) {
  return [&](const char* name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
}

OtlpEnvironment Read(const Variables& variables) {
  return ReadOtlpEnvironment(LookUpIn(variables));
}

// "http://HOST:PORT TARGET", or what is noted.
std::string Endpoint(const Variables& variables) {
  const OtlpEnvironment read = Read(variables);
  if (!read.endpoint) return read.notes.empty() ? "" : read.notes.front();
  EXPECT_TRUE(read.notes.empty());
  return std::string(read.endpoint->is_https ? "https://" : "http://") + read.endpoint->host + ":" +
         std::to_string(read.endpoint->port) + " " + read.endpoint->path;
}

std::string GeneralEndpoint(const std::string& url) {
  return Endpoint({{"OTEL_EXPORTER_OTLP_ENDPOINT", url}});
}
std::string MetricsEndpoint(const std::string& url) {
  return Endpoint({{"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", url}});
}

TEST(OtlpEnvironmentTest, IsEmptyWhereNoVariableIsSet) {
  const OtlpEnvironment read = Read({{"OTEL_EXPORTER_OTLP_ENDPOINT", ""}, {"OTEL_SERVICE_NAME", ""}});
  EXPECT_FALSE(read.endpoint || read.compression || read.timeout || read.interval || read.encoding);
  EXPECT_TRUE(read.headers.empty() && read.resource.empty() && read.notes.empty());
  EXPECT_EQ(read.certificate + read.client_certificate + read.client_key, "");
}

TEST(OtlpEnvironmentTest, AddsThePathOfMetricsToTheGeneralEndpoint) {
  EXPECT_EQ(GeneralEndpoint("http://collector:4318"), "http://collector:4318 /v1/metrics");
  EXPECT_EQ(GeneralEndpoint("http://collector:4318/"), "http://collector:4318 /v1/metrics");
  EXPECT_EQ(GeneralEndpoint("https://c.example/otlp/"), "https://c.example:443 /otlp/v1/metrics");
  EXPECT_EQ(GeneralEndpoint("http://c.example/otlp"), "http://c.example:80 /otlp/v1/metrics");
}

TEST(OtlpEnvironmentTest, UsesTheEndpointOfMetricsAsItIs) {
  EXPECT_EQ(MetricsEndpoint("http://collector:4318"), "http://collector:4318 /");
  EXPECT_EQ(MetricsEndpoint("HTTPS://[::1]:9/a?b=c"), "https://::1:9 /a?b=c");
  EXPECT_EQ(MetricsEndpoint("http://collector?b=c"), "http://collector:80 /?b=c");
  EXPECT_EQ(
      Endpoint({{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://a"}, {"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "http://b/"}}),
      "http://b:80 /");
}

TEST(OtlpEnvironmentTest, IgnoresAnEndpointThatIsNoUrlOfHttp) {
  const std::string note = "OTEL_EXPORTER_OTLP_ENDPOINT is ignored: it has a value that cannot be used";
  for (const char* url :
       {"collector:4318", "ftp://a", "http://", "http://a:0", "http://a:65536", "http://a:b", "http://u:p@a",
        "http://[::1", "http://a/b c", "http://a/b\r\nX: y", "http://a#b", "http://a?b"}) {
    EXPECT_EQ(GeneralEndpoint(url), note) << url;
  }
}

TEST(OtlpEnvironmentTest, ReadsHeadersAndDecodesThem) {
  EXPECT_EQ(Read({{"OTEL_EXPORTER_OTLP_HEADERS", "api-key=a%20b , x=1=2,"}}).headers,
            (Pairs{{"api-key", "a b"}, {"x", "1=2"}}));
  EXPECT_EQ(Read({{"OTEL_EXPORTER_OTLP_HEADERS", "a=1"}, {"OTEL_EXPORTER_OTLP_METRICS_HEADERS", "b=2"}}).headers,
            (Pairs{{"b", "2"}}));
}

TEST(OtlpEnvironmentTest, IgnoresHeadersThatCouldNotBeSentAndDoesNotTellThem) {
  for (const char* headers : {"secret", "a=secret%0D%0Ab: c", "a b=secret", "=secret", "a=%zz", "Content-Length=secret",
                              "transfer-encoding=secret", "a=secret%00"}) {
    const OtlpEnvironment read = Read({{"OTEL_EXPORTER_OTLP_HEADERS", headers}});
    EXPECT_TRUE(read.headers.empty()) << headers;
    ASSERT_EQ(read.notes.size(), 1U) << headers;
    EXPECT_EQ(read.notes[0], "OTEL_EXPORTER_OTLP_HEADERS is ignored: it has a value that cannot be used");
  }
}

TEST(OtlpEnvironmentTest, ReadsTheOptionsOfSending) {
  const OtlpEnvironment read = Read({{"OTEL_EXPORTER_OTLP_COMPRESSION", "GZIP"},
                                     {"OTEL_EXPORTER_OTLP_TIMEOUT", "2500"},
                                     {"OTEL_METRIC_EXPORT_INTERVAL", "60000"},
                                     {"OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"},
                                     {"OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "http/json"},
                                     {"OTEL_EXPORTER_OTLP_CERTIFICATE", "/ca"},
                                     {"OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", "/cert"},
                                     {"OTEL_EXPORTER_OTLP_METRICS_CLIENT_KEY", "/key"},
                                     {"OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "Cumulative"}});
  EXPECT_EQ(read.compression, ContentCoding::kGzip);
  EXPECT_EQ(read.timeout, milliseconds(2500));
  EXPECT_EQ(read.interval, milliseconds(60000));
  EXPECT_EQ(read.encoding, OtlpEncoding::kJson);
  EXPECT_EQ(read.deltas, DeltaFamilies::kNone);
  EXPECT_EQ(read.certificate + read.client_certificate + read.client_key, "/ca/cert/key");
  EXPECT_TRUE(read.notes.empty());
}

TEST(OtlpEnvironmentTest, TakesATimeoutOfZeroAsAMinute) {
  const OtlpEnvironment read = Read({{"OTEL_EXPORTER_OTLP_TIMEOUT", "0"}});
  EXPECT_EQ(read.timeout, kOtlpTimeoutOfZero);
  ASSERT_EQ(read.notes.size(), 1U);
  EXPECT_EQ(read.notes[0], "a timeout of 0, which means no limit, is 60 s here");
}

TEST(OtlpEnvironmentTest, NotesEachOptionThatCannotBeUsed) {
  const Variables bad = {{"OTEL_EXPORTER_OTLP_COMPRESSION", "snappy"},
                         {"OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"},
                         {"OTEL_EXPORTER_OTLP_TIMEOUT", "10s"},
                         {"OTEL_METRIC_EXPORT_INTERVAL", "0"},
                         {"OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "monthly"}};
  EXPECT_EQ(Read(bad).notes.size(), bad.size());
  for (const auto& [name, value] : bad) {
    const OtlpEnvironment read = Read({{name, value}});
    EXPECT_FALSE(read.compression || read.timeout || read.interval || read.encoding) << name;
    ASSERT_EQ(read.notes.size(), 1U) << name;
    EXPECT_EQ(read.notes[0], name + " is ignored: it has a value that cannot be used");
  }
}

TEST(OtlpEnvironmentTest, ReadsTheResourceWithTheServiceFirst) {
  EXPECT_EQ(
      Read({{"OTEL_RESOURCE_ATTRIBUTES", "service.name=a, zone = b%2Cc%3D ,empty="}, {"OTEL_SERVICE_NAME", "relay"}})
          .resource,
      (Pairs{{"service.name", "relay"}, {"service.name", "a"}, {"zone", "b,c="}, {"empty", ""}}));
}

TEST(OtlpEnvironmentTest, DropsAllAttributesForOneError) {
  for (const char* attributes : {"a=b,c", "a=b,=c", "a=b,c=%4", "a=b,c=%FF"}) {
    const OtlpEnvironment read = Read({{"OTEL_RESOURCE_ATTRIBUTES", attributes}, {"OTEL_SERVICE_NAME", "relay"}});
    EXPECT_EQ(read.resource, (Pairs{{"service.name", "relay"}})) << attributes;
    EXPECT_EQ(read.notes.size(), 1U) << attributes;
  }
}

TEST(OtlpEnvironmentTest, IgnoresAllOthersWhereAConfigurationFileIsSet) {
  const OtlpEnvironment read = Read({{"OTEL_CONFIG_FILE", "/otel.yaml"},
                                     {"OTEL_EXPORTER_OTLP_ENDPOINT", "http://a"},
                                     {"OTEL_EXPORTER_OTLP_TIMEOUT", "x"},
                                     {"OTEL_SERVICE_NAME", "relay"}});
  EXPECT_FALSE(read.endpoint);
  EXPECT_TRUE(read.resource.empty());
  ASSERT_EQ(read.notes.size(), 1U);
  EXPECT_EQ(read.notes[0], "OTEL_CONFIG_FILE is set and is not read; the other OTEL_ variables are ignored");
}

TEST(OtlpEnvironmentTest, LooksUpTheVariablesOfTheProcess) {
  ASSERT_NE(std::getenv("PATH"), nullptr);
  EXPECT_EQ(LookUpEnvironment("PATH"), std::getenv("PATH"));
  EXPECT_EQ(LookUpEnvironment("STREAMHOUSE_NO_SUCH_VARIABLE"), std::nullopt);
}

TEST(OtlpEnvironmentTest, HasThePreferencesOfTemporality) {
  const std::string name = "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE";
  EXPECT_EQ(Read({}).deltas, std::nullopt);
  EXPECT_EQ(Read({{name, "DELTA"}}).deltas, DeltaFamilies::kAll);
  EXPECT_EQ(Read({{name, " lowmemory "}}).deltas, DeltaFamilies::kRecorded);
}

TEST(OtlpEnvironmentTest, SaysThatItDoesNotChangeHistograms) {
  const std::string name = "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION";
  EXPECT_EQ(Read({{name, "base2_exponential_bucket_histogram"}}).notes,
            std::vector<std::string>{name + " is ignored: the program decides the buckets of its histograms"});
}

TEST(ResourceEnvironmentTest, ReadsTheResourceWithoutNotesOnTheExporter) {
  const Variables variables = {{"OTEL_SERVICE_NAME", "relay"},
                               {"OTEL_RESOURCE_ATTRIBUTES", "zone=b%2Cc"},
                               {"OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"},
                               {"OTEL_EXPORTER_OTLP_TIMEOUT", "x"}};
  EXPECT_EQ(Read(variables).notes.size(), 2U);
  const ResourceEnvironment read = ReadResourceEnvironment(LookUpIn(variables));
  EXPECT_EQ(read.resource, (Pairs{{"service.name", "relay"}, {"zone", "b,c"}}));
  EXPECT_TRUE(read.notes.empty()) << read.notes.front();
}

TEST(ResourceEnvironmentTest, NotesVariablesThatItDoesNotRead) {
  const auto read = [](const Variables& variables) { return ReadResourceEnvironment(LookUpIn(variables)); };
  const ResourceEnvironment bad = read({{"OTEL_SERVICE_NAME", "relay"}, {"OTEL_RESOURCE_ATTRIBUTES", "no pair"}});
  EXPECT_EQ(bad.resource, (Pairs{{"service.name", "relay"}}));
  EXPECT_EQ(bad.notes,
            std::vector<std::string>{"OTEL_RESOURCE_ATTRIBUTES is ignored: it has a value that cannot be used"});
  const ResourceEnvironment file = read({{"OTEL_SERVICE_NAME", "relay"}, {"OTEL_CONFIG_FILE", "/otel.yaml"}});
  EXPECT_TRUE(file.resource.empty());
  EXPECT_EQ(file.notes,
            std::vector<std::string>{"OTEL_CONFIG_FILE is set and is not read; the other OTEL_ variables are ignored"});
}

}  // namespace
}  // namespace streamhouse::exporters
