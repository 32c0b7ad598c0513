// The parser of the tests, held to pages of a writer that is not ours, and to lines of the
// specification's kind that are wrong.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "tests/exporters/support/openmetrics2_parser.h"
#include "tests/exporters/support/openmetrics2_rules.h"

namespace streamhouse::exporters {
namespace {

std::string PageNamed(const std::string& name) {
  const std::ifstream file("tests/exporters/encoding/openmetrics2_pages/" + name);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// The families and samples of a page, or why it is refused.
std::string Outcome(const std::string& page) {
  const auto read = ReadOpenMetrics2(page);
  if (!read.ok()) return read.status().message();
  std::size_t samples = 0;
  for (const OpenMetrics2Family& family : read.value()) samples += family.samples.size();
  return std::to_string(read.value().size()) + " families, " + std::to_string(samples) + " samples";
}

bool Takes(const std::string& lines) {
  return ReadOpenMetrics2(lines + "\n# EOF\n").ok();
}

TEST(OpenMetrics2PagesTest, ReadsEveryPageOfAnotherWriter) {
  EXPECT_EQ(Outcome(PageNamed("scalars.om2")), "8 families, 17 samples");
  EXPECT_EQ(Outcome(PageNamed("scalars_no_suffixes.om2")), "8 families, 17 samples");
  EXPECT_EQ(Outcome(PageNamed("classic.om2")), "4 families, 8 samples");
  EXPECT_EQ(Outcome(PageNamed("native.om2")), "3 families, 6 samples");
  EXPECT_EQ(Outcome(PageNamed("native_switch_off.om2")), "3 families, 6 samples");
  EXPECT_EQ(Outcome(PageNamed("utf8_allow.om2")), "4 families, 4 samples");
  EXPECT_EQ(Outcome(PageNamed("utf8_dots.om2")), "4 families, 4 samples");
  EXPECT_EQ(Outcome(PageNamed("utf8_underscores.om2")), "4 families, 4 samples");
}

TEST(OpenMetrics2PagesTest, RefusesThePagesThatAreNoOpenMetrics2) {
  EXPECT_EQ(Outcome(PageNamed("deviations.txt")), "line 2: \" \" is missing at \".mode{broker.mode=\"off\"} 0\"");
  EXPECT_EQ(Outcome(PageNamed("enabled_only.txt")), "line 54: \" \" is missing at \"\"");
}

TEST(OpenMetrics2PagesTest, ReadsBucketsTimesAndExemplarsOfASample) {
  const OpenMetrics2Page page = ReadOpenMetrics2(PageNamed("classic.om2")).value();
  const OpenMetrics2Sample& sample = page[3].samples[0];
  EXPECT_EQ(page[3].name, "produce_seconds");
  EXPECT_EQ(page[3].unit, "seconds");
  EXPECT_EQ(sample.labels, OpenMetrics2Labels({{"topic", "a"}}));
  EXPECT_EQ(sample.composite->buckets->at(1).first.value, 0.1);
  EXPECT_EQ(sample.composite->buckets->at(1).second.text, "5");
  EXPECT_EQ(sample.start_seconds, 1790000000.25);
  ASSERT_EQ(sample.exemplars.size(), 4U);
  EXPECT_EQ(sample.exemplars[2].labels, OpenMetrics2Labels({{"consumer", "c1"}}));
  EXPECT_EQ(sample.exemplars[2].seconds, 1790000044.125);
}

TEST(OpenMetrics2PagesTest, ReadsEscapesAndNativeBuckets) {
  const OpenMetrics2Page scalars = ReadOpenMetrics2(PageNamed("scalars.om2")).value();
  EXPECT_EQ(scalars[2].help, "Records of \"orders\"; path C:\\log\nsecond line.");
  EXPECT_EQ(scalars[2].samples[2].labels.at("topic"), "c \"q\" \\ \n end");
  const OpenMetrics2Page native = ReadOpenMetrics2(PageNamed("native.om2")).value();
  const OpenMetrics2Native& value = *native[2].samples[2].composite->native;
  EXPECT_EQ(value.negative->spans[0].offset, 2);
  EXPECT_EQ(value.positive->spans[1].offset, 7);
  EXPECT_EQ(value.positive->counts[3].text, "4");
}

TEST(OpenMetrics2PagesTest, RefusesPagesThatAreCutOffOrGoOn) {
  EXPECT_FALSE(ParseOpenMetrics2("").ok());
  EXPECT_FALSE(ParseOpenMetrics2("a 1\n").ok());
  EXPECT_FALSE(ParseOpenMetrics2("a 1\n# EOF\n\n").ok());
  EXPECT_FALSE(ParseOpenMetrics2("a 1\n# EOF\nb 1\n").ok());
  EXPECT_FALSE(ParseOpenMetrics2("a 1\r\n# EOF\n").ok());
  EXPECT_TRUE(ParseOpenMetrics2("a 1\n# EOF").ok());
}

constexpr const char* kIllegalLines[] = {"",
                                         "# a comment",
                                         "a  1",
                                         "a 1 ",
                                         "a{} ",
                                         "a {} 1",
                                         "a{b=\"c\",} 1",
                                         "a{b=\"c\",b=\"d\"} 1",
                                         "a{b=\"\n\"} 1",
                                         "a{b.c=\"d\"} 1",
                                         "{\"a\",} 1",
                                         "{b=\"c\"} 1",
                                         "{\"\"} 1",
                                         "9a 1",
                                         "a 0x1",
                                         "a 1 st@",
                                         "a 1 st@NaN",
                                         "a 1 ST@1",
                                         "a 1 st@1 2",
                                         "a 1 # {} 1",
                                         "a 1 # {}",
                                         "a 1 #{} 1 2",
                                         "a 1  # {} 1 2",
                                         "a one",
                                         "# TYPE a b",
                                         "# HELP a \"b\"",
                                         "# TYPE a gauge\n# TYPE a gauge",
                                         "a 1\n# HELP a b",
                                         "# UNIT a By/s",
                                         "# TYPE \"\" gauge",
                                         "a{b=\"\xFF\"} 1"};

TEST(OpenMetrics2PagesTest, RefusesLinesThatTheGrammarLacks) {
  for (const char* line : kIllegalLines) {
    EXPECT_FALSE(ParseOpenMetrics2(std::string(line) + "\n# EOF\n").ok()) << line;
  }
}

constexpr const char* kLegalLines[] = {"a 1",
                                       "a{} 1",
                                       "a{b=\"c\"} 1",
                                       "{\"a\"} 1",
                                       "{\"a.b\",\"c.d\"=\"e\",f=\"g\"} 1 2",
                                       "a 1 st@-1.5",
                                       "a +.5e-3 1. st@+2 # {} nAn 3 # {b=\"c\"} -INFINITY 4",
                                       "# HELP a \\\\ \\\" \\n \\x",
                                       "# UNIT a ",
                                       "# TYPE \"a b\" unknown\n{\"a b\"} 1"};

TEST(OpenMetrics2PagesTest, TakesLinesThatTheGrammarHas) {
  for (const char* line : kLegalLines) {
    EXPECT_TRUE(ParseOpenMetrics2(std::string(line) + "\n# EOF\n").ok()) << line;
  }
}

constexpr const char* kIllegalHistograms[] = {
    "1",
    "{count:1,sum:1}",
    "{sum:1,count:1,bucket:[+Inf:1]}",
    "{count:1,sum:1,bucket:[]}",
    "{count:1,sum:1,bucket:[1.0:1]}",
    "{count:1, sum:1,bucket:[+Inf:1]}",
    "{count:1,sum:1,bucket:[Inf:1]}",
    "{count:2,sum:1,bucket:[+Inf:1]}",
    "{count:1,sum:1,bucket:[1.0:2,+Inf:1]}",
    "{count:1,sum:1,bucket:[2.0:0,1.0:0,+Inf:1]}",
    "{count:1,sum:1,bucket:[+Inf:1],schema:0}",
    "{gcount:1,gsum:1,bucket:[+Inf:1]}",
    "{count:1,sum:1,quantile:[]}",
    "{count:1,sum:1,schema:9,zero_threshold:0,zero_count:1}",
    "{count:2,sum:1,schema:0,zero_threshold:0,zero_count:1}",
    "{count:1,sum:1,schema:0,zero_threshold:0,zero_count:0,positive_spans:[0:2],positive_buckets:[1]}",
    "{count:2,sum:1,schema:0,zero_threshold:0,zero_count:0,positive_spans:[0:1,-1:1],positive_buckets:[1,1]}"};

TEST(OpenMetrics2PagesTest, RefusesHistogramsThatDoNotAddUpOrLackAField) {
  for (const char* value : kIllegalHistograms) {
    EXPECT_FALSE(Takes("# TYPE a histogram\na " + std::string(value))) << value;
  }
}

constexpr const char* kIllegalFamilies[] = {
    "# TYPE a counter\na NaN",
    "# TYPE a counter\na -1",
    "# TYPE a info\na 1",
    "# TYPE a_info info\na_info 2",
    "# TYPE a_info info\n# UNIT a_info s\na_info 1",
    "# TYPE a gauge\na 1 st@1",
    "# TYPE a stateset\na 1",
    "# TYPE a stateset\na{a=\"b\"} 2",
    "# TYPE a summary\na {count:1,sum:-1,quantile:[]}",
    "# TYPE a summary\na {count:1,sum:1,quantile:[0.5:1,0.1:1]}",
    "# TYPE a summary\na 1",
    "a {count:1,sum:1,quantile:[]}",
    "# TYPE a histogram\na{le=\"1\"} {count:0,sum:0,bucket:[+Inf:0]}",
    "a 1\nb 1\na{c=\"d\"} 1",
    "a 1\na 1",
    "# HELP a b\n# TYPE a gauge\na 1",
    "# TYPE a stateset\na{a=\"x\",n=\"1\"} 1\na{a=\"x\",n=\"2\"} 1\na{a=\"y\",n=\"1\"} 0"};

TEST(OpenMetrics2PagesTest, RefusesLinesThatTheirTypeDoesNotAllow) {
  for (const char* lines : kIllegalFamilies) {
    EXPECT_FALSE(Takes(lines)) << lines;
  }
}

}  // namespace
}  // namespace streamhouse::exporters
