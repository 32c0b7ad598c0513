#include "apps/top/access_flags.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "metrics_core/status.h"

namespace streamhouse::apps {
namespace {

std::vector<Target> Targets(std::string_view url) {
  return {ParseTarget(url).value()};
}

std::string FileWith(const std::string& text) {
  const std::string path = std::string(std::getenv("TEST_TMPDIR")) + "/password";
  std::ofstream(path) << text;
  return path;
}

std::string Refusal(const AccessFlags& flags, std::string_view url = "127.0.0.1:1") {
  return MakeAccess(flags, Targets(url)).status().message();
}

AccessFlags WithPassword(const std::string& file_text) {
  return {.user = "me", .password_file = FileWith(file_text)};
}

TEST(AccessFlagsTest, AddNoAuthorizationAndNoTlsWithoutFlags) {
  const Access access = MakeAccess({}, Targets("127.0.0.1:1")).value();
  EXPECT_EQ(access.authorization, "");
  EXPECT_EQ(access.tls, nullptr);
}

TEST(AccessFlagsTest, SendTheFirstLineOfTheFileAsThePassword) {
  for (const std::string text : {"secret", "secret\n", "secret\r\nmore\n"}) {
    EXPECT_EQ(MakeAccess(WithPassword(text), Targets("127.0.0.1:1")).value().authorization, "Basic bWU6c2VjcmV0");
  }
}

TEST(AccessFlagsTest, SendAPasswordOverTlsAndToThisMachineOnly) {
  const AccessFlags flags = WithPassword("secret\n");
  EXPECT_EQ(Refusal(flags, "localhost:1"), "");
  EXPECT_EQ(Refusal(flags, "https://10.0.0.1:1"), "");
  const std::string refusal = Refusal(flags, "10.0.0.1:1");
  EXPECT_TRUE(refusal.starts_with("--password-file: ")) << refusal;
  EXPECT_NE(refusal.find("http://10.0.0.1:1"), std::string::npos) << refusal;
}

TEST(AccessFlagsTest, RefuseAPasswordThatCannotBeRead) {
  EXPECT_NE(Refusal({.user = "me", .password_file = "/nowhere"}), "");
  EXPECT_NE(Refusal(WithPassword("")), "");
  EXPECT_NE(Refusal(WithPassword("\nsecret\n")), "");
  EXPECT_NE(Refusal(WithPassword(std::string(2000, 'x'))), "");
  EXPECT_EQ(Refusal(WithPassword(std::string(1024, 'x') + "\n")), "");
}

TEST(AccessFlagsTest, NameTheFlagsThatGoTogether) {
  EXPECT_EQ(Refusal({.user = "me"}), "--user and --password-file go together");
  EXPECT_EQ(Refusal({.password_file = "x"}), "--user and --password-file go together");
  EXPECT_EQ(Refusal({.user = "a:b", .password_file = "x"}), "--user: a name has no colon");
  EXPECT_EQ(Refusal({.tls_certificate = "x"}, "https://a:1"), "--tls-cert and --tls-key go together");
  EXPECT_EQ(Refusal({.tls_ca = "x"}), "--tls-ca, --tls-cert and --tls-key are for an https:// address");
}

TEST(AccessFlagsTest, NameTheFileThatIsNoCertificate) {
  EXPECT_TRUE(Refusal({.tls_ca = "/nowhere"}, "https://a:1").starts_with("--tls-ca: /nowhere: "));
  EXPECT_TRUE(Refusal({.tls_certificate = "/nowhere", .tls_key = "/nowhere"}, "https://a:1")
                  .starts_with("--tls-cert: /nowhere: "));
}

}  // namespace
}  // namespace streamhouse::apps
