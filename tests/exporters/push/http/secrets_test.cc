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
  secrets.AddQueryOf("/api/v1/write?tenant=a&key=k1abcdef");
  EXPECT_TRUE(secrets.AreToldBy("unknown key k1abcdef"));
  EXPECT_TRUE(secrets.AreToldBy("POST /write?tenant=a&key=k1abcdef"));
  EXPECT_FALSE(secrets.AreToldBy("unknown tenant a, or bad key"));
}

TEST(SecretsTest, AreInAQueryAsAReceiverDecodesIt) {
  Secrets secrets;
  secrets.AddQueryOf("/write?key=k1%2Fabc%3D%3D&bad=k2abcdef%2");
  EXPECT_TRUE(secrets.AreToldBy("unknown key k1/abc=="));
  EXPECT_TRUE(secrets.AreToldBy("unknown key k1%2Fabc%3D%3D"));
  EXPECT_TRUE(secrets.AreToldBy("cannot decode k2abcdef%2"));
}

TEST(SecretsTest, AreNoValuesOfAQueryOfLessThanEightBytes) {
  Secrets secrets;
  secrets.AddQueryOf("/write?version=2024-01&db=metrics&zone=%41%42%43");
  EXPECT_FALSE(secrets.AreToldBy("in 2024-01 there are no metrics of ABC"));
  secrets.AddQueryOf("/write?db=metrics1");
  EXPECT_TRUE(secrets.AreToldBy("there is no metrics1"));
}

TEST(SecretsTest, AreNoQueriesOfLessThanEightBytes) {
  Secrets secrets;
  secrets.AddQueryOf("/write?debug");
  secrets.AddQueryOf("/write?verbose");
  secrets.AddQueryOf("/write?db=m");
  EXPECT_FALSE(secrets.AreToldBy("no debug in verbose mode for db=m"));
  secrets.AddQueryOf("/write?k1abcdef");
  EXPECT_TRUE(secrets.AreToldBy("unknown key k1abcdef"));
}

TEST(SecretsTest, AreNoTextsOfLessThanFourBytes) {
  Secrets secrets;
  secrets.Add("");
  secrets.Add("  ");
  secrets.Add("123");
  secrets.Add("Basic a");
  EXPECT_FALSE(secrets.AreToldBy("  123 a"));
  EXPECT_TRUE(secrets.AreToldBy("Basic a"));
  secrets.Add("1234");
  EXPECT_TRUE(secrets.AreToldBy("unknown key 1234"));
}

}  // namespace
}  // namespace streamhouse::exporters
