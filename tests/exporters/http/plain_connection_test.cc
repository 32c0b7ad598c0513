#include "exporters/http/plain_connection.h"

#include <gtest/gtest.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <string>

#include "tests/exporters/support/http_client.h"
#include "tests/support/eventually.h"

namespace streamhouse::exporters {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

class PlainConnectionTest : public testing::Test {
 protected:
  static tcp::socket Accepted(tcp::acceptor& acceptor) { return acceptor.accept(); }
  // Runs the operation that was started, and gives its outcome as "bytes" or the error.
  std::string Outcome() {
    context_.restart();
    while (outcome_.empty() && context_.run_one_for(kPatience) > 0) continue;
    return outcome_;
  }
  // Returns a time by which the limit has ended.
  std::chrono::steady_clock::time_point SetAShortTimeLimit() {
    constexpr std::chrono::milliseconds kLimit(1);
    connection_.SetTimeLimit(kLimit);
    return std::chrono::steady_clock::now() + kLimit;
  }
  // Waits for the timer, while no operation runs.
  void LetTheTimeLimitEnd() { context_.run(); }
  Connection::Handler Handler() {
    return [this](error_code error, std::size_t bytes) { outcome_ = error ? error.message() : std::to_string(bytes); };
  }

  boost::asio::io_context context_;
  tcp::acceptor acceptor_{context_, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0)};
  HttpClient client_{acceptor_.local_endpoint().port()};
  PlainConnection connection_{Accepted(acceptor_)};
  std::array<char, 100> received_ = {};
  std::string outcome_;
};

TEST_F(PlainConnectionTest, ReadsTheBytesOfTheClient) {
  client_.Send("hello");
  connection_.AsyncReadSome(boost::asio::buffer(received_), Handler());
  EXPECT_EQ(Outcome(), "5");
  EXPECT_STREQ(received_.data(), "hello");
}

TEST_F(PlainConnectionTest, WritesAllBuffers) {
  connection_.AsyncWrite({boost::asio::buffer("a", 1), boost::asio::buffer("bc", 2), boost::asio::buffer("def", 3)},
                         Handler());
  EXPECT_EQ(Outcome(), "6");
  connection_.ShutDownSending();
  EXPECT_EQ(client_.ReceiveAll(), "abcdef");
}

TEST_F(PlainConnectionTest, GivesUpAfterTheTimeLimit) {
  connection_.SetTimeLimit(std::chrono::milliseconds(1));
  connection_.AsyncReadSome(boost::asio::buffer(received_), Handler());
  EXPECT_EQ(Outcome(), "Connection timed out");
}

TEST_F(PlainConnectionTest, FailsAReadThatStartsAfterTheTimeLimit) {
  connection_.SetTimeLimit(std::chrono::milliseconds(1));
  LetTheTimeLimitEnd();
  connection_.AsyncReadSome(boost::asio::buffer(received_), Handler());
  EXPECT_EQ(outcome_, "") << "the handler is called later";
  EXPECT_EQ(Outcome(), "Connection timed out");
}

// Goal: the limit holds for all parts of a write. Method: the kernel takes the first part at once,
// and the limit ends before the handler of that part runs. The client does not read, so a later
// part has to wait.
TEST_F(PlainConnectionTest, GivesUpAWriteWhoseTimeLimitEndsBetweenTwoParts) {
  const std::string page(std::size_t{64} << 20, 'x');
  const auto end = SetAShortTimeLimit();
  connection_.AsyncWrite({boost::asio::buffer(page)}, Handler());
  EXPECT_TRUE(Eventually([&] { return std::chrono::steady_clock::now() > end; }));
  EXPECT_EQ(Outcome(), "Connection timed out");
}

TEST_F(PlainConnectionTest, ForgetsThatItWasLateWithANewTimeLimit) {
  connection_.SetTimeLimit(std::chrono::milliseconds(1));
  LetTheTimeLimitEnd();
  connection_.SetTimeLimit(std::chrono::minutes(1));
  client_.ShutDownSending();
  connection_.AsyncReadSome(boost::asio::buffer(received_), Handler());
  EXPECT_EQ(Outcome(), "End of file");
}

// Goal: a limit that was replaced has no effect. Method: the first limit has ended, and its handler
// is ready, when another handler sets the next limit.
TEST_F(PlainConnectionTest, IsNotLateByATimeLimitThatWasReplaced) {
  const auto end = SetAShortTimeLimit();
  boost::asio::post(context_, [this] {
    connection_.SetTimeLimit(std::chrono::minutes(1));
    connection_.AsyncReadSome(boost::asio::buffer(received_), Handler());
    boost::asio::post(context_, [this] { client_.Send("hello"); });
  });
  EXPECT_TRUE(Eventually([&] { return std::chrono::steady_clock::now() > end; }));
  EXPECT_EQ(Outcome(), "5");
}

TEST_F(PlainConnectionTest, DeliversWhatWasWrittenBeforeAClose) {
  connection_.AsyncWrite({boost::asio::buffer("abc", 3)}, Handler());
  EXPECT_EQ(Outcome(), "3");
  connection_.Close();
  EXPECT_EQ(client_.ReceiveAll(), "abc");
}

TEST_F(PlainConnectionTest, EndsRunningOperationsWhenAborted) {
  connection_.AsyncReadSome(boost::asio::buffer(received_), Handler());
  connection_.Abort();
  connection_.Abort();
  EXPECT_EQ(Outcome(), "Operation canceled");
  EXPECT_FALSE(client_.Send("a") && client_.Send("b") && client_.Receive().status != 0);
}

}  // namespace
}  // namespace streamhouse::exporters
