#include "apps/top/read_program.h"

#include <gtest/gtest.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/error_code.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "apps/top/target.h"
#include "apps/top/target_addresses.h"
#include "exporters/http/metrics_server.h"
#include "metrics_core/health.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"
#include "tests/apps/top/test_names.h"
#include "tests/support/held_port.h"

namespace streamhouse::apps {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using metrics::Result;
using metrics::Status;
using metrics::StatusCode;

constexpr auto kOutcome = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::seconds kLong{30};
constexpr std::chrono::milliseconds kShort{200};

class ReadProgramTest : public testing::Test {
 protected:
  Result<Reading> Read(const std::string& url, std::chrono::milliseconds time = kLong) {
    TargetAddresses addresses(ParseTarget(url).value().address);
    return Read(url, addresses, time);
  }

  Result<Reading> Read(const std::string& url, TargetAddresses& addresses, std::chrono::milliseconds time = kLong) {
    const Target target = ParseTarget(url).value();
    const Access access;
    std::optional<Result<Reading>> outcome;
    const auto read = [&]() -> asio::awaitable<void> {
      outcome = co_await ReadProgram(target, access, addresses, time);
      context_.stop();
    };
    asio::co_spawn(context_, read, asio::detached);
    context_.run();
    context_.restart();
    return *outcome;
  }

  // The URL of a server that gives this response, and then closes the connection, waits, or says
  // its last line again and again. It has no /ready.
  enum class AtTheEnd { kClose, kStay, kRepeat };
  enum class Sending { kAtOnce, kByteByByte };
  std::string Answering(std::string response, AtTheEnd end = AtTheEnd::kClose, Sending sending = Sending::kAtOnce) {
    return "127.0.0.1:" + std::to_string(PortAnswering(std::move(response), end, sending));
  }

  std::uint16_t PortAnswering(std::string response, AtTheEnd end = AtTheEnd::kClose,
                              Sending sending = Sending::kAtOnce) {
    asio::co_spawn(context_, Serve(std::move(response), end, sending), asio::detached);
    return acceptor_.local_endpoint().port();
  }

  std::string Refusal(std::string response) { return Read(Answering(std::move(response))).status().message(); }

  asio::io_context context_;

 private:
  asio::awaitable<void> Serve(std::string response, AtTheEnd end, Sending sending) {
    while (true) {
      auto [error, connection] = co_await acceptor_.async_accept(kOutcome);
      if (error) co_return;
      asio::co_spawn(context_, Respond(std::move(connection), response, end, sending), asio::detached);
    }
  }

  static asio::awaitable<void> Respond(tcp::socket connection, std::string response, AtTheEnd end, Sending sending) {
    std::string request(4096, '\0');
    co_await connection.async_read_some(asio::buffer(request), kOutcome);
    if (request.starts_with("GET /ready ")) {
      response = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
      end = AtTheEnd::kClose;
    }
    const std::size_t piece = sending == Sending::kAtOnce ? response.size() : 1;
    boost::system::error_code error;
    std::size_t written = 0;
    for (std::size_t at = 0; at < response.size() && !error; at += piece) {
      std::tie(error, written) = co_await asio::async_write(connection, asio::buffer(&response[at], piece), kOutcome);
    }
    const std::string line = response.substr(response.rfind("\r\n") + 2);
    while (!error && end == AtTheEnd::kRepeat) {
      std::tie(error, written) = co_await asio::async_write(connection, asio::buffer(line), kOutcome);
    }
    if (end == AtTheEnd::kStay) co_await connection.async_read_some(asio::buffer(request), kOutcome);
  }

  tcp::acceptor acceptor_{context_, tcp::endpoint(asio::ip::make_address("127.0.0.1"), 0)};
};

std::string Ok(std::string_view body) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

// A server of ours.
class OwnServerTest : public ReadProgramTest {
 protected:
  OwnServerTest() { EXPECT_TRUE(server_.Start().ok()); }
  ~OwnServerTest() override { server_.Stop(); }

  std::string Url() const { return "127.0.0.1:" + std::to_string(server_.port()); }

