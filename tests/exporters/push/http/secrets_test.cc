#include "exporters/push/http/secrets.h"

#include <gtest/gtest.h>

namespace streamhouse::exporters {
namespace {

TEST(SecretsTest, AreToldByATextThatHasOne) {
  Secrets secrets;
  EXPECT_FALSE(secrets.AreToldBy("any text"));
  secrets.Add("k1abc");
  secrets.Add("k2abc");
  EXPECT_TRUE(secrets.AreToldBy("unknown key 'k2abc'"));
  EXPECT_FALSE(secrets.AreToldBy("unknown key"));
}

TEST(SecretsTest, AreKnownWithoutBlanksAndWithoutAScheme) {
  Secrets secrets;
  secrets.Add("\t Bearer  k1abc ");
  EXPECT_TRUE(secrets.AreToldBy("unknown token k1abc."));
  EXPECT_FALSE(secrets.AreToldBy("Bearer is not supported"));
}

TEST(SecretsTest, AreInTheQueryOfAPath) {
  Secrets secrets;
  secrets.AddQueryOf("/api/v1/write");
  EXPECT_FALSE(secrets.AreToldBy("/api/v1/write"));
  secrets.AddQueryOf("/api/v1/write?tenant=a&key=k1abc");
  EXPECT_TRUE(secrets.AreToldBy("unknown key k1abc"));
  EXPECT_TRUE(secrets.AreToldBy("POST /write?tenant=a&key=k1abc"));
  EXPECT_FALSE(secrets.AreToldBy("unknown tenant a, or bad key"));
}

TEST(SecretsTest, AreNotShort) {
  Secrets secrets;
  secrets.Add("");
  secrets.Add("  ");
  secrets.Add("123");
  secrets.Add("Basic a");
  EXPECT_FALSE(secrets.AreToldBy("  123 a"));
  EXPECT_TRUE(secrets.AreToldBy("Basic a"));
}

}  // namespace
}  // namespace streamhouse::exporters
