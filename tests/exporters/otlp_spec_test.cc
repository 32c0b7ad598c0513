#include "exporters/otlp_spec.h"

#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <optional>
#include <string>

#include "exporters/encoding/compressed_page.h"
#include "exporters/view/delta_view.h"

namespace streamhouse::exporters {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Variables = std::map<std::string, std::string>;

metrics::Result<OtlpExporterOptions> Read(const std::string& line, const Variables& variables = {}) {
  return ReadOtlpSpec(ParseExporterSpec(line).value(), [&](const char* name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  });
}

std::string Refusal(const std::string& line, const Variables& variables = {}) {
  const auto read = Read(line, variables);
  return read.ok() ? "" : read.status().message();
}

// Where requests go: "HOST:PORT TARGET", and "TLS" where they are encrypted.
std::string Address(const std::string& line, const Variables& variables = {}) {
  const OtlpExporterOptions options = Read(line, variables).value();
  const ReceiverAddress& address = options.receiver.address;
  return address.host + ":" + std::to_string(address.port) + " " + options.path + (address.tls ? " TLS" : "");
}

const Variables kEndpoint = {{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector/base"}};

TEST(OtlpSpecTest, SendsToThisMachineByDefault) {
  EXPECT_EQ(Address("otlp+http://"), "127.0.0.1:4318 /v1/metrics");
  EXPECT_EQ(Address("otlp+https://"), "127.0.0.1:4318 /v1/metrics TLS");
  const OtlpExporterOptions options = Read("otlp+http://").value();
  EXPECT_EQ(options.encoding, OtlpEncoding::kProtobuf);
  EXPECT_EQ(options.compression, ContentCoding::kIdentity);
  EXPECT_TRUE(options.notes.empty());
}

TEST(OtlpSpecTest, TakesTheAddressOfTheLine) {
  EXPECT_EQ(Address("otlp+http://c.example"), "c.example:4318 /v1/metrics");
  EXPECT_EQ(Address("otlp+https://[::1]:443/api/v1/otlp/v1/metrics"), "::1:443 /api/v1/otlp/v1/metrics TLS");
  EXPECT_EQ(Address("otlp+http://c/a%20b"), "c:4318 /a%20b");
}

TEST(OtlpSpecTest, TakesTheEndpointOfTheEnvironmentWhereTheLineHasNone) {
  EXPECT_EQ(Address("otlp+http://", kEndpoint), "collector:80 /base/v1/metrics");
  EXPECT_EQ(Address("otlp+http://a", kEndpoint), "a:4318 /v1/metrics");
  EXPECT_EQ(Address("otlp+http://:9", kEndpoint), "127.0.0.1:9 /v1/metrics");
  EXPECT_EQ(Address("otlp+http:///b", kEndpoint), "127.0.0.1:4318 /b");
  EXPECT_EQ(Address("otlp+http+unix:///s", kEndpoint), "localhost:80 /v1/metrics");
  EXPECT_EQ(Address("otlp+https+unix:///s:/b", kEndpoint), "localhost:443 /b TLS");
}

TEST(OtlpSpecTest, NeverChangesTheSchemeOfTheLine) {
  EXPECT_EQ(Refusal("otlp+https://", kEndpoint),
            "exporter otlp+https://: OTEL_EXPORTER_OTLP_ENDPOINT names a receiver of the other scheme");
  EXPECT_EQ(Refusal("otlp+https://a", kEndpoint), "");
}

TEST(OtlpSpecTest, PrefersEachOptionOfTheLineToItsVariable) {
  const Variables variables = {{"OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"},
                               {"OTEL_EXPORTER_OTLP_PROTOCOL", "http/json"},
                               {"OTEL_EXPORTER_OTLP_TIMEOUT", "2000"},
                               {"OTEL_METRIC_EXPORT_INTERVAL", "60000"}};
  const OtlpExporterOptions read = Read("otlp+http://", variables).value();
  EXPECT_EQ(read.encoding, OtlpEncoding::kJson);
  EXPECT_EQ(read.compression, ContentCoding::kGzip);
  EXPECT_EQ(read.push.push_time, seconds(2));
  EXPECT_EQ(read.push.interval, seconds(60));
  const OtlpExporterOptions line =
      Read("otlp+http://?encoding=protobuf&compression=zstd&push_time=1s&interval=500ms", variables).value();
  EXPECT_EQ(line.encoding, OtlpEncoding::kProtobuf);
  EXPECT_EQ(line.compression, ContentCoding::kZstd);
  EXPECT_EQ(line.push.push_time, seconds(1));
  EXPECT_EQ(line.push.interval, milliseconds(500));
}

TEST(OtlpSpecTest, TakesCertificatesForTlsOnly) {
  const Variables variables = {{"OTEL_EXPORTER_OTLP_CERTIFICATE", "/ca"},
                               {"OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", "/cert"},
                               {"OTEL_EXPORTER_OTLP_CLIENT_KEY", "/key"}};
  EXPECT_FALSE(Read("otlp+http://", variables).value().receiver.address.tls);
  const auto tls = Read("otlp+https://", variables).value().receiver.address.tls;
  EXPECT_EQ(tls->ca + tls->certificate + tls->key, "/ca/cert/key");
  const auto line = Read("otlp+https://?ca=/a&cert=/c&key=/k", variables).value().receiver.address.tls;
  EXPECT_EQ(line->ca + line->certificate + line->key, "/a/c/k");
}

TEST(OtlpSpecTest, PassesHeadersResourceAndNotesOn) {
  const OtlpExporterOptions read = Read("otlp+http://?label=node:a", {{"OTEL_EXPORTER_OTLP_HEADERS", "k=v"},
                                                                      {"OTEL_SERVICE_NAME", "relay"},
                                                                      {"OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"}})
                                       .value();
  EXPECT_EQ(read.headers.at(0).second, "v");
  EXPECT_EQ(read.resource.at(0).second, "relay");
  EXPECT_EQ(read.notes.size(), 1U);
  EXPECT_EQ(read.labels.at(0).first, "node");
}

TEST(OtlpSpecTest, TakesNoAuthorizationOfTheEnvironmentBesideOneOfTheLine) {
  const Variables variables = {{"OTEL_EXPORTER_OTLP_HEADERS", "Authorization=a,k=v"}};
  EXPECT_EQ(Read("otlp+http://", variables).value().headers.size(), 2U);
  for (const std::string line : {"otlp+http://?bearer_file=/f", "otlp+http://?user=u&password_file=/f"}) {
    const OtlpExporterOptions read = Read(line, variables).value();
    ASSERT_EQ(read.headers.size(), 1U) << line;
    EXPECT_EQ(read.headers[0].first, "k");
  }
  EXPECT_TRUE(Read("otlp+http://?header_file=/f", variables).value().headers.empty());
}

TEST(OtlpSpecTest, RefusesOptionsThatItDoesNotKnow) {
  EXPECT_EQ(Refusal("otlp+http://?temporality=daily"),
            "exporter otlp+http://?temporality=daily: option temporality must be cumulative, delta or lowmemory");
  EXPECT_EQ(Refusal("otlp+http://?encoding=xml"),
            "exporter otlp+http://?encoding=xml: option encoding must be protobuf or json");
  EXPECT_EQ(Refusal("otlp+http://?compression=br"),
            "exporter otlp+http://?compression=br: option compression must be none, gzip or zstd");
  EXPECT_NE(Refusal("otlp+http://?protocol=grpc").find("there is no option protocol"), std::string::npos);
  EXPECT_NE(Refusal("otlp+http://a:0").find("port 0"), std::string::npos);
  EXPECT_EQ(Refusal("otlp+http://?label=le:1"),
            "exporter otlp+http://?label=le:1: option label: 'le:1' is not a label and its value");
}

TEST(OtlpSpecTest, TakesTheTemporalityOfTheLineOrOfTheEnvironment) {
  const Variables variables = {{"OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "lowmemory"}};
  EXPECT_EQ(Read("otlp+http://", {}).value().deltas, DeltaFamilies::kNone);
  EXPECT_EQ(Read("otlp+http://", variables).value().deltas, DeltaFamilies::kRecorded);
  EXPECT_EQ(Read("otlp+http://?temporality=delta", variables).value().deltas, DeltaFamilies::kAll);
  EXPECT_EQ(Read("otlp+http://?temporality=cumulative", variables).value().deltas, DeltaFamilies::kNone);
}

}  // namespace
}  // namespace streamhouse::exporters
