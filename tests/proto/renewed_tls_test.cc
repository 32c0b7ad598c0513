#include "proto/renewed_tls.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "metrics_core/status.h"
#include "tests/support/open_file_limit.h"

namespace streamhouse {
namespace {

using Change = RenewedTls::Change;

// Connections by such files are made in tests/dataplane/tls_test.cc.
class RenewedTlsTest : public testing::Test {
 protected:
  RenewedTlsTest() {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directory(folder_);
    Put("certificate.pem");
    Put("key.pem");
    tls_ = RenewedTls::Load(paths_).value();
  }
  // As programs do that renew certificates: beside, and then in its place.
  void Put(const std::string& name) const {
    std::filesystem::copy_file("tests/agent/rpc/" + name, folder_ + "/new");
    std::filesystem::rename(folder_ + "/new", folder_ + "/" + name);
  }

  const std::string folder_ = std::string(::getenv("TEST_TMPDIR")) + "/renewed_tls";
  const TlsPaths paths_ = {.certificate = folder_ + "/certificate.pem", .key = folder_ + "/key.pem"};
  std::unique_ptr<RenewedTls> tls_;
};

TEST_F(RenewedTlsTest, TakesFilesThatHaveChangedOnce) {
  EXPECT_EQ(tls_->Refresh().value(), Change::kNone);
  Put("certificate.pem");
  EXPECT_EQ(tls_->Refresh().value(), Change::kTaken);
  EXPECT_EQ(tls_->Refresh().value(), Change::kNone);
}

TEST_F(RenewedTlsTest, RefusesFilesThatCannotBeUsedOnceAndTakesTheNext) {
  std::ofstream(paths_.key) << "half a k";
  EXPECT_EQ(tls_->Refresh().status().message(), "cannot use TLS files " + paths_.certificate + " and " + paths_.key +
                                                    ": they are not a certificate and its private key, in PEM");
  EXPECT_EQ(tls_->Refresh().value(), Change::kNone);
  Put("key.pem");
  EXPECT_EQ(tls_->Refresh().value(), Change::kTaken);
}

// Goal: a lack of descriptors is no fault of the files. Method: none is left, then one; then they
// are back. With one, the files can be read, and their copy cannot take the place of the one
// before, whose descriptor is above the limit.
TEST_F(RenewedTlsTest, TakesFilesOnceTheProcessHasDescriptorsAgain) {
  std::vector<std::unique_ptr<RenewedTls>> others;  // with the descriptors that earlier tests have left
  for (int i = 0; i < 5; ++i) others.push_back(RenewedTls::Load(paths_).value());
  const int lowest_free = ::dup(STDERR_FILENO);
  tls_ = RenewedTls::Load(paths_).value();
  ::close(lowest_free);
  Put("certificate.pem");
  for (int left = 0; left < 2; ++left) {
    const OpenFileLimit few(static_cast<rlim_t>(lowest_free + left));
    EXPECT_EQ(tls_->Refresh().status().code(), metrics::StatusCode::kUnavailable) << left;
  }
  EXPECT_EQ(tls_->Refresh().value(), Change::kTaken);
}

TEST_F(RenewedTlsTest, RefusesAFileThatIsGone) {
  std::filesystem::remove(paths_.certificate);
  EXPECT_EQ(tls_->Refresh().status().message(),
            "cannot read TLS file " + paths_.certificate + ": No such file or directory");
}

TEST_F(RenewedTlsTest, LoadsNoHalfOfAPair) {
  for (const TlsPaths& half : {TlsPaths{.certificate = paths_.certificate}, TlsPaths{.key = paths_.key}}) {
    EXPECT_EQ(RenewedTls::Load(half).status().code(), metrics::StatusCode::kInvalidArgument);
  }
}

TEST_F(RenewedTlsTest, TellsProgramsWhichPathIsBad) {
  const auto field = [](const TlsPaths& paths) { return RenewedTls::Load(paths).status().field(); };
  EXPECT_EQ(field({.certificate = "nowhere.pem", .key = paths_.key}), "certificate");
  EXPECT_EQ(field({.certificate = paths_.certificate, .key = "nowhere.pem"}), "key");
  EXPECT_EQ(field({.ca = "nowhere.pem"}), "ca");
  EXPECT_EQ(field({.certificate = paths_.certificate, .key = paths_.certificate}), "");
}

TEST_F(RenewedTlsTest, LoadsAuthoritiesAlone) {
  EXPECT_TRUE(RenewedTls::Load({.ca = paths_.certificate}).ok());
  EXPECT_EQ(RenewedTls::Load({.ca = paths_.key}).status().message(),
            "cannot use TLS file " + paths_.key + ": there are no certificates of authorities in it, in PEM");
}

}  // namespace
}  // namespace streamhouse
