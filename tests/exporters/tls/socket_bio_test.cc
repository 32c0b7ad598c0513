#include "exporters/tls/socket_bio.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <string>

namespace streamhouse::exporters {
namespace {

class SocketBioTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends_.data()), 0);
    bio_.reset(NewSocketBio(ends_[0]));
  }
  void TearDown() override {
    close(ends_[0]);
    close(ends_[1]);
  }

  std::array<int, 2> ends_ = {};
  std::unique_ptr<BIO, decltype(&BIO_free)> bio_{nullptr, BIO_free};
};

TEST_F(SocketBioTest, BringsBytesToTheSocketAndBack) {
  ASSERT_EQ(BIO_write(bio_.get(), "ab", 2), 2);
  std::array<char, 10> received = {};
  ASSERT_EQ(recv(ends_[1], received.data(), received.size(), 0), 2);
  ASSERT_EQ(send(ends_[1], "xyz", 3, 0), 3);
  ASSERT_EQ(BIO_read(bio_.get(), received.data(), received.size()), 3);
  EXPECT_EQ(std::string(received.data(), 3), "xyz");
}

TEST_F(SocketBioTest, AsksForARetryWhereNoByteHasArrived) {
  char byte = 0;
  EXPECT_LT(BIO_read(bio_.get(), &byte, 1), 0);
  EXPECT_TRUE(BIO_should_read(bio_.get()));
}

TEST_F(SocketBioTest, RaisesNoSignalWhereThePeerHasGone) {
  shutdown(ends_[1], SHUT_RDWR);
  EXPECT_LT(BIO_write(bio_.get(), "ab", 2), 0);
  EXPECT_FALSE(BIO_should_retry(bio_.get()));
}

TEST_F(SocketBioTest, LeavesTheDescriptorToTheCaller) {
  bio_.reset();
  EXPECT_EQ(send(ends_[0], "a", 1, 0), 1);
}

}  // namespace
}  // namespace streamhouse::exporters
