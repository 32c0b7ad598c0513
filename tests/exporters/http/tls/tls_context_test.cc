#include "exporters/http/tls/tls_context.h"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "exporters/http/access/tls_names.h"
#include "metrics_core/status.h"
#include "tests/exporters/support/certificates.h"
#include "tests/exporters/support/command.h"

namespace streamhouse::exporters {
namespace {

class TlsContextTest : public testing::Test {
 protected:
  // Puts files in the place of the configured ones, as a renewal does it, with a time of their own.
  void Install(const Certificate& other) {
    if (other.file != files_.file) {
      std::filesystem::copy_file(other.file, files_.file, std::filesystem::copy_options::overwrite_existing);
    }
    std::filesystem::copy_file(other.key_file, files_.key_file, std::filesystem::copy_options::overwrite_existing);
    renewed_ += std::chrono::seconds(1);
    std::filesystem::last_write_time(files_.file, renewed_);
  }

  const Certificate files_ = MakeCertificate("tls_context");
  std::filesystem::file_time_type renewed_ = std::filesystem::file_time_type::clock::now();
  int Reloads(const std::string& outcome) { return reloads_[outcome]; }

  std::map<std::string, int> reloads_;
  const TlsContext::Reloaded note_ = [this](const metrics::Status& outcome) {
    ++reloads_[outcome.ok() ? "ok" : "failed"];
  };
  TlsContext tls_{{.certificate_file = files_.file, .key_file = files_.key_file}, note_};
};

TEST_F(TlsContextTest, StaysAsItIsWhileTheFilesDo) {
  ASSERT_TRUE(tls_.Load().ok());
  EXPECT_EQ(tls_.Current(), tls_.Current());
}

TEST_F(TlsContextTest, ReadsFilesThatHaveChanged) {
  ASSERT_TRUE(tls_.Load().ok());
  const auto before = tls_.Current();
  Install(MakeCertificate("renewed"));
  EXPECT_NE(tls_.Current(), before);
}

TEST_F(TlsContextTest, ReadsFilesThatHaveChangedWithoutALaterTime) {
  ASSERT_TRUE(tls_.Load().ok());
  const auto before = tls_.Current();
  const auto written = std::filesystem::last_write_time(files_.file);
  const auto key_written = std::filesystem::last_write_time(files_.key_file);
  Install(MakeCertificate("renewed"));
  std::filesystem::last_write_time(files_.file, written);
  std::filesystem::last_write_time(files_.key_file, key_written);
  EXPECT_NE(tls_.Current(), before);
}

TEST_F(TlsContextTest, KeepsTheLastGoodFiles) {
  ASSERT_TRUE(tls_.Load().ok());
  const auto before = tls_.Current();
  const Certificate other = MakeCertificate("other");
  Install({.file = other.file, .key_file = MakeCertificate("another").key_file});
  EXPECT_EQ(tls_.Current(), before) << "the key is not that of the certificate";
  EXPECT_EQ(Reloads("failed"), 1);
  EXPECT_EQ(Reloads("ok"), 0);
  Install(other);
  EXPECT_NE(tls_.Current(), before);
  EXPECT_EQ(Reloads("ok"), 1);
}

TEST_F(TlsContextTest, KeepsTheLastGoodFilesWhenTheKeyIsOfAnotherType) {
  ASSERT_TRUE(tls_.Load().ok());
  const auto before = tls_.Current();
  const std::string rsa_key = TemporaryPath("rsa.key");
  ASSERT_EQ(RunCommand("openssl genrsa -out " + rsa_key + " 2048").exit_code, 0);
  Install({.file = MakeCertificate("other").file, .key_file = rsa_key});
  EXPECT_EQ(tls_.Current(), before);
  const std::string error =
      TlsContext({.certificate_file = files_.file, .key_file = files_.key_file}, note_).Load().message();
  EXPECT_TRUE(error.starts_with("cannot use the key " + files_.key_file + ": ")) << error;
}

TEST_F(TlsContextTest, TakesNoVersionBeforeTheSmallest) {
  for (const auto& [smallest, number] :
       {std::pair(TlsVersion::kTls12, TLS1_2_VERSION), {TlsVersion::kTls13, TLS1_3_VERSION}}) {
    TlsContext tls({.certificate_file = files_.file, .key_file = files_.key_file, .version_min = smallest}, note_);
    ASSERT_TRUE(tls.Load().ok());
    EXPECT_EQ(SSL_CTX_get_min_proto_version(tls.Current()->native_handle()), number);
  }
}

TEST_F(TlsContextTest, NamesTheFileThatIsBad) {
  const std::string nowhere = TemporaryPath("nowhere");
  const auto error = [this](const TlsConfig& config) { return TlsContext(config, note_).Load().message(); };
  EXPECT_EQ(error({.certificate_file = nowhere, .key_file = files_.key_file}),
            "cannot use the certificate " + nowhere + ": No such file or directory");
  EXPECT_TRUE(
      error({.certificate_file = files_.file, .key_file = nowhere}).starts_with("cannot use the key " + nowhere));
  EXPECT_TRUE(error({.certificate_file = files_.file,
                     .key_file = files_.key_file,
                     .client_certificates = ClientCertificates::kRequired,
                     .client_ca_file = nowhere})
                  .starts_with("cannot use the certificate of clients " + nowhere));
}

// Goal: no prompt for a pass phrase, at the start and later. Method: a prompt would hang the test.
TEST_F(TlsContextTest, RefusesAKeyWithAPassPhraseAndKeepsTheOneBefore) {
  ASSERT_TRUE(tls_.Load().ok());
  const auto before = tls_.Current();
  const std::string newer = TemporaryPath("newer.key");
  const std::string older = TemporaryPath("older.key");
  const std::string encrypt = " -in " + files_.key_file + " -aes128 -passout pass:secret -out ";
  ASSERT_EQ(RunCommand("openssl pkey" + encrypt + newer).exit_code, 0);
  ASSERT_EQ(RunCommand("openssl ec" + encrypt + older).exit_code, 0);
  int failed = 0;
  for (const std::string& key : {newer, older}) {
    EXPECT_EQ(TlsContext({.certificate_file = files_.file, .key_file = key}, note_).Load().message(),
              "cannot use the key " + key + ": it needs a pass phrase; a server cannot ask for one");
    Install({.file = files_.file, .key_file = key});
    EXPECT_EQ(tls_.Current(), before);
    EXPECT_EQ(Reloads("failed"), ++failed);
  }
}

TEST_F(TlsContextTest, DoesNotWaitForAPipeInThePlaceOfAKey) {
  ASSERT_TRUE(tls_.Load().ok());
  const auto before = tls_.Current();
  std::filesystem::remove(files_.key_file);
  ASSERT_EQ(RunCommand("mkfifo " + files_.key_file).exit_code, 0);
  EXPECT_EQ(tls_.Current(), before);
  EXPECT_EQ(Reloads("failed"), 1);
  std::filesystem::remove(files_.key_file);
}

TEST_F(TlsContextTest, TakesCertificatesAsText) {
  const auto read = [](const std::string& file) {
    std::ifstream in(file);
    return std::string(std::istreambuf_iterator<char>(in), {});
  };
  EXPECT_TRUE(TlsContext({.certificate = read(files_.file), .key = read(files_.key_file)}, note_).Load().ok());
  EXPECT_TRUE(
      TlsContext({.certificate = "x", .key = "y"}, note_).Load().message().starts_with("cannot use the certificate: "));
  const std::string bad_key = TlsContext({.certificate = read(files_.file), .key = "y"}, note_).Load().message();
  EXPECT_TRUE(bad_key.starts_with("cannot use the key: ")) << bad_key;
}

TEST_F(TlsContextTest, TakesEveryCipherAndCurveThatHasAName) {
  for (const char* name : {"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
                           "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "TLS_CHACHA20_POLY1305_SHA256"}) {
    const CipherName cipher = FindCipher(name).value();
    TlsConfig config = {.certificate_file = files_.file, .key_file = files_.key_file};
    (cipher.use == CipherUse::kTls12 ? config.tls12_ciphers : config.tls13_ciphers) = cipher.openssl;
    config.curves = "X25519:P-521:P-256:P-384";
    EXPECT_TRUE(TlsContext(config, note_).Load().ok()) << name;
  }
  EXPECT_FALSE(
      TlsContext({.certificate_file = files_.file, .key_file = files_.key_file, .curves = "P-1"}, note_).Load().ok());
}

}  // namespace
}  // namespace streamhouse::exporters
