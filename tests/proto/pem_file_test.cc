#include "proto/pem_file.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <fstream>
#include <iterator>
#include <string>

#include "metrics_core/status.h"
#include "tests/support/open_file_limit.h"

namespace streamhouse {
namespace {

constexpr char kCertificate[] = "tests/agent/rpc/certificate.pem";
constexpr char kKey[] = "tests/agent/rpc/key.pem";

// "" for a file that is read, else why not.
std::string Refusal(const std::string& path) {
  return ReadPemFile(path).status().message();
}

std::string Temporary(const std::string& name) {
  return std::string(::getenv("TEST_TMPDIR")) + "/" + name;
}

std::string Locked() {
  const std::string path = Temporary("locked.pem");
  const std::string command = "openssl genrsa -aes128 -passout pass:secret -out " + path + " 2048 2>/dev/null";
  EXPECT_EQ(::system(command.c_str()), 0);  // NOLINT(cert-env33-c): in a test, with a command of its own
  return ReadPemFile(path).value();
}

TEST(PemFileTest, IsReadWhole) {
  std::ifstream file(kKey);
  EXPECT_EQ(ReadPemFile(kKey).value(), std::string(std::istreambuf_iterator<char>(file), {}));
}

// Goal: the reader waits for no writer and no person. Method: a FIFO without a writer, and paths
// that are no files.
TEST(PemFileTest, MustBeARegularFile) {
  const std::string fifo = Temporary("fifo");
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  for (const std::string& path : {fifo, std::string("/dev/null"), std::string("/")}) {
    EXPECT_EQ(Refusal(path), "cannot read TLS file " + path + ": it is not a regular file");
  }
  EXPECT_EQ(Refusal("/nowhere"), "cannot read TLS file /nowhere: No such file or directory");
}

TEST(PemFileTest, MayBeReadLaterWhereTheProcessHasNoDescriptorLeft) {
  {
    const OpenFileLimit none(0);
    EXPECT_EQ(ReadPemFile(kKey).status().code(), metrics::StatusCode::kUnavailable);
  }
  EXPECT_EQ(ReadPemFile("/nowhere").status().code(), metrics::StatusCode::kInvalidArgument);
}

TEST(PemFileTest, HasALargestSize) {
  const std::string large = Temporary("large.pem");
  std::ofstream(large) << std::string((1 << 20) + 1, 'x');
  EXPECT_EQ(Refusal(large), "cannot read TLS file " + large + ": it has more than 1048576 bytes");
}

TEST(PemFileTest, TellsAPairFromStrangers) {
  const std::string certificate = ReadPemFile(kCertificate).value();
  const std::string key = ReadPemFile(kKey).value();
  const std::string strangers = "they are not a certificate and its private key, in PEM";
  EXPECT_TRUE(CheckCertificateAndKey(certificate, key).ok());
  EXPECT_EQ(CheckCertificateAndKey(key, key).message(), strangers);
  EXPECT_EQ(CheckCertificateAndKey(certificate, "no key").message(), strangers);
}

TEST(PemFileTest, NeverAsksForAPassPhrase) {
  EXPECT_EQ(CheckCertificateAndKey(ReadPemFile(kCertificate).value(), Locked()).message(),
            "the key has a pass phrase, which no user is asked for");
}

TEST(PemFileTest, KnowsAuthoritiesFromOtherTexts) {
  EXPECT_TRUE(CheckAuthorities(ReadPemFile(kCertificate).value()).ok());
  EXPECT_EQ(CheckAuthorities(ReadPemFile(kKey).value()).message(),
            "there are no certificates of authorities in it, in PEM");
}

}  // namespace
}  // namespace streamhouse
