#include "metrics_core/naming/name_escaping.h"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace streamhouse::metrics {
namespace {

// All three forms of a metric's name.
std::string Escaped(std::string_view name) {
  return EscapeMetricName(name, NameEscaping::kUnderscores) + " " + EscapeMetricName(name, NameEscaping::kDots) + " " +
         EscapeMetricName(name, NameEscaping::kValues);
}

TEST(NameEscapingTest, LeavesLegalNamesAsTheyAre) {
  EXPECT_EQ(Escaped("a:b_total"), "a:b_total a:b_total a:b_total");
  EXPECT_EQ(EscapeLabelName("a_b", NameEscaping::kValues), "a_b");
}

TEST(NameEscapingTest, EscapesIllegalCharactersInEachScheme) {
  EXPECT_EQ(Escaped("http.server_requests-total"),
            "http_server_requests_total http_dot_server__requests__total U__http_2e_server__requests_2d_total");
  EXPECT_EQ(Escaped("1a"), "_a __a U___31_a");
  EXPECT_EQ(Escaped("a b\"\\\n"), "a_b___ a__b______ U__a_20_b_22__5c__a_");
}

TEST(NameEscapingTest, EscapesCodePointsNotBytes) {
  EXPECT_EQ(Escaped("\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80"), "___ ______ U___e4__20ac__1f600_");
}

TEST(NameEscapingTest, AColonIsLegalInMetricsOnly) {
  EXPECT_EQ(EscapeMetricName("a:b.c", NameEscaping::kUnderscores), "a:b_c");
  EXPECT_EQ(EscapeLabelName("a:b", NameEscaping::kUnderscores), "a_b");
  EXPECT_EQ(EscapeLabelName("a:b", NameEscaping::kValues), "U__a_3a_b");
}

TEST(NameEscapingTest, LeavesNamesToReadersThatKnowThem) {
  EXPECT_EQ(EscapeMetricName("a.b", NameEscaping::kNone), "a.b");
  EXPECT_EQ(EscapeLabelName("a.b", NameEscaping::kNone), "a.b");
}

TEST(NameEscapingTest, QuotesIllegalNamesOnATextPage) {
  EXPECT_EQ(QuotedMetricName("a:b_total"), "a:b_total");
  EXPECT_EQ(QuotedMetricName("a.b"), "\"a.b\"");
  EXPECT_EQ(QuotedMetricName("a\\b\"c\nd"), R"("a\\b\"c\nd")");
  EXPECT_EQ(QuotedLabelName("a_b"), "a_b");
  EXPECT_EQ(QuotedLabelName("a:b"), "\"a:b\"");
}

}  // namespace
}  // namespace streamhouse::metrics
