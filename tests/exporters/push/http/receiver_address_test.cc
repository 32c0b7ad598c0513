#include "exporters/push/http/receiver_address.h"

#include <gtest/gtest.h>

namespace streamhouse::exporters {
namespace {

TEST(ReceiverAddressTest, HasAnAuthorityWithoutTheUsualPort) {
  EXPECT_EQ((ReceiverAddress{.host = "a", .port = 80}.Authority()), "a");
  EXPECT_EQ((ReceiverAddress{.host = "a", .port = 9091}.Authority()), "a:9091");
  EXPECT_EQ((ReceiverAddress{.host = "a", .port = 443, .tls = ReceiverTlsFiles()}.Authority()), "a");
  EXPECT_EQ((ReceiverAddress{.host = "a", .port = 80, .tls = ReceiverTlsFiles()}.Authority()), "a:80");
  EXPECT_EQ((ReceiverAddress{.host = "::1", .port = 4318}.Authority()), "[::1]:4318");
}

}  // namespace
}  // namespace streamhouse::exporters
