#include "apps/config_file.h"

#include <CLI/Config.hpp>
#include <CLI/Error.hpp>
#include <CLI/Formatter.hpp>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace streamhouse::apps {
namespace {

// A command with flags of each kind.
class ConfigFileTest : public testing::Test {
 protected:
  ConfigFileTest() {
    AddConfigFlag(command_);
    command_.add_option("--data", data_)->required();
    command_.add_option("--rate", rate_);
    command_.add_option("--topic", topics_)->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    command_.add_flag("--quiet", quiet_);
  }

  // What is wrong; empty if nothing is.
  std::string Parse(std::string_view text, std::vector<std::string> arguments = {}) {
    std::ofstream(path_) << text;
    arguments.insert(arguments.begin(), {"serve", "--config", path_});
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
    try {
      program_.parse(reversed);
    } catch (const CLI::ParseError& refused) {
      return refused.what();
    }
    return "";
  }
  // As Parse(), without the beginning, which is the same for all that is wrong.
  std::string Refusal(std::string_view text) {
    const std::string all = Parse(text);
    const std::string begin = "--config: " + path_ + ": ";
    EXPECT_EQ(all.substr(0, begin.size()), begin);
    return all.substr(begin.size());
  }

  const std::string path_ = testing::TempDir() + "flags.conf";
  CLI::App program_;
  CLI::App& command_ = *program_.add_subcommand("serve");
  std::string data_;
  int rate_ = 0;
  std::vector<std::string> topics_;
  bool quiet_ = false;
};

TEST_F(ConfigFileTest, GivesFlagsOfEachKind) {
  EXPECT_EQ(Parse("# A comment\n\n; another\ndata = /var/lib/x\nrate=7\ntopic = [\"a:1\", \"b:2\"]\nquiet = true\n"),
            "");
  EXPECT_EQ(data_, "/var/lib/x");
  EXPECT_EQ(rate_, 7);
  EXPECT_EQ(topics_, (std::vector<std::string>{"a:1", "b:2"}));
  EXPECT_TRUE(quiet_);
}

TEST_F(ConfigFileTest, TakesAFlagWithSeveralValuesAlsoAsSeveralLines) {
  EXPECT_EQ(Parse("topic = a:1\ndata = d\ntopic = b:2\n"), "");
  EXPECT_EQ(topics_, (std::vector<std::string>{"a:1", "b:2"}));
}

TEST_F(ConfigFileTest, LetsTheCommandLineWin) {
  EXPECT_EQ(Parse("data = of-file\nrate = 7\ntopic = a:1\n", {"--data", "given", "--topic", "b:2"}), "");
  EXPECT_EQ(data_, "given");
  EXPECT_EQ(rate_, 7);
  EXPECT_EQ(topics_, std::vector<std::string>{"b:2"});
}

TEST_F(ConfigFileTest, TakesAValueInQuotesAsItIs) {
  EXPECT_EQ(Parse("data = \"/my data, a#b=c\"\n"), "");
  EXPECT_EQ(data_, "/my data, a#b=c");
}

TEST_F(ConfigFileTest, NamesAKeyThatTheCommandDoesNotKnow) {
  EXPECT_EQ(Refusal("data = d\nnonsense = 1\n"), "there is no flag --nonsense");
}

TEST_F(ConfigFileTest, RefusesSections) {
  EXPECT_EQ(Refusal("[serve]\ndata = d\n"), "it takes no sections, such as serve");
}

TEST_F(ConfigFileTest, RefusesAKeyWithoutAValueAndOneThatIsGivenTwice) {
  EXPECT_EQ(Refusal("data\n"), "data has no value");
  EXPECT_EQ(Refusal("\"data\"\n"), "data has no value");
  EXPECT_NE(Refusal("data = a\nrate = 1\ndata = b\n").find("--data"), std::string::npos);
}

TEST_F(ConfigFileTest, TakesTheWordTrueForAValue) {
  EXPECT_EQ(Parse("data = true\ntopic = \"true\"\nquiet\n"), "");
  EXPECT_EQ(data_, "true");
  EXPECT_EQ(topics_, std::vector<std::string>{"true"});
  EXPECT_TRUE(quiet_);
}

TEST_F(ConfigFileTest, TakesAListOverSeveralLines) {
  EXPECT_EQ(Parse("data = d\ntopic = [\"[::1]:1\",\n  \"b:2\"\n]\nrate = 7\n"), "");
  EXPECT_EQ(topics_, (std::vector<std::string>{"[::1]:1", "b:2"}));
  EXPECT_EQ(rate_, 7);
}

// It begins as a list does.
TEST_F(ConfigFileTest, AsksForQuotesAroundAnAddressInBrackets) {
  EXPECT_EQ(Refusal("data = [::]:9090\nrate = 7\n"), "data = [::]:9090: a value that begins with [ stands in quotes");
  EXPECT_EQ(Parse("# data = [::]:9090\ndata = \"[::]:9090\"\n"), "");
  EXPECT_EQ(data_, "[::]:9090");
}

TEST_F(ConfigFileTest, NamesTheFlagThatHasABadValue) {
  EXPECT_NE(Refusal("data = d\nrate = fast\n").find("--rate"), std::string::npos);
}

TEST_F(ConfigFileTest, RefusesAnotherFileOrHelpInTheFile) {
  EXPECT_EQ(Refusal("config = other\n"), "--config stands on the command line only");
  EXPECT_EQ(Refusal("help = true\n"), "--help stands on the command line only");
}

TEST_F(ConfigFileTest, AsksForWhatNeitherTheFileNorTheCommandLineHas) {
  EXPECT_EQ(Parse("rate = 1\n"), "--data is required");
}

TEST_F(ConfigFileTest, NamesAFileThatCannotBeRead) {
  for (const std::string& path : {testing::TempDir() + "missing", testing::TempDir()}) {
    try {
      program_.parse(std::vector<std::string>{path, "--config", "serve"});
      ADD_FAILURE() << path;
    } catch (const CLI::ParseError& refused) {
      EXPECT_EQ(std::string(refused.what()).find("--config: " + path + ": cannot read it: "), 0U) << refused.what();
    }
  }
}

}  // namespace
}  // namespace streamhouse::apps