  metrics::Registry registry_;
  metrics::Health health_;
  exporters::MetricsServer server_{registry_, health_, {.host = "127.0.0.1", .port = 0}};
};

TEST_F(OwnServerTest, IsReadWithItsReadiness) {
  registry_.AddCounter({.name = "a_total", .help = "a"})->With().Increment(3);
  const Result<Reading> reading = Read(Url());
  ASSERT_TRUE(reading.ok()) << reading.status().message();
  EXPECT_EQ(reading.value().page.numbers.at("a_total").at({}), 3);
  EXPECT_EQ(reading.value().readiness, Readiness::kReady);
  EXPECT_GT(reading.value().page_bytes, 20U);
  EXPECT_GT(reading.value().scrape_time.count(), 0);
}

TEST_F(OwnServerTest, TellsWhyItIsNotReady) {
  const auto check = health_.Add("disk", [] { return Status(StatusCode::kUnavailable, "full"); });
  const Result<Reading> reading = Read(Url());
  ASSERT_TRUE(reading.ok()) << reading.status().message();
  EXPECT_EQ(reading.value().readiness, Readiness::kNotReady);
  EXPECT_NE(reading.value().not_ready_because.find("disk: full"), std::string::npos)
      << reading.value().not_ready_because;
}

TEST_F(OwnServerTest, IsNotReadWhereItHasNoPage) {
  EXPECT_EQ(Read(Url() + "/nowhere").status().message(), "HTTP 404");
}

TEST_F(ReadProgramTest, SaysWhyThereIsNoConnection) {
  const HeldPort closed;
  EXPECT_EQ(Read("127.0.0.1:" + std::to_string(closed.number())).status().message(), "Connection refused");
  EXPECT_EQ(Read(Answering("")).status().message(), "it closed the connection before the end of its response");
}

// A target by a name that the test looks up.
class NamedProgramTest : public ReadProgramTest {
 protected:
  Result<Reading> ReadAt(std::uint16_t port) {
    const Target target = ParseTarget("a.test:" + std::to_string(port)).value();
    if (!addresses_) addresses_.emplace(target.address);
    return Read(target.url, *addresses_);
  }

  TestNames names_;

 private:
  std::optional<TargetAddresses> addresses_;
};

TEST_F(NamedProgramTest, IsLookedUpOnceWhileItAnswers) {
  const std::uint16_t port = PortAnswering(Ok("a 1\n"));
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(ReadAt(port).ok());
  EXPECT_EQ(names_.Asked("a.test"), 1);
}

TEST_F(NamedProgramTest, IsLookedUpAgainAfterARefusedConnection) {
  const HeldPort closed;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(ReadAt(closed.number()).status().message(), "Connection refused");
  EXPECT_EQ(names_.Asked("a.test"), 3);
}

TEST_F(NamedProgramTest, IsLookedUpAgainAfterAResponseThatIsNoPage) {
  const std::uint16_t port = PortAnswering(Ok("?\n"));
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(ReadAt(port).ok());
  EXPECT_EQ(names_.Asked("a.test"), 3);
}

TEST_F(ReadProgramTest, ReadsAProgramThatSaysNothingOfItsReadiness) {
  const Result<Reading> reading = Read(Answering(Ok("a 1\n")));
  ASSERT_TRUE(reading.ok()) << reading.status().message();
  EXPECT_EQ(reading.value().readiness, Readiness::kUnknown);
}

TEST_F(ReadProgramTest, ReadsAPageInChunksThatComesByteByByte) {
  const std::string page = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\na \r\n2\r\n1\n\r\n0\r\n\r\n";
  const Result<Reading> reading = Read(Answering(page, AtTheEnd::kStay, Sending::kByteByByte));
  ASSERT_TRUE(reading.ok()) << reading.status().message();
  EXPECT_EQ(reading.value().page.numbers.at("a").at({}), 1);
}

TEST_F(ReadProgramTest, EndsAtTheDeadline) {
  const auto begin = std::chrono::steady_clock::now();
  const Result<Reading> reading = Read(Answering("HTTP/1.1 200 OK\r\n", AtTheEnd::kStay), kShort);
  EXPECT_EQ(reading.status().code(), StatusCode::kDeadlineExceeded);
  EXPECT_EQ(reading.status().message(), "no response in time");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, kLong);
}

TEST_F(ReadProgramTest, RefusesAResponseThatBreaksOff) {
  EXPECT_EQ(Refusal("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\na 1\n"),
            "it closed the connection before the end of its response");
}

TEST_F(ReadProgramTest, RefusesAResponseThatIsNotHttp) {
  EXPECT_TRUE(Refusal("SSH-2.0-OpenSSH_9.2\r\n").starts_with("it does not speak HTTP: ")) << Refusal("SSH-2.0\r\n");
}

TEST_F(ReadProgramTest, RefusesAPageThatIsNone) {
  EXPECT_EQ(Refusal(Ok("<html>\x1B[2J\n")), "line 1 is no line of Prometheus text: it has no metric name");
}

TEST_F(ReadProgramTest, NamesTheFlagsWhereAPasswordIsMissing) {
  EXPECT_EQ(Refusal("HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n"), "HTTP 401 (--user, --password-file)");
}

TEST_F(ReadProgramTest, FollowsNoRedirect) {
  EXPECT_EQ(Refusal("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"), "HTTP 302");
}

TEST_F(ReadProgramTest, StopsReadingAPageThatNeverEnds) {
  const std::string comment = "# " + std::string(60'000, '-') + "\n";
  const Result<Reading> reading = Read(Answering("HTTP/1.1 200 OK\r\n\r\n" + comment, AtTheEnd::kRepeat));
  ASSERT_TRUE(reading.ok()) << reading.status().message();
  EXPECT_TRUE(reading.value().page.is_cut);
  EXPECT_EQ(reading.value().page_bytes, kPageLimits.bytes_max);
}

}  // namespace
}  // namespace streamhouse::apps
