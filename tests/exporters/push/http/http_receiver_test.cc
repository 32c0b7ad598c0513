#include "exporters/push/http/http_receiver.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <memory>
#include <string>
#include <utility>

#include "exporters/encoding/page_chunk.h"
#include "metrics_core/sockets/socket_address.h"
#include "metrics_core/status.h"
#include "tests/exporters/support/certificates.h"
#include "tests/exporters/support/command.h"
#include "tests/exporters/support/scripted_receiver.h"
#include "tests/support/held_port.h"

namespace streamhouse::exporters {
namespace {

using metrics::Result;
using metrics::Status;
using metrics::StatusCode;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::chrono::hours kPatient{1};

// Chunks of "x", and then an end.
class Chunks : public PageSource {
 public:
  Chunks(int count, Progress end) : count_(count), end_(end) {}
  Progress Fill(PageChunk& chunk) override {
    chunk.Append("x");
    return --count_ > 0 ? Progress::kMore : end_;
  }

 private:
  int count_;
  const Progress end_;
};

class HttpReceiverTest : public testing::Test {
 protected:
  Result<HttpResponse> Send(std::string_view body = "body") { return Send({.path = "/push", .body = body}); }
  Result<HttpResponse> Send(const HttpRequest& request, milliseconds time = kPatient) {
    return receiver_.Send(request, steady_clock::now() + time);
  }
  Status Failure(milliseconds time = kPatient) { return Send({.path = "/push", .body = "body"}, time).status(); }

