#include "exporters/http/session.h"

#include <gtest/gtest.h>
#include <malloc.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "exporters/http/server_metrics.h"
#include "metrics_core/registry.h"
#include "metrics_core/testing/metric_reader.h"
#include "tests/exporters/support/memory_connection.h"

namespace streamhouse::exporters {
namespace {

// A page of so many bytes, in whole chunks.
class LongPage : public PageSource {
 public:
  LongPage(std::size_t bytes, Progress end, std::function<void()> gone)
      : bytes_(bytes), end_(end), gone_(std::move(gone)) {}
  ~LongPage() override { gone_(); }
  Progress Fill(PageChunk& chunk) override {
    for (; bytes_ > 0; --bytes_) {
      if (!chunk.Append("x")) return Progress::kMore;
    }
    return end_;
  }

 private:
  std::size_t bytes_;
  const Progress end_;
  const std::function<void()> gone_;
};

class SessionTest : public testing::Test {
 protected:
  void TearDown() override {
    session_->Abort();
    peer_.Run();
    EXPECT_EQ(session_.use_count(), 1) << "something still holds the session";
  }
  // Serves what the peer sends until nothing more can happen.
  void Serve(const std::string& bytes) {
    peer_.to_server = bytes;
    Session::AnswerRequest handle = [this](const Request& request, const Session::Respond& respond) {
      if (!answers_later_) return respond(Answer(request));
      answer_ = [this, request, respond] { respond(Answer(request)); };
    };
    session_ = std::make_shared<Session>(std::make_unique<MemoryConnection>(peer_), std::move(handle), limits_,
                                         headers_, metrics_, [this](Session&) { ++closed_; });
    session_->Start();
    peer_.Run();
  }
  Response Answer(const Request& request) {
    requests_ += std::string(request.method) + " " + std::string(request.target) + "\n";
    Response response;
    if (request.target == "/page") {
      response.page =
          std::make_unique<LongPage>(page_bytes_, page_end_, [this] { sent_when_page_went_ = peer_.from_server; });
      response.page_time = page_time_;
    } else {
      response.body = "small";
    }
    return response;
  }
  // What was sent, without the headers' text.
  std::string Body() const { return peer_.from_server.substr(peer_.from_server.find("\r\n\r\n") + 4); }
  bool Sent(std::string_view text) const { return peer_.from_server.find(text) != std::string::npos; }

  // How often the limit was reached.
  double Reached(std::string_view limit) {
    const metrics::testing::MetricReader reader(registry_);
    return reader.Value("streamhouse_exporter_limits_reached_total", {{"limit", limit}}).value();
  }
  double Connections() {
    return metrics::testing::MetricReader(registry_).Value("streamhouse_exporter_connections").value();
  }

