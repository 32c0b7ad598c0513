#include "exporters/push/http/credentials.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "metrics_core/status.h"
#include "tests/exporters/support/command.h"

namespace streamhouse::exporters {
namespace {

using metrics::Status;
using metrics::StatusCode;

class CredentialsTest : public testing::Test {
 protected:
  std::string File(std::string_view text) {
    std::ofstream(path_, std::ios::binary) << text;
    return path_;
  }
  static std::string Lines(const Credentials& credentials) {
    const auto headers = ReadHeaders(credentials);
    return headers.ok() ? headers->lines : headers.status().message();
  }

  const std::string path_ = TemporaryPath("secret");
};

TEST_F(CredentialsTest, WritesNoHeaderWithoutCredentials) {
  EXPECT_EQ(Lines({}), "");
}

TEST_F(CredentialsTest, MakesBasicOfUserAndPassword) {
  EXPECT_EQ(Lines({.user = "Aladdin", .password_file = File("open sesame\n")}),
            "Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n");
}

TEST_F(CredentialsTest, MakesBearerOfAToken) {
  EXPECT_EQ(Lines({.bearer_file = File("abc.def\r\n")}), "Authorization: Bearer abc.def\r\n");
}

TEST_F(CredentialsTest, TakesHeadersFromLines) {
  EXPECT_EQ(Lines({.header_file = File("X-Scope-OrgID: 1\r\n\nApi-Key:  a b \n")}),
            "X-Scope-OrgID: 1\r\nApi-Key: a b\r\n");
}

TEST_F(CredentialsTest, ReadsTheFileAtEachCall) {
  const Credentials credentials = {.bearer_file = File("old")};
  EXPECT_EQ(Lines(credentials), "Authorization: Bearer old\r\n");
  File("new");
  EXPECT_EQ(Lines(credentials), "Authorization: Bearer new\r\n");
}

TEST_F(CredentialsTest, FindsAPasswordInATextPlainAndInBase64) {
  const SecretHeaders headers = ReadHeaders({.user = "u", .password_file = File("open sesame")}).value();
  EXPECT_TRUE(headers.IsToldBy("you sent 'open sesame'"));
  EXPECT_TRUE(headers.IsToldBy("Authorization: Basic dTpvcGVuIHNlc2FtZQ=="));
  EXPECT_FALSE(headers.IsToldBy("wrong password"));
}

TEST_F(CredentialsTest, KnowsASecretWithoutItsSchemeAndWithoutBlanks) {
  for (const char* const line : {"Authorization: Bearer k1abc\n", "Api-Key: k1abc \n", "Api-Key:\tk1abc\t\r\n"}) {
    EXPECT_TRUE(ReadHeaders({.header_file = File(line)})->IsToldBy("unknown token k1abc")) << line;
  }
  EXPECT_TRUE(ReadHeaders({.bearer_file = File("k1abc \n")})->IsToldBy("unknown token k1abc"));
}

TEST_F(CredentialsTest, TakesNoShortValueForASecret) {
  EXPECT_FALSE(ReadHeaders({.header_file = File("X-Scope-OrgID: 1")})->IsToldBy("limit of 100 reached"));
}

TEST_F(CredentialsTest, SetsNoHeaderThatTheExporterSets) {
  for (const std::string name :
       {"Host", "content-length", "Transfer-Encoding", "Connection", "Expect", "Content-Type", "Content-Encoding"}) {
    EXPECT_EQ(Lines({.header_file = File("A: b\n" + name + ": c")}),
              "cannot use " + path_ + ": line 2 sets " + name + ", which is the exporter's to set");
  }
}

TEST_F(CredentialsTest, SetsNoSecondAuthorization) {
  const std::string token = TemporaryPath("token");
  std::ofstream(token) << "t0ken";
  const std::string refusal = "cannot use " + path_ + ": line 1 sets authorization beside another credential";
  EXPECT_EQ(Lines({.bearer_file = token, .header_file = File("authorization: Basic dTpw")}), refusal);
  EXPECT_EQ(Lines({.user = "u", .password_file = token, .header_file = path_}), refusal);
  EXPECT_EQ(Lines({.header_file = path_}), "authorization: Basic dTpw\r\n");
  EXPECT_EQ(Lines({.header_file = File("Authorization: a\nauthorization: b")}),
            "cannot use " + path_ + ": line 2 sets authorization beside another credential");
}

TEST_F(CredentialsTest, NamesTheFileAndNotItsTextInErrors) {
  const std::string cannot_use = "cannot use " + path_ + ": ";
  EXPECT_EQ(Lines({.bearer_file = File("a\nb")}), cannot_use + "a token has no line break and no control byte");
  EXPECT_EQ(Lines({.bearer_file = File("\n")}), cannot_use + "it is empty");
  EXPECT_EQ(Lines({.header_file = File("A: b\nsecret")}), cannot_use + "line 2 is not of the form Name: value");
  EXPECT_EQ(Lines({.header_file = File("A b: secret")}), cannot_use + "line 1 is not of the form Name: value");
  EXPECT_EQ(Lines({.header_file = File("A: sec\rret")}), cannot_use + "line 1 is not of the form Name: value");
  EXPECT_EQ(Lines({.bearer_file = "/no such file"}), "cannot use /no such file: No such file or directory");
  EXPECT_EQ(ReadHeaders({.bearer_file = "/no such file"}).status().code(), StatusCode::kFailedPrecondition);
}

TEST_F(CredentialsTest, RefusesIncompleteAndContradictoryCredentials) {
  EXPECT_TRUE(CheckCredentials({.user = "u", .password_file = "f", .header_file = "h"}).ok());
  EXPECT_EQ(CheckCredentials({.user = "u"}), metrics::InvalidField("password_file", "is missing beside user"));
  EXPECT_EQ(CheckCredentials({.password_file = "f"}), metrics::InvalidField("user", "is missing beside password_file"));
  EXPECT_EQ(CheckCredentials({.user = "u", .password_file = "f", .bearer_file = "b"}),
            metrics::InvalidField("bearer_file", "is given beside user"));
  EXPECT_EQ(CheckCredentials({.user = "a:b", .password_file = "f"}),
            metrics::InvalidField("user", "has a colon or a control byte"));
}

}  // namespace
}  // namespace streamhouse::exporters
