#include "exporters/http/tls/client_names.h"

#include <gtest/gtest.h>
#include <openssl/pem.h>

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "tests/exporters/support/command.h"

namespace streamhouse::exporters {
namespace {

// The names in a certificate that openssl makes.
std::vector<std::string> NamesIn(const std::string& subject_alternative_names) {
  const std::string path = TemporaryPath("names.crt");
  const std::string extension =
      subject_alternative_names.empty() ? "" : " -addext subjectAltName=" + subject_alternative_names;
  RunCommand(
      "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout /dev/null -subj /CN=subject" +
      extension + " -out " + path);
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "r"), std::fclose);
  const std::unique_ptr<X509, void (*)(X509*)> certificate(PEM_read_X509(file.get(), nullptr, nullptr, nullptr),
                                                           X509_free);
  return ClientNames(*certificate);
}

TEST(ClientNamesTest, AreNamesOfEveryKind) {
  EXPECT_EQ(NamesIn("DNS:a.example.org,IP:192.0.2.1,IP:2001:db8::1,email:a@b.org,URI:spiffe://c/d"),
            (std::vector<std::string>{"a.example.org", "192.0.2.1", "2001:db8::1", "a@b.org", "spiffe://c/d"}));
}

TEST(ClientNamesTest, AreNotThatOfTheSubject) {
  EXPECT_EQ(NamesIn(""), std::vector<std::string>());
}

}  // namespace
}  // namespace streamhouse::exporters
