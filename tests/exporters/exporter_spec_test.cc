#include "exporters/exporter_spec.h"

#include <gtest/gtest.h>

#include <chrono>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "metrics_core/duration_text.h"
#include "metrics_core/status.h"

namespace streamhouse::exporters {
namespace {

using metrics::Status;
using metrics::StatusCode;
using std::chrono::milliseconds;

// "scheme host port path option=value…", or the error.
std::string Parsed(std::string_view text) {
  const auto spec = ParseExporterSpec(text);
  if (!spec.ok()) return spec.status().message();
  const ExporterSpec& parts = const_cast<metrics::Result<ExporterSpec>&>(spec).value();
  std::string out = parts.scheme + " " + parts.host + " " + (parts.port ? std::to_string(*parts.port) : "-");
  if (parts.unix_socket) out = parts.scheme + " " + parts.unix_socket->path;
  out += " " + parts.path;
  for (const auto& [name, value] : parts.options) out += " " + name + "=" + value;
  return out;
}

TEST(ExporterSpecTest, TakesASpecApart) {
  EXPECT_EQ(Parsed("prometheus://0.0.0.0:8080"), "prometheus 0.0.0.0 8080 ");
  EXPECT_EQ(Parsed("prometheus://"), "prometheus  - ");
  EXPECT_EQ(Parsed("prometheus://:0"), "prometheus  0 ");
  EXPECT_EQ(Parsed("otlp+http://host/v1/metrics?a=b&c=d%26e"), "otlp+http host - /v1/metrics a=b c=d&e");
  EXPECT_EQ(Parsed("textfile:///var/a%20b.prom?interval=15s"), "textfile  - /var/a b.prom interval=15s");
  EXPECT_EQ(Parsed("statsd://[::1]:8125"), "statsd ::1 8125 ");
  EXPECT_EQ(Parsed("statsd://[fe80::1%eth0]:8125"), "statsd fe80::1%eth0 8125 ");
}

TEST(ExporterSpecTest, TakesAUnixSocketInPlaceOfHostAndPort) {
  EXPECT_EQ(Parsed("prometheus+unix:///run/app.sock?mode=0660"), "prometheus+unix /run/app.sock  mode=0660");
  EXPECT_EQ(Parsed("prometheus+unix:@app"), "prometheus+unix @app ");
  EXPECT_EQ(Parsed("prw+http+unix:///run/a.sock:/api/v1/write"), "prw+http+unix /run/a.sock /api/v1/write");
  EXPECT_EQ(Parsed("prw+http+unix:@a:/api%20v1?b=c"), "prw+http+unix @a /api v1 b=c");
  EXPECT_EQ(Parsed("a+unix:///run/%3A/b%3F"), "a+unix /run/:/b? ");
}

TEST(ExporterSpecTest, NamesABadUnixSocket) {
  const std::string form = " is not unix:///PATH with an absolute path, or unix:@NAME";
  EXPECT_EQ(Parsed("a+unix:b"), "exporter a+unix:b: \"unix:b\"" + form);
  EXPECT_EQ(Parsed("a+unix://b/c"), "exporter a+unix://b/c: \"unix://b/c\"" + form);
  EXPECT_EQ(Parsed("a+unix"), "exporter a+unix: it does not start with scheme://");
  EXPECT_EQ(Parsed("a+unix:@"),
            "exporter a+unix:@: \"unix:@\" is bad: path is neither an absolute path nor '@' and a name");
  EXPECT_EQ(ParseExporterSpec("a+unix:b").status().field(), "unix_socket");
}

TEST(ExporterSpecTest, NamesThePartThatIsBad) {
  EXPECT_EQ(Parsed("localhost:8080"), "exporter localhost:8080: it does not start with scheme://");
  EXPECT_EQ(Parsed("HTTP://a"), "exporter HTTP://a: it does not start with scheme://");
  EXPECT_EQ(Parsed("a://b:c"), "exporter a://b:c: ':c' is not a port from 0 to 65535");
  EXPECT_EQ(Parsed("a://b:65536"), "exporter a://b:65536: ':65536' is not a port from 0 to 65535");
  EXPECT_EQ(Parsed("a://b:"), "exporter a://b:: ':' is not a port from 0 to 65535");
  EXPECT_EQ(Parsed("a://[::1"), "exporter a://[::1: the host has no closing bracket");
  EXPECT_EQ(Parsed("a://[b]:1"), "exporter a://[b]:1: between the brackets is no IPv6 address");
  EXPECT_EQ(Parsed("a://[::1\n]:1"), "exporter a://[::1\n]:1: between the brackets is no IPv6 address");
  EXPECT_EQ(Parsed("a://[::1% ]:1"), "exporter a://[::1% ]:1: between the brackets is no IPv6 address");
  EXPECT_EQ(Parsed("a://b c:1"), "exporter a://b c:1: 'b c' is not a host");
  EXPECT_EQ(Parsed("a://b]:1"), "exporter a://b]:1: 'b]' is not a host");
  EXPECT_EQ(Parsed("a://b/%x"), "exporter a://b/%x: a '%' in the path is not followed by two hexadecimal digits");
  EXPECT_EQ(Parsed("a://b?c"), "exporter a://b?c: 'c' is not of the form option=value");
  EXPECT_EQ(Parsed("a://b?=c"), "exporter a://b?=c: '=c' is not of the form option=value");
}

TEST(ExporterSpecTest, TellsProgramsWhichPartIsBad) {
  const auto field = [](std::string_view text) { return ParseExporterSpec(text).status().field(); };
  EXPECT_EQ(field("localhost:8080"), "scheme");
  EXPECT_EQ(field("a://b c:1"), "host");
  EXPECT_EQ(field("a://[::1"), "host");
  EXPECT_EQ(field("a://b:c"), "port");
  EXPECT_EQ(field("a://b/%x"), "path");
  EXPECT_EQ(field("a://b?c"), "options");
}

class SpecOptionsTest : public testing::Test {
 protected:
  static ExporterSpec Spec(const std::string& options) { return ParseExporterSpec("a://b?" + options).value(); }
  // The error after reading a text, a number and a duration.
  static std::string Checked(const std::string& given) {
    const ExporterSpec spec = Spec(given);
    SpecOptions options(spec);
    options.Text("text", "");
    options.Number("number", 1);
    options.Duration("duration", milliseconds(1));
    return options.Check().message();
  }
};

TEST_F(SpecOptionsTest, ReadsAChoiceByItsName) {
  const ExporterSpec spec = Spec("a=one&b=auto");
  SpecOptions options(spec);
  EXPECT_EQ(options.Choice("a", {{"one", 1}, {"two", 2}}, 2), 1);
  EXPECT_EQ(options.Choice<std::optional<int>>("b", {{"one", 1}, {"auto", std::nullopt}}, 2), std::nullopt);
  EXPECT_EQ(options.Choice("c", {{"one", 1}}, 3), 3);
  EXPECT_TRUE(options.Check().ok());
}

TEST_F(SpecOptionsTest, ListsTheNamesOfTheChoices) {
  const auto refused = [](const std::string& given, std::initializer_list<std::pair<std::string_view, int>> choices) {
    const ExporterSpec spec = Spec(given);
    SpecOptions options(spec);
    EXPECT_EQ(options.Choice("a", choices, 9), 9);
    return options.Check().message();
  };
  EXPECT_EQ(refused("a=x", {{"one", 1}}), "exporter a://b?a=x: option a must be one");
  EXPECT_EQ(refused("a=x", {{"one", 1}, {"two", 2}}), "exporter a://b?a=x: option a must be one or two");
  EXPECT_EQ(refused("a=x", {{"one", 1}, {"two", 2}, {"six", 6}}),
            "exporter a://b?a=x: option a must be one, two or six");
  EXPECT_EQ(refused("a=", {{"one", 1}}), "exporter a://b?a=: option a is empty");
}

TEST_F(SpecOptionsTest, TellsProgramsWhichOptionIsBad) {
  const auto field = [](const std::string& given) {
    const ExporterSpec spec = Spec(given);
    SpecOptions options(spec);
    options.Number("number", 1);
    return options.Check().field();
  };
  EXPECT_EQ(field("number=0"), "options.number");
  EXPECT_EQ(field("nonsense=1"), "options.nonsense");
  EXPECT_EQ(field("number=1"), "");
}

TEST_F(SpecOptionsTest, ReadsOptionsByType) {
  const ExporterSpec spec = Spec("text=a=b&number=17&duration=2m&list=a,,b");
  SpecOptions options(spec);
  EXPECT_EQ(options.Text("text", ""), "a=b");
  EXPECT_EQ(options.Number("number", 1), 17U);
  EXPECT_EQ(options.List("list"), (std::vector<std::string>{"a", "", "b"}));
  EXPECT_EQ(options.Duration("duration", milliseconds(1)), std::chrono::minutes(2));
  EXPECT_TRUE(options.Check().ok());
}

TEST_F(SpecOptionsTest, ReadsPairsOfAnOptionThatIsGivenSeveralTimes) {
  const ExporterSpec spec = Spec("label=a:b&label=c:d:%26e&label=f:");
  SpecOptions options(spec);
  const std::vector<std::pair<std::string, std::string>> expected = {{"a", "b"}, {"c", "d:&e"}, {"f", ""}};
  EXPECT_EQ(options.Pairs("label"), expected);
  EXPECT_TRUE(options.Check().ok());
}

TEST_F(SpecOptionsTest, AnOptionThatIsLeftOutHasItsDefault) {
  const ExporterSpec spec = Spec("");
  SpecOptions options(spec);
  EXPECT_EQ(options.Text("text", "x"), "x");
  EXPECT_EQ(options.Number("number", 5), 5U);
  EXPECT_EQ(options.List("list"), std::vector<std::string>());
  EXPECT_EQ(options.Duration("duration", milliseconds(7)), milliseconds(7));
  EXPECT_TRUE(options.Check().ok());
}

TEST_F(SpecOptionsTest, NamesTheOptionThatIsBad) {
  EXPECT_EQ(Checked("number=x"), "exporter a://b?number=x: option number must be a whole number, at least 1");
  EXPECT_EQ(Checked("number=0"), "exporter a://b?number=0: option number must be a whole number, at least 1");
  for (const char* bad : {"15", "s", "0s", "-1s", "1.5s", "1w", "18446744073709551615m", "99999999999999999999s"}) {
    const std::string given = std::string("duration=") + bad;
    EXPECT_EQ(Checked(given),
              "exporter a://b?" + given + ": option duration must be a duration such as 500ms, 15s or 2m");
  }
  for (const char* bad : {"525601m", "31536001s", "31536000001ms", "225000000m"}) {
    const std::string given = std::string("duration=") + bad;
    EXPECT_EQ(Checked(given), "exporter a://b?" + given + ": option duration must be at most 365 days");
  }
  EXPECT_EQ(Checked("text=a&text=b"), "exporter a://b?text=a&text=b: option text is given twice");
}

TEST_F(SpecOptionsTest, TakesDurationsOfUpToAYear) {
  for (const char* longest : {"365d", "8760h", "525600m", "31536000s", "31536000000ms"}) {
    const ExporterSpec spec = Spec(std::string("duration=") + longest);
    SpecOptions options(spec);
    EXPECT_EQ(options.Duration("duration", milliseconds(1)), metrics::kIntervalMax);
    EXPECT_TRUE(options.Check().ok());
  }
}

TEST_F(SpecOptionsTest, NamesTheOptionThatDoesNotExist) {
  EXPECT_EQ(Checked("txt=a"), "exporter a://b?txt=a: there is no option txt; there are text, number, duration");
}

}  // namespace
}  // namespace streamhouse::exporters
