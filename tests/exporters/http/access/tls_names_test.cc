#include "exporters/http/access/tls_names.h"

#include <gtest/gtest.h>

namespace streamhouse::exporters {
namespace {

TEST(TlsNamesTest, FindsCiphersByTheirNamesInGo) {
  EXPECT_EQ(FindCipher("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256")->openssl, "ECDHE-RSA-AES128-GCM-SHA256");
  EXPECT_EQ(FindCipher("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256")->use, CipherUse::kTls12);
  EXPECT_EQ(FindCipher("TLS_AES_256_GCM_SHA384")->use, CipherUse::kTls13);
}

TEST(TlsNamesTest, KnowsNoInsecureCiphers) {
  for (const char* name : {"TLS_RSA_WITH_RC4_128_SHA", "TLS_RSA_WITH_AES_128_CBC_SHA", "ECDHE-RSA-AES128-SHA", ""}) {
    EXPECT_FALSE(FindCipher(name)) << name;
  }
}

TEST(TlsNamesTest, FindsCurves) {
  EXPECT_EQ(FindCurve("CurveP256"), "P-256");
  EXPECT_EQ(FindCurve("X25519"), "X25519");
  EXPECT_FALSE(FindCurve("P-256"));
}

}  // namespace
}  // namespace streamhouse::exporters
