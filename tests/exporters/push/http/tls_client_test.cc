#include "exporters/push/http/tls_client.h"

#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <openssl/tls1.h>

#include <fstream>
#include <string>
#include <utility>

#include "metrics_core/status.h"
#include "tests/exporters/support/certificates.h"
#include "tests/exporters/support/command.h"

namespace streamhouse::exporters {
namespace {

class TlsClientTest : public testing::Test {
 protected:
  static std::string Failure(const ReceiverTlsFiles& files) {
    const auto made = MakeTlsClient(files, "localhost", 0);
    if (made.ok()) return "";
    EXPECT_EQ(made.status().code(), metrics::StatusCode::kFailedPrecondition);
    return made.status().message();
  }

  const Certificate certificate_ = MakeCertificate("tls_client");
};

TEST_F(TlsClientTest, IsMadeOfFilesOrOfTheSystemsAuthorities) {
  EXPECT_EQ(Failure({}), "");
  EXPECT_EQ(Failure({.ca = certificate_.file, .certificate = certificate_.file, .key = certificate_.key_file}), "");
}

TEST_F(TlsClientTest, SpeaksNoVersionBefore12) {
  const TlsClient client = std::move(MakeTlsClient({}, "localhost", 0)).value();
  EXPECT_EQ(SSL_get_min_proto_version(client.get()), TLS1_2_VERSION);
}

TEST_F(TlsClientTest, TellsTheReceiverTheNameThatItExpects) {
  const auto told = [](const std::string& host) {
    const TlsClient client = std::move(MakeTlsClient({}, host, 0)).value();
    const char* const name = SSL_get_servername(client.get(), TLSEXT_NAMETYPE_host_name);
    return std::string(name == nullptr ? "" : name);
  };
  EXPECT_EQ(told("localhost"), "localhost");
  EXPECT_EQ(told("127.0.0.1"), "") << "an address is no name";
}

TEST_F(TlsClientTest, NamesTheFileThatItCannotUse) {
  const std::string text = TemporaryPath("text");
  std::ofstream(text) << "no certificate\n";
  EXPECT_EQ(Failure({.ca = "/no such file"}), "cannot use /no such file: No such file or directory");
  EXPECT_TRUE(Failure({.ca = text}).starts_with("cannot use " + text + ": ")) << Failure({.ca = text});
  EXPECT_TRUE(Failure({.certificate = text, .key = certificate_.key_file}).starts_with("cannot use " + text + ": "));
  EXPECT_TRUE(Failure({.certificate = certificate_.file, .key = text}).starts_with("cannot use " + text + ": "));
}

TEST_F(TlsClientTest, RefusesTheKeyOfAnotherCertificate) {
  const Certificate other = MakeCertificate("tls_client_other");
  EXPECT_TRUE(Failure({.certificate = certificate_.file, .key = other.key_file})
                  .starts_with("cannot use " + other.key_file + ": "));
}

TEST_F(TlsClientTest, RefusesAKeyWithAPassPhraseWithoutAskingForIt) {
  const std::string locked = TemporaryPath("locked.key");
  RunCommand("openssl ec -aes256 -passout pass:a -in " + certificate_.key_file + " -out " + locked);
  EXPECT_TRUE(Failure({.certificate = certificate_.file, .key = locked}).starts_with("cannot use " + locked + ": "));
}

}  // namespace
}  // namespace streamhouse::exporters
