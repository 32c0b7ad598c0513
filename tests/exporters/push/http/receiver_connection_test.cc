#include "exporters/push/http/receiver_connection.h"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <memory>
#include <string>

#include "metrics_core/status.h"
#include "tests/exporters/support/certificates.h"
#include "tests/exporters/support/scripted_receiver.h"
#include "tests/support/eventually.h"

namespace streamhouse::exporters {
namespace {

using metrics::Result;
using metrics::StatusCode;
using Written = ReceiverConnection::Written;

constexpr std::string_view kRequest = "POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n";

// With and without TLS.
class ReceiverConnectionTest : public testing::TestWithParam<bool> {
 protected:
  static PushDeadline In(std::chrono::milliseconds time) { return std::chrono::steady_clock::now() + time; }
  static PushDeadline Patient() { return In(std::chrono::hours(1)); }
  std::unique_ptr<ReceiverConnection> Open() {
    ReceiverAddress address = {.host = "127.0.0.1", .port = receiver_.port()};
    if (GetParam()) address.tls = {.ca = certificate_.file};
    return std::move(ReceiverConnection::Open(address, Patient())).value();
  }

  const Certificate certificate_ = MakeCertificate("receiver_connection");
  ScriptedReceiver receiver_{{.tls = GetParam() ? &certificate_ : nullptr}};
};

TEST_P(ReceiverConnectionTest, BringsBytesThereAndBack) {
  receiver_.Then(SendAndWait("abc"));
  const auto connection = Open();
  ASSERT_EQ(*connection->Write(kRequest, Patient()), Written::kAll);
  std::array<char, 10> buffer;
  ASSERT_EQ(*connection->Read(buffer, Patient()), 3U);
  EXPECT_EQ(std::string(buffer.data(), 3), "abc");
}

TEST_P(ReceiverConnectionTest, ReadsNoLongerThanItsDeadline) {
  const auto connection = Open();
  std::array<char, 10> buffer;
  EXPECT_EQ(connection->Read(buffer, In(std::chrono::milliseconds(1))).status().code(), StatusCode::kDeadlineExceeded);
}

TEST_P(ReceiverConnectionTest, WritesNoLongerThanItsDeadline) {
  receiver_.Then(ReadNothing());
  const auto connection = Open();
  const Result<Written> written =
      connection->Write(std::string(std::size_t{64} << 20, 'x'), In(std::chrono::milliseconds(200)));
  EXPECT_EQ(written.status().code(), StatusCode::kDeadlineExceeded);
}

TEST_P(ReceiverConnectionTest, IsIdleUntilThePeerSaysSomething) {
  receiver_.Then(SendAndWait("abc"));
  const auto connection = Open();
  EXPECT_TRUE(connection->IsIdle());
  ASSERT_TRUE(connection->Write(kRequest, Patient()).ok());
  EXPECT_TRUE(Eventually([&] { return !connection->IsIdle(); }));
}

TEST_P(ReceiverConnectionTest, IsNotIdleOnceThePeerHasClosed) {
  receiver_.Then(SendAndClose(""));
  const auto connection = Open();
  ASSERT_TRUE(connection->Write(kRequest, Patient()).ok());
  EXPECT_TRUE(Eventually([&] { return !connection->IsIdle(); }));
}

TEST_P(ReceiverConnectionTest, SaysThatThePeerHasGone) {
  receiver_.Then(SendAndReset(""));
  const auto connection = Open();
  ASSERT_TRUE(connection->Write(kRequest, Patient()).ok());
  std::array<char, 10> buffer;
  const Result<std::size_t> read = connection->Read(buffer, Patient());
  EXPECT_EQ(read.status().code(), StatusCode::kUnavailable) << read.status().message();
}

// Goal: no SIGPIPE, which would end the program.
TEST_P(ReceiverConnectionTest, WritesWithoutASignalToAPeerThatHasGone) {
  receiver_.Then(SendAndReset(""));
  const auto connection = Open();
  ASSERT_TRUE(connection->Write(kRequest, Patient()).ok());
  ASSERT_TRUE(Eventually([&] { return !connection->IsIdle(); }));
  const Result<Written> written = connection->Write(kRequest, Patient());
  EXPECT_EQ(written.status().code(), StatusCode::kUnavailable) << written.status().message();
}

INSTANTIATE_TEST_SUITE_P(WithAndWithoutTls, ReceiverConnectionTest, testing::Bool(),
                         [](const auto& tls) { return tls.param ? "Tls" : "Plain"; });

TEST(PlainReceiverConnectionTest, StopsWritingWhenThePeerSpeaks) {
  ScriptedReceiver receiver;
  receiver.Then({.run =
                     [](ScriptedConnection& connection) {
                       connection.Send("no more");
                       connection.WaitForClose();
                     },
                 .reads_request = false});
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::hours(1);
  auto connection = ReceiverConnection::Open({.host = "127.0.0.1", .port = receiver.port()}, deadline);
  ASSERT_TRUE(connection.ok());
  EXPECT_EQ(*(*connection)->Write(std::string(std::size_t{64} << 20, 'x'), deadline), Written::kAnswered);
}

}  // namespace
}  // namespace streamhouse::exporters
