#include "exporters/otlp/otlp_response.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/exporters/otlp/otlp.pb.h"

namespace streamhouse::exporters {
namespace {

OtlpResponse FromProtobuf(std::int64_t rejected, const std::string& message) {
  otlp_test::ExportMetricsServiceResponse response;
  response.mutable_partial_success()->set_rejected_data_points(rejected);
  response.mutable_partial_success()->set_error_message(message);
  return ParseOtlpResponse(response.SerializeAsString(), OtlpEncoding::kProtobuf);
}

OtlpResponse FromJson(const std::string& text) {
  return ParseOtlpResponse(text, OtlpEncoding::kJson);
}

constexpr std::uint64_t kNone = 0;

TEST(OtlpResponseTest, TellsRejectedPointsAndWhy) {
  const OtlpResponse expected = {.rejected_points = 5, .message = "too old"};
  EXPECT_EQ(FromProtobuf(5, "too old"), expected);
  EXPECT_EQ(FromJson(R"({"partialSuccess":{"rejectedDataPoints":"5","errorMessage":"too old"}})"), expected);
  EXPECT_EQ(FromJson(R"({"x":[1],"partialSuccess":{"rejectedDataPoints":5,"errorMessage":"too old","y":{}}})"),
            expected);
}

TEST(OtlpResponseTest, TakesAMessageWithoutRejectedPointsAsAWarning) {
  EXPECT_EQ(FromProtobuf(0, "slow down"), (OtlpResponse{.message = "slow down"}));
  EXPECT_EQ(FromJson(R"({"partialSuccess":{"errorMessage":"slow down"}})"), (OtlpResponse{.message = "slow down"}));
}

TEST(OtlpResponseTest, TakesAnEmptyMessageAsSuccess) {
  EXPECT_EQ(ParseOtlpResponse("", OtlpEncoding::kProtobuf), OtlpResponse());
  EXPECT_EQ(ParseOtlpResponse(std::string("\x0A\x00", 2), OtlpEncoding::kProtobuf), OtlpResponse())
      << "the Collector's";
  for (const char* text : {"", "{}", R"({"partialSuccess":{}})", R"({"partialSuccess":null})"}) {
    EXPECT_EQ(FromJson(text), OtlpResponse()) << text;
  }
}

TEST(OtlpResponseTest, TakesTextThatIsNoMessageAsSuccess) {
  for (const char* text : {"OK", "[]", "{", R"({"partialSuccess":{"rejectedDataPoints":"x","errorMessage":7}})",
                           R"({"partialSuccess":{"rejectedDataPoints":"99999999999999999999"}})"}) {
    EXPECT_EQ(FromJson(text), OtlpResponse()) << text;
  }
  for (const char* text : {"OK", "\x0A\x7F", "\x0A\x02\x08", "\xFF\xFF\xFF"}) {
    EXPECT_EQ(ParseOtlpResponse(text, OtlpEncoding::kProtobuf).rejected_points, kNone) << text;
  }
}

TEST(OtlpResponseTest, TakesNegativeNumbersAsNone) {
  EXPECT_EQ(FromProtobuf(-1, "").rejected_points, kNone);
  EXPECT_EQ(FromJson(R"({"partialSuccess":{"rejectedDataPoints":-1}})").rejected_points, kNone);
}

TEST(OtlpResponseTest, MakesOneShortLineOfTheMessage) {
  EXPECT_EQ(FromProtobuf(1, "a\nb\x1B[2J").message, "a b [2J");
  EXPECT_EQ(FromProtobuf(1, std::string(1000, 'x')).message.size(), kOtlpMessageBytesMax);
  EXPECT_EQ(FromJson("{\"partialSuccess\":{\"errorMessage\":\"a\\nb\"}}").message, "a b");
}

}  // namespace
}  // namespace streamhouse::exporters
