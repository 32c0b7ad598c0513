#include "exporters/http/access/web_config.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "metrics_core/status.h"

namespace streamhouse::exporters {
namespace {

using metrics::StatusCode;

constexpr const char* kHash = "$2y$10$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi";

WebConfig Good(const std::string& text) {
  return ParseWebConfig(text, "/etc/web.yml").value();
}
// The error, without the path.
std::string Error(const std::string& text) {
  const auto parsed = ParseWebConfig(text, "web.yml");
  EXPECT_EQ(parsed.status().code(), StatusCode::kInvalidArgument);
  return parsed.status().message();
}

// Goal: what was meant to close a door does not leave it open because it is empty.
TEST(WebConfigTest, RefusesEmptyFilesAndValues) {
  const std::pair<std::string, std::string> all[] = {
      {"", "web.yml:1: the configuration is empty"},
      {"# nothing\n", "web.yml:1: the configuration is empty"},
      {"{}", "web.yml:1: the configuration is empty"},
      {"basic_auth_users:\n", "web.yml:1: basic_auth_users is empty"},
      {"basic_auth_users: {}\n", "web.yml:1: basic_auth_users is empty"},
      {"basic_auth_users:\n  alice:\n", "web.yml:2: alice is empty"},
      {"basic_auth_users:\n  alice: \"\"\n", "web.yml:2: alice is empty"},
      {std::string("basic_auth_users:\n  \"\": ") + kHash + "\n", "web.yml:2: the name of a user is empty"},
      {"http_server_config:\n", "web.yml:1: http_server_config is empty"},
      {"http_server_config:\n  headers: {}\n", "web.yml:2: headers is empty"},
      {"http_server_config:\n  headers:\n    X-Frame-Options: \"\"\n", "web.yml:3: X-Frame-Options is empty"},
  };
  for (const auto& [text, error] : all) EXPECT_EQ(Error(text), error) << text;
}

TEST(WebConfigTest, RefusesEmptyValuesOfTls) {
  const std::string tls = "tls_server_config:\n  cert_file: a\n  key_file: b\n";
  const std::string asking = tls + "  client_auth_type: RequireAndVerifyClientCert\n";
  const std::pair<std::string, std::string> all[] = {
      {"tls_server_config:\n", "web.yml:1: tls_server_config is empty"},
      {"tls_server_config:\n  cert_file: \"\"\n  key_file: b\n", "web.yml:2: cert_file is empty"},
      {"tls_server_config:\n  cert_file: a\n  key_file:\n", "web.yml:3: key_file is empty"},
      {"tls_server_config:\n  cert: \"\"\n  key: b\n", "web.yml:2: cert is empty"},
      {asking + "  client_ca_file: \"\"\n", "web.yml:5: client_ca_file is empty"},
      {asking + "  client_ca: \"\"\n", "web.yml:5: client_ca is empty"},
      {tls + "  client_ca:\n", "web.yml:4: client_ca is empty"},
      {asking + "  client_ca_file: c\n  client_allowed_sans: []\n", "web.yml:6: client_allowed_sans is empty"},
      {asking + "  client_ca_file: c\n  client_allowed_sans: [\"\"]\n", "web.yml:6: client_allowed_sans is empty"},
      {tls + "  client_auth_type: \"\"\n", "web.yml:4: client_auth_type is empty"},
      {tls + "  min_version:\n", "web.yml:4: min_version is empty"},
      {tls + "  cipher_suites: []\n", "web.yml:4: cipher_suites is empty"},
      {tls + "  curve_preferences:\n", "web.yml:4: curve_preferences is empty"},
  };
  for (const auto& [text, error] : all) EXPECT_EQ(Error(text), error) << text;
}

TEST(WebConfigTest, ReadsTlsWithFilesBesideIt) {
  const WebConfig config = Good("tls_server_config:\n  cert_file: a.crt\n  key_file: /b.key\n");
  EXPECT_EQ(config.tls->certificate_file, "/etc/a.crt");
  EXPECT_EQ(config.tls->key_file, "/b.key");
  EXPECT_EQ(config.tls->version_min, TlsVersion::kTls12);
  EXPECT_EQ(config.tls->client_certificates, ClientCertificates::kIgnored);
}

TEST(WebConfigTest, ReadsClientCertificatesAndVersions) {
  const WebConfig config = Good(
      "tls_server_config:\n  cert_file: a\n  key_file: b\n  min_version: TLS13\n"
      "  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: c\n");
  EXPECT_EQ(config.tls->version_min, TlsVersion::kTls13);
  EXPECT_EQ(config.tls->client_certificates, ClientCertificates::kRequired);
  EXPECT_EQ(config.tls->client_ca_file, "/etc/c");
}

TEST(WebConfigTest, ReadsCertificatesInTheFileItself) {
  const WebConfig config = Good(
      "tls_server_config:\n  cert: |\n    line 1\n    line 2\n  key: K\n"
      "  client_auth_type: RequireAndVerifyClientCert\n  client_ca: A\n");
  EXPECT_EQ(config.tls->certificate, "line 1\nline 2\n");
  EXPECT_EQ(config.tls->key, "K");
  EXPECT_EQ(config.tls->client_ca, "A");
  EXPECT_EQ(config.tls->certificate_file + config.tls->key_file + config.tls->client_ca_file, "");
}

TEST(WebConfigTest, ReadsCiphersCurvesAndNamesOfClients) {
  const WebConfig config = Good(
      "tls_server_config:\n  cert_file: a\n  key_file: b\n"
      "  cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TLS_AES_128_GCM_SHA256,"
      " TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256]\n"
      "  curve_preferences:\n  - X25519\n  - CurveP384\n"
      "  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: c\n  client_allowed_sans: [x, y]\n");
  EXPECT_EQ(config.tls->tls12_ciphers, "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305");
  EXPECT_EQ(config.tls->tls13_ciphers, "TLS_AES_128_GCM_SHA256");
  EXPECT_EQ(config.tls->curves, "X25519:P-384");
  EXPECT_EQ(config.tls->client_allowed_names, (std::vector<std::string>{"x", "y"}));
}

TEST(WebConfigTest, NamesTheLineOfACipherOrCurveThatIsUnknown) {
  const std::string files = "tls_server_config:\n  cert_file: a\n  key_file: b\n";
  EXPECT_EQ(Error(files + "  cipher_suites:\n  - TLS_RSA_WITH_RC4_128_SHA\n"),
            "web.yml:5: unknown cipher suite TLS_RSA_WITH_RC4_128_SHA");
  EXPECT_EQ(Error(files + "  curve_preferences: [P256]\n"), "web.yml:4: unknown curve P256");
  EXPECT_EQ(Error(files + "  curve_preferences: X25519\n"), "web.yml:4: curve_preferences must be a list");
  EXPECT_EQ(Error(files + "  client_allowed_sans: [[a]]\n"), "web.yml:4: client_allowed_sans must be a text");
}

TEST(WebConfigTest, ReadsUsersAndHeaders) {
  const WebConfig config = Good(std::string("basic_auth_users:\n  alice: ") + kHash +
                                "\nhttp_server_config:\n  headers:\n    X-Frame-Options: deny\n");
  EXPECT_EQ(config.users.at("alice"), kHash);
  ASSERT_EQ(config.headers.size(), 1U);
  EXPECT_EQ(config.headers[0].first, "X-Frame-Options");
  EXPECT_EQ(config.headers[0].second, "deny");
}

TEST(WebConfigTest, NamesTheLineOfAnUnknownKey) {
  EXPECT_EQ(Error("\ntls_config:\n  a: b\n"), "web.yml:2: unknown key tls_config in the configuration");
  EXPECT_EQ(Error("tls_server_config:\n  cert_file: a\n  key_flie: b\n"),
            "web.yml:3: unknown key key_flie in tls_server_config");
  EXPECT_EQ(Error("http_server_config:\n  http3: true\n"), "web.yml:2: unknown key http3 in http_server_config");
  EXPECT_EQ(Error("http_server_config:\n  headers:\n    Server: x\n"), "web.yml:3: unknown key Server in headers");
}

TEST(WebConfigTest, NamesTheLineOfABadValue) {
  EXPECT_EQ(Error("basic_auth_users:\n  alice: secret\n"), "web.yml:2: the password of alice is not a bcrypt hash");
  const std::string salt_and_digest(53, 'x');
  EXPECT_EQ(Error("basic_auth_users:\n  a: $2y$17$" + salt_and_digest + "\n"),
            "web.yml:2: the password of a must have a cost of 04 to 16");
  EXPECT_EQ(Error("basic_auth_users:\n  a: $2y$1x$" + salt_and_digest + "\n"),
            "web.yml:2: the password of a must have a cost of 04 to 16");
  EXPECT_EQ(Error("basic_auth_users:\n  a: $2y$10$-" + salt_and_digest.substr(1) + "\n"),
            "web.yml:2: the password of a is not a bcrypt hash");
  EXPECT_EQ(Error("tls_server_config: yes\n"), "web.yml:1: tls_server_config must be a map");
  EXPECT_EQ(Error("tls_server_config:\n  cert_file: [a]\n"), "web.yml:2: cert_file must be a text");
  EXPECT_EQ(Error("tls_server_config:\n  min_version: SSL30\n"), "web.yml:2: min_version must be TLS12 or TLS13");
  EXPECT_EQ(Error("http_server_config:\n  headers:\n    X-Frame-Options: \"a\\r\\nb\"\n"),
            "web.yml:3: X-Frame-Options is no header value");
  EXPECT_EQ(Error("http_server_config:\n  headers:\n    X-Frame-Options: \"a\\x7F\"\n"),
            "web.yml:3: X-Frame-Options is no header value");
  EXPECT_EQ(Error("basic_auth_users:\n  a: $2y$10$" + salt_and_digest + "x\n"),
            "web.yml:2: the password of a is not a bcrypt hash");
}

TEST(WebConfigTest, WantsTlsToBeWhole) {
  const std::string files = "tls_server_config:\n  cert_file: a\n  key_file: b\n";
  EXPECT_EQ(Error("tls_server_config:\n  cert_file: a\n"), "web.yml:2: cert_file and key_file are needed");
  EXPECT_EQ(Error(files + "  client_auth_type: RequireAndVerifyClientCert\n"),
            "web.yml:2: client_auth_type needs a client_ca_file");
  EXPECT_EQ(Error(files + "  cert: c\n"), "web.yml:2: cert and cert_file are both given");
  EXPECT_EQ(
      Error(files + "  client_allowed_sans: [a]\n"),
      "web.yml:2: client_allowed_sans needs client_auth_type: RequireAndVerifyClientCert or VerifyClientCertIfGiven");
  EXPECT_EQ(Error(files + "  client_ca_file: c\n"),
            "web.yml:2: client_ca_file needs client_auth_type: RequireAndVerifyClientCert or VerifyClientCertIfGiven");
}

TEST(WebConfigTest, RefusesAFileThatIsNotYaml) {
  EXPECT_TRUE(Error("a: [").starts_with("web.yml:")) << Error("a: [");
  EXPECT_TRUE(Error("\t\x01").starts_with("web.yml:")) << Error("\t\x01");
  EXPECT_EQ(Error("just a text"), "web.yml:1: the configuration must be a map");
}

TEST(WebConfigTest, RefusesDuplicateKeysAndSecondDocuments) {
  const std::string headers = "http_server_config: {headers: {X-Frame-Options: deny}}\n";
  EXPECT_EQ(Error(headers + "---\nbasic_auth_users: {}\n"), "web.yml:2: a second document");
  EXPECT_EQ(Error("{}\n...\n# ended\nbasic_auth_users: {}\n"), "web.yml:4: a second document");
  EXPECT_FALSE(Good("%YAML 1.1\n# first\n---\n" + headers + "...\n").tls);
  EXPECT_EQ(Error(headers + headers), "web.yml:2: http_server_config is given twice in the configuration");
}

TEST(WebConfigTest, NamesAFileThatIsNotThere) {
  const auto loaded = LoadWebConfig("/no such file");
  EXPECT_EQ(loaded.status().code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(loaded.status().message(), "cannot read /no such file: No such file or directory");
  EXPECT_EQ(LoadWebConfig("/tmp").status().message(), "cannot read /tmp: it is no regular file");
}

TEST(WebConfigTest, ReadsEveryWayToAskForClientCertificates) {
  const std::string tls = "tls_server_config:\n  cert_file: a\n  key_file: b\n  client_auth_type: ";
  const auto read = [&](const std::string& type) { return Good(tls + type).tls->client_certificates; };
  EXPECT_EQ(read("RequestClientCert"), ClientCertificates::kRequested);
  EXPECT_EQ(read("RequireAnyClientCert"), ClientCertificates::kAnyRequired);
  EXPECT_EQ(read("RequireClientCert"), ClientCertificates::kAnyRequired);
  EXPECT_EQ(read("VerifyClientCertIfGiven\n  client_ca_file: c"), ClientCertificates::kVerifiedIfGiven);
}

// Goal: an authority or names that would not be looked at are no silent door.
TEST(WebConfigTest, RefusesAnAuthorityThatIsNotAsked) {
  const std::string tls = "tls_server_config:\n  cert_file: a\n  key_file: b\n  client_auth_type: ";
  const std::string verifying = " needs client_auth_type: RequireAndVerifyClientCert or VerifyClientCertIfGiven";
  for (const char* type : {"RequestClientCert", "RequireAnyClientCert"}) {
    EXPECT_EQ(Error(tls + type + "\n  client_ca_file: c\n"), "web.yml:2: client_ca_file" + verifying);
    EXPECT_EQ(Error(tls + type + "\n  client_allowed_sans: [c]\n"), "web.yml:2: client_allowed_sans" + verifying);
  }
  EXPECT_EQ(Error(tls + "VerifyClientCertIfGiven\n"), "web.yml:2: client_auth_type needs a client_ca_file");
}

TEST(WebConfigTest, ReadsARateLimit) {
  const RateLimitConfig limit = Good("rate_limit:\n  interval: 1m0.5s\n  burst: 20\n").rate_limit;
  EXPECT_EQ(limit.interval, std::chrono::milliseconds(60'500));
  EXPECT_EQ(limit.burst, 20U);
  EXPECT_EQ(Good("rate_limit:\n  interval: 0\n").rate_limit.interval.count(), 0) << "no limit";
  const std::string no_burst = ": rate_limit needs a burst: without one every request would be refused";
  EXPECT_EQ(Error("rate_limit:\n  interval: 1s\n"), "web.yml:2" + no_burst);
  EXPECT_EQ(Error("rate_limit:\n  interval: 1s\n  burst: 0\n"), "web.yml:2" + no_burst);
  EXPECT_EQ(Error("rate_limit:\n  interval: -1s\n"), "web.yml:2: interval must be a duration such as 100ms");
  EXPECT_EQ(Error("rate_limit:\n  burst: -1\n"), "web.yml:2: burst must be a number");
}

TEST(WebConfigTest, ReadsARateLimitAsExporterToolkitDoes) {
  EXPECT_EQ(Good("rate_limit: {burst: 5}\n").rate_limit.interval.count(), 0) << "no limit";
  EXPECT_EQ(Good("rate_limit: {interval: 1500, burst: 5}\n").rate_limit.interval, std::chrono::nanoseconds(1500));
  EXPECT_EQ(Error("rate_limit: {interval: 9223372036854775808, burst: 5}\n"),
            "web.yml:1: interval must be a duration such as 100ms");
}

TEST(WebConfigTest, ReadsHttp2AsABooleanOfYaml) {
  for (const std::string off : {"no", "off", "False", "n", "FALSE"}) {
    EXPECT_TRUE(Good("http_server_config:\n  http2: " + off + "\n").warnings.empty()) << off;
  }
  for (const std::string on : {"yes", "on", "True", "Y", "TRUE"}) {
    EXPECT_EQ(Good("http_server_config:\n  http2: " + on + "\n").warnings.size(), 1U) << on;
  }
}

TEST(WebConfigTest, TakesHttp2WithAWarning) {
  EXPECT_TRUE(Good("http_server_config:\n  http2: false\n").warnings.empty());
  EXPECT_EQ(Good("http_server_config:\n  http2: true\n").warnings,
            std::vector<std::string>{"/etc/web.yml:2: http2 is not served: the server speaks HTTP/1.1"});
  EXPECT_EQ(Error("http_server_config:\n  http2: maybe\n"), "web.yml:2: http2 must be true or false");
}

}  // namespace
}  // namespace streamhouse::exporters
