#include "apps/top/target_addresses.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>

#include "metrics_core/host_port.h"
#include "metrics_core/sockets/socket_address.h"
#include "metrics_core/status.h"
#include "tests/apps/top/test_names.h"

namespace streamhouse::apps {
namespace {

namespace asio = boost::asio;
using metrics::Result;
using metrics::StatusCode;
using Endpoints = TargetAddresses::Endpoints;

constexpr std::chrono::seconds kLong{30};
constexpr std::chrono::milliseconds kShort{50};
constexpr std::uint16_t kPort = 8080;

class TargetAddressesTest : public testing::Test {
 protected:
  Result<Endpoints> Find(TargetAddresses& addresses, std::chrono::milliseconds time = kLong) {
    std::optional<Result<Endpoints>> found;
    const auto find = [&]() -> asio::awaitable<void> {
      found = co_await addresses.Find(std::chrono::steady_clock::now() + time);
      context_.stop();
    };
    asio::co_spawn(context_, find, asio::detached);
    context_.run();
    context_.restart();
    return *found;
  }

  // The first address; "" where there is none.
  std::string First(TargetAddresses& addresses) {
    const Result<Endpoints> found = Find(addresses);
    if (!found.ok()) return "";
    asio::ip::tcp::endpoint first;
    std::memcpy(first.data(), found.value().front().data(), found.value().front().size());
    return first.address().to_string();
  }

  asio::io_context context_;
  TestNames names_;
};

TEST_F(TargetAddressesTest, AreNotLookedUpForAnAddressInDigits) {
  TargetAddresses four(metrics::HostPort{.host = "127.0.0.2", .port = kPort});
  TargetAddresses six(metrics::HostPort{.host = "::1", .port = kPort});
  EXPECT_EQ(First(four), "127.0.0.2");
  EXPECT_EQ(First(six), "::1");
}

TEST_F(TargetAddressesTest, AreNotLookedUpForAUnixSocket) {
  TargetAddresses addresses(metrics::UnixSocket{.path = "/run/a.sock"});
  const Result<Endpoints> found = Find(addresses);
  EXPECT_EQ(found.value().front().protocol().family(), AF_UNIX);
  EXPECT_STREQ(found.value().front().data()->sa_data, "/run/a.sock");
}

TEST_F(TargetAddressesTest, AreAskedForOnceForAKnownName) {
  TargetAddresses addresses(metrics::HostPort{.host = "a.test", .port = kPort});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(First(addresses), "127.0.0.1");
  EXPECT_EQ(names_.Asked("a.test"), 1);
}

TEST_F(TargetAddressesTest, AreAskedForAgainWhenTheyWereForgotten) {
  TargetAddresses addresses(metrics::HostPort{.host = "a.test", .port = kPort});
  EXPECT_EQ(First(addresses), "127.0.0.1");
  addresses.Forget();
  EXPECT_EQ(First(addresses), "127.0.0.1");
  EXPECT_EQ(names_.Asked("a.test"), 2);
}

TEST_F(TargetAddressesTest, AreNotAskedForTwiceForASlowName) {
  TargetAddresses addresses(metrics::HostPort{.host = "slow.test", .port = kPort});
  for (int i = 0; i < 3; ++i) {
    const Result<Endpoints> found = Find(addresses, kShort);
    EXPECT_EQ(found.status().code(), StatusCode::kDeadlineExceeded);
    EXPECT_EQ(found.status().message(), "its name is not found in time");
  }
  names_.Release();
  EXPECT_EQ(First(addresses), "127.0.0.1");
  EXPECT_EQ(names_.Asked("slow.test"), 1);
}

TEST_F(TargetAddressesTest, AreFoundBesideASlowName) {
  TargetAddresses slow(metrics::HostPort{.host = "slow.test", .port = kPort});
  TargetAddresses other(metrics::HostPort{.host = "a.test", .port = kPort});
  EXPECT_FALSE(Find(slow, kShort).ok());
  EXPECT_EQ(First(other), "127.0.0.1");
  names_.Release();
}

TEST_F(TargetAddressesTest, SayWhyThereAreNoneAndAreAskedForAgain) {
  TargetAddresses addresses(metrics::HostPort{.host = "lost.test", .port = kPort});
  for (int asked = 1; asked < 3; ++asked) {
    EXPECT_EQ(Find(addresses).status().message(), "Host not found (authoritative)");
    EXPECT_EQ(names_.Asked("lost.test"), asked);
  }
}

// The outcome of the look-up comes when there is nothing left that it could be told.
TEST_F(TargetAddressesTest, MayEndWhileALookUpIsPending) {
  {
    TargetAddresses addresses(metrics::HostPort{.host = "slow.test", .port = kPort});
    EXPECT_FALSE(Find(addresses, kShort).ok());
    names_.Release();
  }
  context_.run();
  EXPECT_EQ(names_.Asked("slow.test"), 1);
}

}  // namespace
}  // namespace streamhouse::apps
