#include "exporters/http/access/basic_auth.h"

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>

namespace streamhouse::exporters {
namespace {

// Of "secret" and of "a:b", at bcrypt's lowest cost.
constexpr const char* kHashOfSecret = "$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW";
constexpr const char* kHashOfColon = "$2b$04$abcdefghijklmnopqrstuuIQ9AyrP6qHpzJiEKQ5zxtEz3TPNwuMe";

constexpr const char* kAliceSecret = "Basic YWxpY2U6c2VjcmV0";
constexpr const char* kAliceWrong = "Basic YWxpY2U6d3Jvbmc=";
constexpr const char* kBobSecret = "Basic Ym9iOnNlY3JldA==";
constexpr const char* kBobColon = "Basic Ym9iOmE6Yg==";

class BasicAuthTest : public testing::Test {
 protected:
  BasicAuth auth_{{{"alice", kHashOfSecret}, {"bob", kHashOfColon}}};
};

TEST_F(BasicAuthTest, AllowsUsersWithTheirPassword) {
  EXPECT_TRUE(auth_.Check(kAliceSecret));
  EXPECT_TRUE(auth_.Check(kBobColon));
  EXPECT_TRUE(auth_.Check("basic YWxpY2U6c2VjcmV0")) << "the scheme has no case";
}

TEST_F(BasicAuthTest, AllowsNoOtherUser) {
  EXPECT_FALSE(auth_.Check(kAliceWrong));
  EXPECT_FALSE(auth_.Check(kBobSecret)) << "another's password";
  EXPECT_FALSE(auth_.Check("Basic Y2Fyb2w6c2VjcmV0")) << "an unknown user";
}

TEST_F(BasicAuthTest, RefusesAMalformedHeaderWithoutWork) {
  for (const char* header : {"", "Basic", "Basic ", "Basic x", "Basic ====", "Basic YWxpY2U6c2VjcmV0!",
                             "Basic bm9jb2xvbg==", "Bearer YWxpY2U6c2VjcmV0"}) {
    EXPECT_EQ(auth_.Recall(header), false) << header;
  }
  std::string long_header = "Basic YWxpY2U6";  // of alice
  for (int i = 0; i < 1000; ++i) long_header += "eHh4";
  EXPECT_EQ(auth_.Recall(long_header), false) << "too long";
}

TEST_F(BasicAuthTest, RefusesPasswordsThatHideBehindANul) {
  EXPECT_EQ(auth_.Recall("Basic YWxpY2U6c2VjcmV0AHg="), false);
}

TEST_F(BasicAuthTest, RemembersVerdicts) {
  EXPECT_EQ(auth_.Recall(kAliceSecret), std::nullopt);
  auth_.Check(kAliceSecret);
  auth_.Check(kAliceWrong);
  EXPECT_EQ(auth_.Recall(kAliceSecret), true);
  EXPECT_EQ(auth_.Recall(kAliceWrong), false);
}

TEST_F(BasicAuthTest, ForgetsOldGuessesButNoRightPassword) {
  auth_.Check(kAliceSecret);
  auth_.Check(kAliceWrong);
  for (std::size_t i = 0; i < kRememberedGuessesMax; ++i) {
    // "alice:" and three more bytes
    std::string guess = "Basic YWxpY2U6AAAA";
    guess[guess.size() - 1] = static_cast<char>('B' + i % 25);
    guess[guess.size() - 2] = static_cast<char>('A' + i / 25);
    guess[guess.size() - 4] = 'Z';
    guess[guess.size() - 3] = 'Z';
    EXPECT_FALSE(auth_.Check(guess));
  }
  EXPECT_EQ(auth_.Recall(kAliceWrong), std::nullopt);
  EXPECT_EQ(auth_.Recall(kAliceSecret), true);
}

TEST_F(BasicAuthTest, SpendsOnUnknownUsersWhatTheDearestCosts) {
  const std::map<std::string, std::string> users = {{"a", kHashOfSecret}, {"b", "$2b$13$" + std::string(53, 'x')}};
  EXPECT_TRUE(UnknownUserHash(users).starts_with("$2y$13$"));
  EXPECT_EQ(UnknownUserHash(users).size(), std::string_view(kHashOfSecret).size());
  EXPECT_TRUE(UnknownUserHash({}).starts_with("$2y$04$"));
}

TEST_F(BasicAuthTest, AllowsEveryClientWhereThereAreNoUsers) {
  const BasicAuth open({});
  EXPECT_EQ(open.Recall(""), true);
}

}  // namespace
}  // namespace streamhouse::exporters
