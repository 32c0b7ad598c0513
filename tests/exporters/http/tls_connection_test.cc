#include "exporters/http/tls_connection.h"

#include <gtest/gtest.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <memory>
#include <string>

#include "exporters/http/tls/tls_context.h"
#include "tests/exporters/support/certificates.h"
#include "tests/exporters/support/http_client.h"
#include "tests/support/eventually.h"

namespace streamhouse::exporters {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

// A client that knows nothing of TLS; listener_test has clients that do.
class TlsConnectionTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(tls_.Load().ok()); }
  std::unique_ptr<TlsConnection> Accept() {
    return std::make_unique<TlsConnection>(acceptor_.accept(), tls_.Current());
  }
  error_code ErrorOfARead(TlsConnection& connection) {
    std::array<char, 100> received;
    error_code outcome;
    connection.AsyncReadSome(boost::asio::buffer(received), [&](error_code error, std::size_t) { outcome = error; });
    context_.run_for(kPatience);
    return outcome;
  }

  const Certificate certificate_ = MakeCertificate("tls_connection");
  TlsContext tls_{{.certificate_file = certificate_.file, .key_file = certificate_.key_file}, nullptr};
  boost::asio::io_context context_;
  tcp::acceptor acceptor_{context_, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0)};
  HttpClient client_{acceptor_.local_endpoint().port()};
};

TEST_F(TlsConnectionTest, FailsTheReadOfAClientThatShakesNoHands) {
  const auto connection = Accept();
  client_.Send(std::string(100, '\x01'));
  EXPECT_TRUE(ErrorOfARead(*connection));
}

TEST_F(TlsConnectionTest, AnswersAClientWithoutTlsOnceInPlainText) {
  const auto connection = Accept();
  client_.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  client_.ShutDownSending();
  EXPECT_EQ(ErrorOfARead(*connection), boost::asio::error::eof);
  const HttpReply reply = client_.Receive();
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(reply.body, "400 Bad Request: use https here.\n");
  connection->Close();
  EXPECT_EQ(client_.ReceiveAll(), "");
}

TEST_F(TlsConnectionTest, GivesUpAHandshakeAfterTheTimeLimit) {
  const auto connection = Accept();
  connection->SetTimeLimit(std::chrono::milliseconds(1));
  EXPECT_EQ(ErrorOfARead(*connection), boost::asio::error::timed_out);
}

TEST_F(TlsConnectionTest, FailsAReadThatStartsAfterTheTimeLimit) {
  const auto connection = Accept();
  connection->SetTimeLimit(std::chrono::milliseconds(1));
  context_.run();
  context_.restart();
  EXPECT_EQ(ErrorOfARead(*connection), boost::asio::error::timed_out);
}

TEST_F(TlsConnectionTest, EndsAHandshakeWhenAborted) {
  const auto connection = Accept();
  std::array<char, 100> received;
  bool failed = false;
  connection->AsyncReadSome(boost::asio::buffer(received),
                            [&](error_code error, std::size_t) { failed = error.failed(); });
  connection->Abort();
  context_.run();
  EXPECT_TRUE(failed);
}

}  // namespace
}  // namespace streamhouse::exporters
