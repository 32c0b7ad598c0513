#include "exporters/remote_write/version_choice.h"

#include <gtest/gtest.h>

#include <string>

#include "exporters/push/http/http_response.h"

namespace streamhouse::exporters {
namespace {

HttpResponse Plain(unsigned status) {
  return {.status = status};
}

// Of a receiver that knows 2.0.
HttpResponse Told(unsigned status, const std::string& samples = "0") {
  return {.status = status, .fields = {{"x-prometheus-remote-write-samples-written", samples}}};
}

// Whether the version is 1.0 after these responses.
bool IsOldAfter(const std::vector<HttpResponse>& responses) {
  VersionChoice choice(RemoteWriteVersion::kAuto);
  for (const HttpResponse& response : responses) choice.FallsBackAfter(response);
  return choice.version() == RemoteWriteVersion::k1;
}

TEST(VersionChoiceTest, BeginsWith2) {
  EXPECT_FALSE(IsOldAfter({}));
}

TEST(VersionChoiceTest, FallsBackAfter415) {
  EXPECT_TRUE(IsOldAfter({Plain(415)}));
  EXPECT_TRUE(IsOldAfter({Told(200), Plain(415)})) << "another receiver has its place";
}

TEST(VersionChoiceTest, FallsBackAfterASuccessThatTellsNoCounts) {
  EXPECT_TRUE(IsOldAfter({Plain(204)}));
  EXPECT_FALSE(IsOldAfter({Told(204)})) << "a count of 0 is a count";
}

TEST(VersionChoiceTest, FallsBackAfter400ToTheFirstRequestOnly) {
  EXPECT_TRUE(IsOldAfter({Plain(400)}));
  EXPECT_FALSE(IsOldAfter({Told(200), Plain(400)}));
  EXPECT_FALSE(IsOldAfter({Told(400)})) << "it has understood the request";
}

TEST(VersionChoiceTest, StaysAfterOtherFailures) {
  for (const unsigned status : {401, 404, 413, 429, 500, 503}) EXPECT_FALSE(IsOldAfter({Plain(status)})) << status;
}

TEST(VersionChoiceTest, SaysOnceThatARequestIsToBeSentAgain) {
  VersionChoice choice(RemoteWriteVersion::kAuto);
  EXPECT_TRUE(choice.FallsBackAfter(Plain(415)));
  EXPECT_FALSE(choice.FallsBackAfter(Plain(415)));
}

TEST(VersionChoiceTest, Tries2AgainAfterTheReceiverWasUnreachable) {
  VersionChoice choice(RemoteWriteVersion::kAuto);
  choice.FallsBackAfter(Plain(204));
  choice.ReceiverIsUnreachable();
  EXPECT_EQ(choice.version(), RemoteWriteVersion::k2);
  EXPECT_TRUE(choice.FallsBackAfter(Plain(400))) << "its first request";
}

TEST(VersionChoiceTest, StaysWithAGivenVersion) {
  for (const RemoteWriteVersion version : {RemoteWriteVersion::k1, RemoteWriteVersion::k2}) {
    VersionChoice choice(version);
    EXPECT_FALSE(choice.FallsBackAfter(Plain(415)));
    EXPECT_EQ(choice.version(), version);
  }
}

TEST(VersionChoiceTest, CountsSamplesAndHistograms) {
  const HttpResponse response = {.status = 200,
                                 .fields = {{"X-Prometheus-Remote-Write-Samples-Written", "12"},
                                            {"X-Prometheus-Remote-Write-Histograms-Written", "3"},
                                            {"X-Prometheus-Remote-Write-Exemplars-Written", "7"}}};
  EXPECT_EQ(WrittenCountsOf(response).points, 15U);
  EXPECT_TRUE(WrittenCountsOf(response).is_told);
  EXPECT_EQ(WrittenCountsOf(Told(200, "many")).points, 0U);
  EXPECT_FALSE(WrittenCountsOf(Plain(200)).is_told);
}

}  // namespace
}  // namespace streamhouse::exporters