  ScriptedReceiver far_;
  HttpReceiver receiver_{{.address = {.host = "127.0.0.1", .port = far_.port()}}};
};

TEST_F(HttpReceiverTest, SendsWhatItIsGiven) {
  ASSERT_TRUE(Send({.method = "PUT",
                    .path = "/a%20b",
                    .content_type = "text/plain",
                    .content_encoding = "gzip",
                    .fields = {{"X-Version", "2"}},
                    .body = "body"})
                  .ok());
  const ReceivedRequest request = far_.requests().at(0);
  EXPECT_EQ(request.method + " " + request.path + " " + request.body, "PUT /a%20b body");
  EXPECT_EQ(request.Header("host"), "127.0.0.1:" + std::to_string(far_.port()));
  EXPECT_EQ(request.Header("user-agent"), "streamhouse/0.1.0");
  EXPECT_EQ(request.Header("content-type"), "text/plain");
  EXPECT_EQ(request.Header("content-encoding"), "gzip");
  EXPECT_EQ(request.Header("x-version"), "2");
  EXPECT_EQ(receiver_.body_bytes(), 4U);
}

TEST_F(HttpReceiverTest, GivesBackTheResponseOfAnyStatus) {
  far_.Then(Respond(302, "Location: /elsewhere\r\nRetry-After: 7\r\n", "moved\nfor good"));
  const Result<HttpResponse> response = Send();
  ASSERT_TRUE(response.ok());
  EXPECT_EQ(response->status, 302U);
  EXPECT_EQ(response->body, "moved\nfor good");
  EXPECT_EQ(response->excerpt, "moved");
  EXPECT_EQ(response->retry_after, std::chrono::seconds(7));
  EXPECT_EQ(far_.requests().size(), 1U) << "a redirect is not followed";
}

TEST_F(HttpReceiverTest, SendsAPageInChunks) {
  const auto page = [] { return std::make_unique<Chunks>(3, PageSource::Progress::kEnd); };
  ASSERT_TRUE(Send({.path = "/", .make_body = page}).ok());
  EXPECT_EQ(far_.requests().at(0).body, "xxx");
  EXPECT_EQ(far_.requests().at(0).Header("transfer-encoding"), "chunked");
  EXPECT_EQ(receiver_.body_bytes(), 3U);
}

TEST_F(HttpReceiverTest, LetsNoPartOfAPageThatFailsPassForTheWhole) {
  const auto page = [] { return std::make_unique<Chunks>(2, PageSource::Progress::kFailed); };
  EXPECT_EQ(Send({.path = "/", .make_body = page}).status().code(), StatusCode::kInternal);
  ASSERT_TRUE(Send().ok());
  EXPECT_EQ(far_.requests().at(0).body, "body");
}

TEST_F(HttpReceiverTest, KeepsTheConnection) {
  ASSERT_TRUE(Send("1").ok());
  ASSERT_TRUE(Send("2").ok());
  EXPECT_EQ(far_.connections(), 1U);
}

TEST_F(HttpReceiverTest, ConnectsAgainWhereTheConnectionWasQuietForLong) {
  HttpReceiver receiver({.address = {.host = "127.0.0.1", .port = far_.port()}, .quiet_time_max = milliseconds(0)});
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(receiver.Send({.path = "/"}, steady_clock::now() + kPatient).ok());
  EXPECT_EQ(far_.connections(), 2U);
}

TEST_F(HttpReceiverTest, ConnectsAgainWhereTheReceiverHasClosed) {
  far_.Then(RespondAndClose(200)).Then(RespondAndClose(200, "Connection: close\r\n"));
  for (const char* const body : {"1", "2", "3"}) ASSERT_TRUE(Send(body).ok());
  EXPECT_EQ(far_.connections(), 3U);
  EXPECT_EQ(far_.requests().size(), 3U);
}

// Method: the receiver closes the moment it has read the second request.
TEST_F(HttpReceiverTest, SendsAgainOnceWhereAReusedConnectionCloses) {
  far_.Then(Respond(200)).Then(SendAndReset(""));
  ASSERT_TRUE(Send("1").ok());
  ASSERT_TRUE(Send("2").ok());
  EXPECT_EQ(far_.connections(), 2U);
  EXPECT_EQ(far_.requests().at(2).body, "2");
}

TEST_F(HttpReceiverTest, SendsAgainNoMoreThanOnce) {
  far_.Then(Respond(200)).Then(SendAndClose("")).Then(SendAndClose(""));
  ASSERT_TRUE(Send("1").ok());
  EXPECT_EQ(Send("2").status().code(), StatusCode::kUnavailable);
  EXPECT_EQ(far_.requests().size(), 3U);
}

TEST_F(HttpReceiverTest, DoesNotSendAgainWhereTheConnectionIsNew) {
  far_.Then(SendAndReset(""));
  EXPECT_EQ(Failure().code(), StatusCode::kUnavailable);
  EXPECT_EQ(far_.requests().size(), 1U);
}

TEST_F(HttpReceiverTest, DoesNotSendAgainWhereTheResponseHadBegun) {
  far_.Then(Respond(200)).Then(SendAndReset("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"));
  ASSERT_TRUE(Send("1").ok());
  EXPECT_EQ(Send("2").status().code(), StatusCode::kUnavailable);
  EXPECT_EQ(far_.requests().size(), 2U);
}

TEST_F(HttpReceiverTest, SaysThatThereIsNoReceiver) {
  const HeldPort closed;
  HttpReceiver receiver({.address = {.host = "127.0.0.1", .port = closed.number()}});
  EXPECT_EQ(receiver.Send({.path = "/"}, steady_clock::now() + kPatient).status(),
            Status(StatusCode::kUnavailable, "cannot connect: Connection refused"));
}

TEST_F(HttpReceiverTest, SaysThatTheResponseIsNotHttp) {
  far_.Then(SendAndClose("SSH-2.0-OpenSSH_9.2\r\n"));
  EXPECT_EQ(Failure().code(), StatusCode::kDataLoss);
}

TEST_F(HttpReceiverTest, GivesUpAtItsDeadlineWhereNoResponseComes) {
  for (const char* const part : {"", "HTTP/1.1 200", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"}) {
    far_.Then(SendAndWait(part));
    EXPECT_EQ(Failure(milliseconds(50)), Status(StatusCode::kDeadlineExceeded, "the receiver takes too long"));
  }
}

TEST_F(HttpReceiverTest, GivesUpAtItsDeadlineWhereNothingIsRead) {
  far_.Then(ReadNothing());
  const std::string body(std::size_t{64} << 20, 'x');
  EXPECT_EQ(Send({.path = "/", .body = body}, milliseconds(200)).status().code(), StatusCode::kDeadlineExceeded);
}

TEST_F(HttpReceiverTest, EndsAResponseThatDoesNotEnd) {
  far_.Then({[](ScriptedConnection& connection) {
    connection.Send("HTTP/1.1 200 OK\r\n\r\n");
    connection.SendEndlessly(std::string(65536, 'x'));
  }});
  EXPECT_EQ(Failure(), Status(StatusCode::kResourceExhausted, "the response is too large"));
  EXPECT_TRUE(Send().ok()) << "on a new connection";
}

TEST_F(HttpReceiverTest, ReadsTheResponseOfAReceiverThatHasRefusedTheBody) {
  far_.Then({.run =
                 [](ScriptedConnection& connection) {
                   connection.Send("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n");
                   connection.WaitForClose();
                 },
             .reads_request = false});
  const std::string body(std::size_t{64} << 20, 'x');
  const Result<HttpResponse> response = Send({.path = "/", .body = body});
  ASSERT_TRUE(response.ok()) << response.status().message();
  EXPECT_EQ(response->status, 413U);
  EXPECT_TRUE(Send().ok()) << "on a new connection";
}

TEST_F(HttpReceiverTest, LeavesTheConnectionToTheParentOfAFork) {
  auto receiver =
      std::make_unique<HttpReceiver>(HttpReceiverOptions{.address = {.host = "127.0.0.1", .port = far_.port()}});
  ASSERT_TRUE(receiver->Send({.path = "/"}, steady_clock::now() + kPatient).ok());
  const pid_t child = fork();
  if (child == 0) {
    receiver.reset();
    _exit(0);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(receiver->Send({.path = "/"}, steady_clock::now() + kPatient).ok());
  EXPECT_EQ(far_.connections(), 1U);
}

class SecretTest : public HttpReceiverTest {
 protected:
  SecretTest() { Write("t0ken"); }
  void Write(std::string_view token) { std::ofstream(path_) << token; }
  Result<HttpResponse> AskWithToken() { return with_token_.Send({.path = "/"}, steady_clock::now() + kPatient); }

  const std::string path_ = TemporaryPath("token");
  HttpReceiver with_token_{
      {.address = {.host = "127.0.0.1", .port = far_.port()}, .credentials = {.bearer_file = path_}}};
};

TEST_F(SecretTest, IsReadForEachRequest) {
  ASSERT_TRUE(AskWithToken().ok());
  Write("n3w");
  ASSERT_TRUE(AskWithToken().ok());
  EXPECT_EQ(far_.requests().at(0).Header("authorization"), "Bearer t0ken");
  EXPECT_EQ(far_.requests().at(1).Header("authorization"), "Bearer n3w");
}

TEST_F(SecretTest, IsNotInTheExcerptOfAResponseThatRepeatsIt) {
  far_.Then(Respond(401, "", "unknown token t0ken")).Then(Respond(401, "", "unknown token"));
  EXPECT_EQ(AskWithToken()->excerpt, "its text repeats a secret");
  EXPECT_EQ(AskWithToken()->excerpt, "unknown token");
}

TEST_F(SecretTest, MayStandInTheQuery) {
  far_.Then(Respond(401, "", "unknown key k1abcdef"));
  const auto response = with_token_.Send({.path = "/?key=k1abcdef"}, steady_clock::now() + kPatient);
  EXPECT_EQ(response->excerpt, "its text repeats a secret");
}

TEST_F(SecretTest, AMissingFileFailsTheRequestBeforeItConnects) {
  std::remove(path_.c_str());
  EXPECT_EQ(AskWithToken().status(),
            Status(StatusCode::kFailedPrecondition, "cannot use " + path_ + ": No such file or directory"));
  EXPECT_EQ(far_.connections(), 0U);
}

class TlsReceiverTest : public testing::Test {
 protected:
  Result<HttpResponse> Send(const ScriptedReceiver& far, ReceiverTlsFiles files, std::string host = "localhost") {
    HttpReceiver receiver({.address = {.host = std::move(host), .port = far.port(), .tls = std::move(files)}});
    return receiver.Send({.path = "/", .body = "body"}, steady_clock::now() + kPatient);
  }

  const Certificate certificate_ = MakeCertificate("http_receiver");
  const Certificate other_ = MakeCertificate("http_receiver_other");
};

TEST_F(TlsReceiverTest, SpeaksToAReceiverThatItKnows) {
  const ScriptedReceiver far({.tls = &certificate_});
  for (const char* const host : {"localhost", "127.0.0.1"}) {
    const Result<HttpResponse> response = Send(far, {.ca = certificate_.file}, host);
    EXPECT_TRUE(response.ok()) << response.status().message();
  }
  EXPECT_EQ(far.requests().at(0).body, "body");
}

TEST_F(TlsReceiverTest, SendsNothingToOneThatItDoesNotKnow) {
  const ScriptedReceiver far({.tls = &certificate_});
  const std::string is_not_good = "the certificate of the receiver is not good: ";
  EXPECT_EQ(Send(far, {.ca = other_.file}).status(),
            Status(StatusCode::kFailedPrecondition, is_not_good + "self-signed certificate"));
  EXPECT_EQ(Send(far, {}).status().code(), StatusCode::kFailedPrecondition) << "unknown to the system";
  const ScriptedReceiver elsewhere({.host = "127.0.0.2", .tls = &certificate_});
  EXPECT_EQ(Send(elsewhere, {.ca = certificate_.file}, "127.0.0.2").status(),
            Status(StatusCode::kFailedPrecondition, is_not_good + "IP address mismatch"));
  EXPECT_EQ(far.requests().size() + elsewhere.requests().size(), 0U);
}

// Method: over a Unix socket, where the host is but the name that is expected.
TEST_F(TlsReceiverTest, SendsNothingToOneOfAnotherName) {
  const std::string path = "/tmp/http_receiver_test." + std::to_string(getpid());
  const ScriptedReceiver far({.socket = path, .tls = &certificate_});
  HttpReceiver receiver({.address = {.host = "other.example",
                                     .unix_socket = metrics::UnixSocket{.path = path},
                                     .tls = ReceiverTlsFiles{.ca = certificate_.file}}});
  EXPECT_EQ(receiver.Send({.path = "/"}, steady_clock::now() + kPatient).status(),
            Status(StatusCode::kFailedPrecondition, "the certificate of the receiver is not good: hostname mismatch"));
  EXPECT_EQ(far.requests().size(), 0U);
  unlink(path.c_str());
}

TEST_F(TlsReceiverTest, ShowsItsCertificate) {
  const ScriptedReceiver far({.tls = &certificate_, .clients = &other_});
  const Result<HttpResponse> response =
      Send(far, {.ca = certificate_.file, .certificate = other_.file, .key = other_.key_file});
  EXPECT_TRUE(response.ok()) << response.status().message();
}

TEST_F(TlsReceiverTest, SaysThatTheReceiverAsksForACertificate) {
  const ScriptedReceiver far({.tls = &certificate_, .clients = &other_});
  EXPECT_EQ(Send(far, {.ca = certificate_.file}).status(),
            Status(StatusCode::kFailedPrecondition, "TLS fails: tlsv13 alert certificate required"));
  EXPECT_EQ(far.requests().size(), 0U);
}

TEST_F(TlsReceiverTest, SaysThatTheReceiverHasNoTls) {
  ScriptedReceiver far;
  far.Then({.run =
                [](ScriptedConnection& connection) {
                  connection.Send("HTTP/1.1 400 Bad\r\n\r\n");
                  connection.Close();
                },
            .reads_request = false});
  EXPECT_EQ(Send(far, {.ca = certificate_.file}).status(),
            Status(StatusCode::kFailedPrecondition, "the receiver does not speak TLS"));
}

TEST_F(TlsReceiverTest, ConnectsAgainWhereTheReceiverHasClosed) {
  ScriptedReceiver far({.tls = &certificate_});
  far.Then(RespondAndClose(200));
  HttpReceiver receiver(
      {.address = {.host = "localhost", .port = far.port(), .tls = ReceiverTlsFiles{.ca = certificate_.file}}});
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(receiver.Send({.path = "/"}, steady_clock::now() + kPatient).ok());
  EXPECT_EQ(far.connections(), 2U);
}

TEST_F(TlsReceiverTest, GivesUpAHandshakeAtItsDeadline) {
  ScriptedReceiver far;
  far.Then(ReadNothing());
  HttpReceiver receiver({.address = {.host = "localhost", .port = far.port(), .tls = ReceiverTlsFiles()}});
  EXPECT_EQ(receiver.Send({.path = "/"}, steady_clock::now() + milliseconds(50)).status().code(),
            StatusCode::kDeadlineExceeded);
}

}  // namespace
}  // namespace streamhouse::exporters
