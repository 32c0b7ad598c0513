#include "metrics_core/sockets/socket_address.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <variant>

#include "metrics_core/status.h"

namespace streamhouse::metrics {
namespace {

std::string RoundTrip(std::string_view text) {
  const Result<SocketAddress> parsed = ParseSocketAddress(text);
  return parsed.ok() ? ToString(parsed.value()) : parsed.status().message();
}

UnixSocket Listening(std::string_view text) {
  return std::get<UnixSocket>(ParseListenAddress(text).value());
}

std::string Bad(std::string_view text) {
  return ParseListenAddress(text).status().message();
}

TEST(SocketAddressTest, AnAddressThatIsWrittenReadsBackTheSame) {
  for (const char* const text : {"127.0.0.1:9090", "[::1]:0", "unix:///run/app.sock", "unix:@app", "unix:///a%20b%3F",
                                 "unix:///with%3A/colon", "unix:@a%3A/b"}) {
    EXPECT_EQ(RoundTrip(text), text);
  }
}

TEST(SocketAddressTest, HasThePathDecoded) {
  EXPECT_EQ(Listening("unix:///run/a%3Fb").path, "/run/a?b");
  EXPECT_EQ(Listening("unix:@app").path, "@app");
  EXPECT_TRUE(Listening("unix:@app").is_abstract());
}

TEST(SocketAddressTest, ReadsModeOwnerAndGroupOfAUnixSocket) {
  EXPECT_EQ(Listening("unix:///s").mode, 0600U);
  const UnixSocket socket = Listening("unix:///s?mode=0660&owner=app&group=prometheus");
  EXPECT_EQ(socket.mode, 0660U);
  EXPECT_EQ(socket.owner + " " + socket.group, "app prometheus");
  EXPECT_EQ(Listening("unix:///s?mode=666").mode, 0666U);
}

TEST(SocketAddressTest, NamesTheBadPart) {
  const std::string form = " is not unix:///PATH with an absolute path, or unix:@NAME";
  for (const std::string text : {"unix:run/a", "unix:", "unix:/run/a", "unix://run/a"}) {
    EXPECT_EQ(Bad(text), '"' + text + '"' + form);
  }
  EXPECT_EQ(Bad("unix:///a%"), "\"unix:///a%\" has a '%' that is not followed by two hexadecimal digits");
  EXPECT_EQ(Bad("unix:///a%00"), "\"unix:///a%00\" is bad: path has a NUL");
  EXPECT_EQ(Bad("unix:@"), "\"unix:@\" is bad: path is neither an absolute path nor '@' and a name");
  EXPECT_EQ(Bad("nowhere"), "\"nowhere\" is not HOST:PORT with a port up to 65535");
}

TEST(SocketAddressTest, NamesABadPermission) {
  EXPECT_EQ(Bad("unix:///s?mode=rw"), "\"unix:///s?mode=rw\" is bad: mode must be octal, from 0 to 0777, such as 0660");
  EXPECT_EQ(Bad("unix:///s?mode=1777"),
            "\"unix:///s?mode=1777\" is bad: mode must be octal, from 0 to 0777, such as 0660");
  EXPECT_EQ(Bad("unix:///s?mode=0444"),
            "\"unix:///s?mode=0444\" is bad: mode lets no user write, which connecting takes");
  EXPECT_EQ(Bad("unix:///s?group="), "\"unix:///s?group=\" is bad: group is empty");
  EXPECT_EQ(Bad("unix:///s?user=a"), "\"unix:///s?user=a\" is bad: user is no option; there are mode, owner, group");
  EXPECT_EQ(Bad("unix:@s?mode=0660"),
            "\"unix:@s?mode=0660\" is bad: mode is for a socket file; an abstract name has no permissions");
}

TEST(SocketAddressTest, RefusesPermissionsOfAnAbstractName) {
  const std::string why = " is for a socket file; an abstract name has no permissions";
  for (const UnixSocket& socket : {UnixSocket{.path = "@s", .mode = 0660}, UnixSocket{.path = "@s", .owner = "app"},
                                   UnixSocket{.path = "@s", .group = "brokers"}}) {
    const Status refused = CheckUnixSocket(socket);
    EXPECT_EQ(refused.code(), StatusCode::kInvalidArgument);
    EXPECT_EQ(refused.message(), refused.field() + why);
  }
  EXPECT_EQ(CheckUnixSocket({.path = "@s", .owner = "app"}).field(), "owner");
  EXPECT_TRUE(CheckUnixSocket({.path = "@s"}).ok());
}

TEST(SocketAddressTest, TakesAsLongAPathAsTheSystem) {
  const std::string longest(kUnixPathBytesMax - 1, 'a');
  EXPECT_EQ(RoundTrip("unix:///" + longest), "unix:///" + longest);
  EXPECT_EQ(Bad("unix:///" + longest + "a"), "\"unix:///" + longest +
                                                 "a\" is bad: path has 108 bytes; the system takes at most 107 for a "
                                                 "Unix socket");
  EXPECT_EQ(RoundTrip("unix:@a" + longest), "unix:@a" + longest);
  EXPECT_NE(Bad("unix:@aa" + longest), "");
}

TEST(SocketAddressTest, RefusesPermissionsWhereAProgramConnects) {
  EXPECT_EQ(RoundTrip("unix:///s?mode=0660"),
            "\"unix:///s?mode=0660\" has options, which are for the program that listens; a '?' in the path is %3F");
}

TEST(SocketAddressTest, SplitsASocketFromThePathOfAProtocol) {
  EXPECT_EQ(SplitUnixUrl("unix:///run/a.sock:/job/b:/c").socket, "unix:///run/a.sock");
  EXPECT_EQ(SplitUnixUrl("unix:///run/a.sock:/job/b:/c").path, "/job/b:/c");
  EXPECT_EQ(SplitUnixUrl("unix:@a:/job").socket, "unix:@a");
  EXPECT_EQ(SplitUnixUrl("unix:///run/a:b").socket, "unix:///run/a:b");
  for (const char* const path : {"@a:/b", "/a:/b"}) {
    const std::string socket = UnixSocket{.path = path}.ToString();
    EXPECT_EQ(SplitUnixUrl(socket + ":/job").socket, socket);
  }
}

TEST(UnixSocketNameTest, EndsAPathWithANulAndStartsAnAbstractNameWithOne) {
  const UnixSocketName path({.path = "/a"});
  const UnixSocketName name({.path = "@a"});
  EXPECT_EQ(path.size() - name.size(), 1U);
  EXPECT_EQ(reinterpret_cast<const sockaddr_un*>(name.address())->sun_path[0], '\0');
  EXPECT_EQ(reinterpret_cast<const sockaddr_un*>(path.address())->sun_path[0], '/');
}

}  // namespace
}  // namespace streamhouse::metrics
