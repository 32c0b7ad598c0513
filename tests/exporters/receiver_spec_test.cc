#include "exporters/receiver_spec.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "exporters/exporter_spec.h"
#include "metrics_core/status.h"

namespace streamhouse::exporters {
namespace {

ReceiverSpec Read(std::string_view line) {
  const ExporterSpec spec = ParseExporterSpec(line).value();
  SpecOptions given(spec);
  ReceiverSpec read = ReadReceiver(spec, given);
  EXPECT_TRUE(given.Check().ok()) << given.Check().message();
  return read;
}

// What is bad, behind the line.
std::string Bad(const std::string& line) {
  const metrics::Status checked = CheckReceiver(ParseExporterSpec(line).value(), Read(line));
  const std::string prefix = "exporter " + line + ": ";
  return checked.message().substr(checked.message().starts_with(prefix) ? prefix.size() : 0);
}

TEST(ReceiverSpecTest, HasThePortOfItsScheme) {
  EXPECT_EQ(Read("x+http://a").receiver.address.port, 80);
  EXPECT_EQ(Read("x+https://a").receiver.address.port, 443);
  EXPECT_EQ(Read("x+https://a:1").receiver.address.port, 1);
  EXPECT_FALSE(Read("x+http://a").receiver.address.tls);
  EXPECT_TRUE(Read("x+https://a").receiver.address.tls);
}

TEST(ReceiverSpecTest, ReadsEveryOption) {
  const ReceiverSpec read =
      Read("x+https://a?ca=/c&cert=/d&key=/e&user=u&password_file=/p&header_file=/h&interval=5s&push_time=2s");
  EXPECT_EQ(read.receiver.address.tls->ca + read.receiver.address.tls->certificate + read.receiver.address.tls->key,
            "/c/d/e");
  EXPECT_EQ(read.receiver.credentials.user + read.receiver.credentials.password_file, "u/p");
  EXPECT_EQ(read.receiver.credentials.header_file, "/h");
  EXPECT_EQ(Read("x+http://a?bearer_file=/b").receiver.credentials.bearer_file, "/b");
  EXPECT_EQ(read.push.interval, std::chrono::seconds(5));
  EXPECT_EQ(read.push.push_time, std::chrono::seconds(2));
}

TEST(ReceiverSpecTest, TakesAUnixSocketInPlaceOfTheHost) {
  const ReceiverAddress plain = Read("x+http+unix:///run/a.sock:/p").receiver.address;
  EXPECT_EQ(plain.unix_socket->path, "/run/a.sock");
  EXPECT_EQ(plain.Authority(), "localhost");
  EXPECT_EQ(plain.Url("x", "/p"), "x+http+unix:///run/a.sock:/p");
  const ReceiverAddress tls = Read("x+https+unix:@a?host=b.example&ca=/c").receiver.address;
  EXPECT_EQ(tls.Authority() + " " + tls.tls->ca, "b.example /c");
  EXPECT_EQ(tls.Url("x", ""), "x+https+unix:@a:");
  EXPECT_EQ(tls.Url("x", "/p?key=k1abc"), "x+https+unix:@a:/p");
  EXPECT_EQ(tls.Scheme(), "https+unix");
}

TEST(ReceiverSpecTest, NamesTheOptionThatAUnixSocketDoesNotTake) {
  EXPECT_EQ(Bad("x+http+unix:@a"), "");
  EXPECT_EQ(Bad("x+http+unix:@a?host=b%0D%0AX:c"), "option host is not the name of a host");
  EXPECT_EQ(Bad("x+http+unix:@a?ca=/c"), "ca, cert and key are for a scheme with https");
}

TEST(ReceiverSpecTest, NamesTheBadOption) {
  EXPECT_EQ(Bad("x+https://a:1?ca=/c&cert=/d&key=/e&user=u&password_file=/p"), "");
  EXPECT_EQ(Bad("x+http://:1"), "it names no host");
  EXPECT_EQ(Bad("x+http://a:0"), "no receiver listens on port 0");
  EXPECT_EQ(Bad("x+http://a?ca=/c"), "ca, cert and key are for a scheme with https");
  EXPECT_EQ(Bad("x+https://a?cert=/c"), "option key is missing beside cert");
  EXPECT_EQ(Bad("x+https://a?key=/c"), "option cert is missing beside key");
  EXPECT_EQ(Bad("x+http://a?user=u"), "option password_file is missing beside user");
  EXPECT_EQ(Bad("x+http://a?user=u&password_file=/p&bearer_file=/b"), "option bearer_file is given beside user");
}

}  // namespace
}  // namespace streamhouse::exporters
