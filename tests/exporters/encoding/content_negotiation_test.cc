#include "exporters/encoding/content_negotiation.h"

#include <gtest/gtest.h>

#include <string>

#include "metrics_core/naming/name_escaping.h"

namespace streamhouse::exporters {
namespace {

constexpr const char* kText = "text/plain; version=0.0.4; charset=utf-8";
constexpr const char* kOpenMetrics = "application/openmetrics-text; version=1.0.0; charset=utf-8";
constexpr const char* kOpenMetrics2 = "application/openmetrics-text; version=2.0.0; charset=utf-8";
constexpr const char* kOpenMetricsDraft = "application/openmetrics-text; version=0.0.1; charset=utf-8";

std::string ContentType(std::string_view accept) {
  return std::string(NegotiateFormat(accept).content_type);
}

TEST(ContentNegotiationTest, GivesScrapersWhatTheyPrefer) {
  // Prometheus 2.42
  EXPECT_EQ(ContentType("application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
                        "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"),
            kOpenMetrics);
  // VictoriaMetrics
  EXPECT_EQ(ContentType("text/plain;version=0.0.4;q=1,*/*;q=0.1"), kText);
  // Datadog, by default and with its latest spec
  EXPECT_EQ(ContentType("text/plain"), kText);
  EXPECT_EQ(ContentType("application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1"),
            kOpenMetrics);
  // A browser
  EXPECT_EQ(ContentType("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"), kText);
}

TEST(ContentNegotiationTest, GivesProtobufToReadersThatNameTheMessageAndItsFraming) {
  // Prometheus 2.42 with native histograms
  EXPECT_EQ(ContentType("application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited,"
                        "application/openmetrics-text;version=1.0.0;q=0.8,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"),
            "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited");
  EXPECT_EQ(ContentType("application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=text"),
            kText);
  EXPECT_EQ(ContentType("application/vnd.google.protobuf"), kText);
}

TEST(ContentNegotiationTest, EchoesTheEscapingSchemeThatIsNamed) {
  // Prometheus 3
  EXPECT_EQ(ContentType("application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
                        "application/openmetrics-text;version=0.0.1;q=0.5,"
                        "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2"),
            "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=allow-utf-8");
  EXPECT_EQ(ContentType("text/plain;version=1.0.0;escaping=dots"),
            "text/plain; version=1.0.0; charset=utf-8; escaping=dots");
  EXPECT_EQ(ContentType("text/plain;version=1.0.0;escaping=values"),
            "text/plain; version=1.0.0; charset=utf-8; escaping=values");
  EXPECT_EQ(ContentType("text/plain;version=1.0.0;escaping=nonsense"),
            "text/plain; version=1.0.0; charset=utf-8; escaping=underscores");
  EXPECT_EQ(ContentType("text/plain;version=1.0.0"), "text/plain; version=1.0.0; charset=utf-8; escaping=underscores");
}

TEST(ContentNegotiationTest, EscapesByTheSchemeThatIsNamedAndElseWithUnderscores) {
  using metrics::NameEscaping;
  const std::string protobuf =
      "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited";
  for (const std::string& type :
       {std::string("text/plain;version=1.0.0"), protobuf, std::string("application/openmetrics-text;version=1.0.0"),
        std::string("application/openmetrics-text;version=2.0.0"), std::string("application/openmetrics-text")}) {
    EXPECT_EQ(NegotiateFormat(type).escaping, NameEscaping::kUnderscores) << type;
    EXPECT_EQ(NegotiateFormat(type + ";escaping=underscores").escaping, NameEscaping::kUnderscores) << type;
    EXPECT_EQ(NegotiateFormat(type + ";escaping=dots").escaping, NameEscaping::kDots) << type;
    EXPECT_EQ(NegotiateFormat(type + ";escaping=values").escaping, NameEscaping::kValues) << type;
    EXPECT_EQ(NegotiateFormat(type + ";escaping=allow-utf-8").escaping, NameEscaping::kNone) << type;
  }
  EXPECT_EQ(NegotiateFormat("text/plain;version=0.0.4;escaping=allow-utf-8").escaping, NameEscaping::kUnderscores);
  EXPECT_EQ(ContentType(protobuf + ";escaping=allow-utf-8"),
            "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; "
            "escaping=allow-utf-8");
}

TEST(ContentNegotiationTest, NamesFormatsForLabelsOfMetrics) {
  EXPECT_EQ(PageFormatName(PageFormat::kText), "text");
  EXPECT_EQ(PageFormatName(PageFormat::kOpenMetrics), "openmetrics");
  EXPECT_EQ(PageFormatName(PageFormat::kOpenMetrics2), "openmetrics2");
  EXPECT_EQ(PageFormatName(PageFormat::kProtobuf), "protobuf");
}

TEST(ContentNegotiationTest, FallsBackToText) {
  EXPECT_EQ(ContentType(""), kText);
  EXPECT_EQ(ContentType("*/*"), kText);
  EXPECT_EQ(ContentType("text/*"), kText);
  EXPECT_EQ(ContentType("image/png"), kText);
  EXPECT_EQ(ContentType("application/openmetrics-text;version=3.0.0"), kText);
  EXPECT_EQ(ContentType("application/openmetrics-protobuf;version=2.0.0"), kText);
  EXPECT_EQ(ContentType("\"\\"), kText);
}

TEST(ContentNegotiationTest, TakesTheFirstThatCanBeProduced) {
  EXPECT_EQ(ContentType("text/plain;version=9.9.9,application/openmetrics-text;version=1.0.0;q=0.5,*/*;q=0.1"),
            kOpenMetrics);
}

TEST(ContentNegotiationTest, GoesByWeightNotByPlace) {
  EXPECT_EQ(ContentType("text/plain;q=0.5,application/openmetrics-text;version=1.0.0;q=0.6"), kOpenMetrics);
  EXPECT_EQ(ContentType("application/openmetrics-text;version=1.0.0;q=0.5,text/plain;q=0.6"), kText);
}

TEST(ContentNegotiationTest, DoesNotGiveWhatIsRefused) {
  EXPECT_EQ(ContentType("application/openmetrics-text;version=1.0.0;q=0"), kText);
}

TEST(ContentNegotiationTest, GivesOpenMetrics2ToReadersThatNameItsVersion) {
  EXPECT_EQ(ContentType("application/openmetrics-text;version=2.0.0"), kOpenMetrics2);
  EXPECT_EQ(NegotiateFormat("application/openmetrics-text;version=2.0.0").format, PageFormat::kOpenMetrics2);
  // Prometheus 3.16
  EXPECT_EQ(ContentType("application/openmetrics-text;version=2.0.0;escaping=allow-utf-8;q=0.7,*/*;q=0.6"),
            "application/openmetrics-text; version=2.0.0; charset=utf-8; escaping=allow-utf-8");
  EXPECT_EQ(ContentType("application/openmetrics-text;version=2.0.0;escaping=nonsense"),
            "application/openmetrics-text; version=2.0.0; charset=utf-8; escaping=underscores");
  EXPECT_EQ(ContentType("application/openmetrics-text;version=2.0.0;escaping=dots"),
            "application/openmetrics-text; version=2.0.0; charset=utf-8; escaping=dots");
  EXPECT_EQ(ContentType("application/openmetrics-text;version=2.0.0;escaping=values"),
            "application/openmetrics-text; version=2.0.0; charset=utf-8; escaping=values");
}

TEST(ContentNegotiationTest, NeverGivesOpenMetrics2Unasked) {
  EXPECT_EQ(ContentType("application/openmetrics-text"), kOpenMetrics);
  EXPECT_EQ(ContentType("application/openmetrics-text;version=1.0.0"), kOpenMetrics);
  EXPECT_EQ(NegotiateFormat("application/openmetrics-text;version=0.0.1").format, PageFormat::kOpenMetrics);
  EXPECT_EQ(ContentType("application/openmetrics-text;version=2"), kText);
  EXPECT_EQ(ContentType("application/openmetrics-text;version=2.0.0;q=0"), kText);
  EXPECT_EQ(ContentType("application/*"), kText);
}

TEST(ContentNegotiationTest, ChoosesTheVersionOfOpenMetricsByWeightAndThenByPlace) {
  const std::string old_one = "application/openmetrics-text;version=1.0.0";
  const std::string new_one = "application/openmetrics-text;version=2.0.0";
  EXPECT_EQ(ContentType(new_one + "," + old_one), kOpenMetrics2);
  EXPECT_EQ(ContentType(old_one + "," + new_one), kOpenMetrics);
  EXPECT_EQ(ContentType(old_one + ";q=0.6," + new_one + ";q=0.7"), kOpenMetrics2);
  EXPECT_EQ(ContentType(new_one + ";q=0.6," + old_one + ";q=0.7"), kOpenMetrics);
  EXPECT_EQ(ContentType("application/openmetrics-text;version=3.0.0," + new_one + ";q=0.1"), kOpenMetrics2);
}

TEST(ContentNegotiationTest, AnswersReadersOfTheDraftWithTheirVersion) {
  EXPECT_EQ(ContentType("application/openmetrics-text;version=0.0.1"), kOpenMetricsDraft);
  EXPECT_EQ(ContentType("Application/OpenMetrics-Text;version=0.0.1"), kOpenMetricsDraft);
}

}  // namespace
}  // namespace streamhouse::exporters