  const std::vector<std::pair<std::string, std::string>> headers_ = {{"X-Frame-Options", "deny"}};
  const Limits limits_ = {.head_time = std::chrono::milliseconds(1),
                          .idle_time = std::chrono::milliseconds(2),
                          .write_time = std::chrono::milliseconds(3)};
  metrics::Registry registry_;
  const ServerMetrics metrics_ = ServerMetrics::Register(registry_).value();
  MemoryPeer peer_;
  std::shared_ptr<Session> session_;
  std::string requests_;
  std::size_t page_bytes_ = 100;
  PageSource::Progress page_end_ = PageSource::Progress::kEnd;
  std::chrono::milliseconds page_time_ = std::chrono::hours(1);
  std::string sent_when_page_went_;
  int closed_ = 0;
  bool answers_later_ = false;
  std::function<void()> answer_;  // gives the response that is still to come
};

constexpr const char* kGetSmall = "GET /small HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr const char* kGetPage = "GET /page HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr const char* kHeadPage = "HEAD /page HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr const char* kGetPageOld = "GET /page HTTP/1.0\r\n\r\n";

TEST_F(SessionTest, AnswersAndWaitsForMore) {
  Serve(kGetSmall);
  EXPECT_EQ(requests_, "GET /small\n");
  EXPECT_TRUE(Sent("\r\nContent-Length: 5\r\n"));
  EXPECT_EQ(Body(), "small");
  EXPECT_EQ(closed_, 0);
}

TEST_F(SessionTest, AnswersInOrderWhatWasSentAhead) {
  Serve(std::string(kGetSmall) + kHeadPage + kGetSmall);
  EXPECT_EQ(requests_, "GET /small\nHEAD /page\nGET /small\n");
}

TEST_F(SessionTest, GivesTheLengthOfAPageOfOneChunk) {
  Serve(kGetPage);
  EXPECT_TRUE(Sent("\r\nContent-Length: 100\r\n"));
  EXPECT_EQ(Body(), std::string(100, 'x'));
}

TEST_F(SessionTest, SendsALongPageInChunks) {
  page_bytes_ = kPageChunkBytes + 3;
  Serve(kGetPage);
  EXPECT_TRUE(Sent("\r\nTransfer-Encoding: chunked\r\n"));
  EXPECT_EQ(Body(), "10000\r\n" + std::string(kPageChunkBytes, 'x') + "\r\n3\r\nxxx\r\n0\r\n\r\n");
}

TEST_F(SessionTest, EndsAPageOfWholeChunksOnce) {
  page_bytes_ = kPageChunkBytes;
  Serve(kGetPage);
  EXPECT_TRUE(Sent("\r\nContent-Length: 65536\r\n"));
  EXPECT_EQ(Body(), std::string(kPageChunkBytes, 'x'));
}

TEST_F(SessionTest, HoldsOneChunkAtATime) {
  page_bytes_ = 100 * kPageChunkBytes;
  Serve(kGetPage);
  EXPECT_GT(peer_.from_server.size(), page_bytes_);
  EXPECT_LT(peer_.largest_write, kPageChunkBytes + 1000);
}

TEST_F(SessionTest, ClosesAfterALongPageForOldClients) {
  page_bytes_ = kPageChunkBytes + 3;
  Serve(kGetPageOld);
  EXPECT_TRUE(Sent("\r\nConnection: close\r\n"));
  EXPECT_FALSE(Sent("Transfer-Encoding"));
  EXPECT_EQ(Body(), std::string(page_bytes_, 'x'));
  EXPECT_TRUE(peer_.sending_shut_down);
}

TEST_F(SessionTest, SendsNoBodyToHead) {
  Serve(std::string(kHeadPage) + "HEAD /small HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(Sent("\r\nContent-Length: 5\r\n"));
  EXPECT_TRUE(peer_.from_server.ends_with("\r\n\r\n"));
  EXPECT_FALSE(Sent("x\r\n")) << peer_.from_server;
}

TEST_F(SessionTest, SendsNoBodyToHeadThatItRefuses) {
  Serve("HEAD / HTTP/1.1\r\n\r\n");
  EXPECT_TRUE(Sent("HTTP/1.1 400 Bad Request\r\n"));
  EXPECT_TRUE(Sent("\r\nContent-Length: 16\r\n"));
  EXPECT_EQ(Body(), "");
}

TEST_F(SessionTest, AddsItsHeadersToEveryResponse) {
  for (const char* request : {"GET /small HTTP/1.1\r\nHost: a\r\n\r\n", "nonsense\r\n\r\n"}) {
    Serve(request);
    EXPECT_TRUE(Sent("\r\nX-Frame-Options: deny\r\n")) << request;
    session_->Abort();
    peer_.Run();
  }
}

TEST_F(SessionTest, RefusesAndHearsTheClientOut) {
  peer_.has_ended = true;
  Serve("nonsense\r\n\r\n" + std::string(1000, 'x'));
  EXPECT_TRUE(peer_.from_server.starts_with("HTTP/1.1 400 Bad Request\r\n"));
  EXPECT_EQ(Body(), "400 Bad Request\n");
  EXPECT_EQ(peer_.to_server, "");
  EXPECT_FALSE(peer_.aborted) << "the response would be lost";
  EXPECT_EQ(closed_, 1);
}

TEST_F(SessionTest, LimitsWhatItReadsOfAClientThatItRefuses) {
  Serve("nonsense\r\n\r\n" + std::string(10'000'000, 'x'));
  EXPECT_GT(peer_.to_server.size(), 9'000'000U);
  EXPECT_EQ(closed_, 1);
}

TEST_F(SessionTest, LimitsTheTimeOfEachStep) {
  using std::chrono::milliseconds;
  Serve(kGetSmall);
  EXPECT_EQ(peer_.time_limits, (std::vector<milliseconds>{limits_.head_time, limits_.write_time, limits_.idle_time}));
}

TEST_F(SessionTest, LimitsTheTimeOfEachChunkOfAPage) {
  using std::chrono::milliseconds;
  Serve(kGetPage);
  EXPECT_EQ(peer_.time_limits, (std::vector<milliseconds>{limits_.head_time, limits_.write_time, limits_.idle_time}));
}

TEST_F(SessionTest, LetsGoOfAPageBeforeItsEndIsSent) {
  Serve(kGetPage);
  EXPECT_EQ(sent_when_page_went_, "") << "what it holds was in the way of the next page";
}

TEST_F(SessionTest, HoldsNoChunkWhileItWaits) {
  const std::size_t before = mallinfo2().uordblks;
  Serve(kGetPage);
  EXPECT_EQ(Body(), std::string(page_bytes_, 'x'));
  EXPECT_LT(mallinfo2().uordblks, before + kPageChunkBytes);
}

TEST_F(SessionTest, DoesNotGiveMoreTimeForEachPieceOfARequest) {
  peer_.bytes_a_read = 1;
  Serve(std::string(kGetSmall) + "GET");
  const std::vector<std::chrono::milliseconds> once_each = {limits_.head_time, limits_.write_time, limits_.idle_time,
                                                            limits_.head_time};
  EXPECT_EQ(peer_.time_limits, once_each);
}

TEST_F(SessionTest, EndsWithItsClient) {
  peer_.has_ended = true;
  Serve(kGetSmall);
  EXPECT_EQ(Body(), "small");
  EXPECT_EQ(closed_, 1);
  EXPECT_TRUE(peer_.closed);
}

TEST_F(SessionTest, EndsWhenAborted) {
  Serve(kGetSmall);
  session_->Abort();
  peer_.Run();
  EXPECT_TRUE(peer_.aborted);
  EXPECT_EQ(closed_, 1);
}

TEST_F(SessionTest, SurvivesTheFailureOfAnyOperation) {
  page_bytes_ = 3 * kPageChunkBytes;
  int failing = 0;
  bool failed = true;
  for (; failed; ++failing) {
    peer_ = {};
    closed_ = 0;
    peer_.has_ended = true;
    peer_.operations_until_failure = failing;
    Serve(std::string(kGetPage) + "nonsense\r\n\r\n");
    ASSERT_EQ(closed_, 1) << failing;
    ASSERT_TRUE(peer_.closed) << failing;
    failed = peer_.operations_until_failure < 0;
  }
  EXPECT_GT(failing, 6);
}

TEST_F(SessionTest, AbortsAPageThatCannotBeSentWhole) {
  page_bytes_ = 3 * kPageChunkBytes;
  peer_.operations_until_failure = 2;
  Serve(kGetPage);
  EXPECT_TRUE(peer_.aborted);
}

TEST_F(SessionTest, AbortsAPageThatFailsMidway) {
  page_bytes_ = kPageChunkBytes + 3;
  page_end_ = PageSource::Progress::kFailed;
  Serve(kGetPage);
  EXPECT_TRUE(peer_.aborted);
  EXPECT_FALSE(Sent("\r\n0\r\n"));
}

TEST_F(SessionTest, Sends500WhenAPageFailsBeforeItsFirstByte) {
  page_end_ = PageSource::Progress::kFailed;
  Serve(kGetPage);
  EXPECT_TRUE(peer_.from_server.starts_with("HTTP/1.1 500 Internal Server Error\r\n"));
  EXPECT_EQ(Body(), "500 Internal Server Error\n");
}

TEST_F(SessionTest, GivesUpAPageWhoseTimeIsOver) {
  page_time_ = std::chrono::milliseconds(0);
  Serve(kGetPage);
  EXPECT_TRUE(peer_.aborted);
  EXPECT_EQ(Reached("page_time"), 1);
}

TEST_F(SessionTest, CountsClientsThatAreTooSlow) {
  peer_.operations_until_failure = 0;
  peer_.failure = boost::asio::error::timed_out;
  Serve(kGetSmall);
  EXPECT_EQ(Reached("head_time"), 1);
}

TEST_F(SessionTest, CountsClientsThatDoNotRead) {
  peer_.operations_until_failure = 1;
  peer_.failure = boost::asio::error::timed_out;
  Serve(kGetSmall);
  EXPECT_EQ(Reached("write_time"), 1);
}

TEST_F(SessionTest, CountsClientsThatStayIdle) {
  peer_.operations_until_failure = 2;
  peer_.failure = boost::asio::error::timed_out;
  Serve(kGetSmall);
  EXPECT_EQ(Reached("idle_time"), 1);
}

TEST_F(SessionTest, CountsClientsThatSendTooMuch) {
  Serve("GET /" + std::string(limits_.target_bytes, 'x') + " HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(Reached("target_bytes"), 1);
  EXPECT_EQ(Reached("head_bytes"), 0);
}

TEST_F(SessionTest, CountsOpenConnections) {
  peer_.has_ended = true;
  Serve("");
  EXPECT_EQ(Connections(), 0);
  peer_ = {};
  Serve("");
  EXPECT_EQ(Connections(), 1);
}

TEST_F(SessionTest, WaitsForAResponseThatComesLater) {
  answers_later_ = true;
  Serve(kGetSmall);
  EXPECT_EQ(peer_.from_server, "");
  EXPECT_FALSE(session_->is_waiting()) << "not for its client";
  std::exchange(answer_, nullptr)();
  peer_.Run();
  EXPECT_EQ(Body(), "small");
}

TEST_F(SessionTest, SurvivesAResponseThatComesAfterTheClientHasGone) {
  answers_later_ = true;
  Serve(kGetSmall);
  session_->Abort();
  std::exchange(answer_, nullptr)();
  peer_.Run();
  EXPECT_EQ(closed_, 1);
}

TEST_F(SessionTest, WaitsWhenNothingIsBeingSent) {
  Serve("GET /sm");
  EXPECT_TRUE(session_->is_waiting());
}

}  // namespace
}  // namespace streamhouse::exporters
