#include "apps/top/screen_layout.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace streamhouse::apps {
namespace {

using Emphasis = ScreenLine::Emphasis;

Key Character(char c) {
  return {.kind = Key::Kind::kCharacter, .character = c};
}

// A screen of one program, some topics, one group, one latency and one error.
class ScreenLayoutTest : public testing::Test {
 protected:
  ScreenLayoutTest() {
    ProgramFigures& program = figures_.programs.emplace_back();
    program.url = "http://a:1";
    program.was_asked = program.has_answered = true;
    for (int i = 10; i < 40; ++i) {
      figures_.topics.emplace_back().topic = "topic" + std::to_string(i);
      figures_.topics.back().written = i;
    }
    figures_.groups.emplace_back().group = "billing";
    figures_.latencies.emplace_back().family = "write_seconds";
    figures_.errors.emplace_back().counter = "send_errors_total";
    figures_.seconds = 2;
  }

  std::vector<std::string> Lines(std::size_t width = 80, std::size_t height = 24) {
    std::vector<std::string> texts;
    for (const ScreenLine& line : layout_.Compose(figures_, {.width = width, .height = height})) {
      texts.push_back(line.text);
    }
    return texts;
  }

  // The first line that begins so; "" where there is none.
  std::string LineOf(std::string_view begin, std::size_t width = 80, std::size_t height = 24) {
    for (const std::string& line : Lines(width, height)) {
      if (line.starts_with(begin)) return line;
    }
    return "";
  }

  // The first row below the header of topics.
  std::string FirstTopic() {
    const auto lines = Lines();
    const auto header =
        std::find_if(lines.begin(), lines.end(), [](const auto& line) { return line.starts_with("TOPIC"); });
    return (header + 1)->substr(0, 7);
  }

  void Press(Key::Kind kind) { EXPECT_EQ(layout_.Press({.kind = kind}), ScreenLayout::Action::kGoOn); }
  void Type(std::string_view text) {
    for (const char c : text) EXPECT_EQ(layout_.Press(Character(c)), ScreenLayout::Action::kGoOn);
  }

  Figures figures_;
  ScreenLayout layout_;
};

TEST_F(ScreenLayoutTest, FillsEverySizeExactlyAndNoMore) {
  for (std::size_t height = 1; height < 60; ++height) {
    for (const std::size_t width : {1, 5, 12, 40, 80, 200}) {
      const std::vector<std::string> lines = Lines(width, height);
      EXPECT_EQ(lines.size(), height);
      for (const std::string& line : lines) EXPECT_LE(line.size(), width) << line;
    }
  }
}

TEST_F(ScreenLayoutTest, ShowsEveryTableWhereThereIsRoom) {
  for (const std::string_view header : {"PROGRAM", "TOPIC", "GROUP", "LATENCY", "ERROR"}) EXPECT_NE(LineOf(header), "");
  EXPECT_EQ(Lines()[0], "1 of 1 programs answer; rates over 2.0 s");
  EXPECT_TRUE(Lines().back().starts_with("q quit  p pause  s sort  / filter  Tab next  TOPIC 1-")) << Lines().back();
}

TEST_F(ScreenLayoutTest, ShowsProgramsAndTheTableInFocusWhereThereIsLittleRoom) {
  EXPECT_NE(LineOf("PROGRAM", 40, 10), "");
  EXPECT_NE(LineOf("topic39", 40, 10), "");
  for (int i = 0; i < 3; ++i) Press(Key::Kind::kNext);
  EXPECT_NE(LineOf("ERROR", 40, 6), "");
  EXPECT_EQ(LineOf("TOPIC", 40, 6), "");
}

TEST_F(ScreenLayoutTest, EndsWithQ) {
  EXPECT_EQ(layout_.Press(Character('q')), ScreenLayout::Action::kQuit);
}

TEST_F(ScreenLayoutTest, PausesAndGoesOnWithP) {
  Type("p");
  EXPECT_TRUE(layout_.is_paused());
  EXPECT_TRUE(Lines()[0].starts_with("PAUSED")) << Lines()[0];
  Type("p");
  EXPECT_FALSE(layout_.is_paused());
}

TEST_F(ScreenLayoutTest, SortsByTheNextColumnWithS) {
  EXPECT_EQ(FirstTopic(), "topic39");
  Type("sssss");  // around, to the names
  EXPECT_EQ(FirstTopic(), "topic10");
  EXPECT_TRUE(Lines().back().ends_with("by TOPIC")) << Lines().back();
}

TEST_F(ScreenLayoutTest, ScrollsTheTableInFocusAndStopsAtItsEnds) {
  Press(Key::Kind::kDown);
  EXPECT_EQ(FirstTopic(), "topic38");
  Press(Key::Kind::kUp);
  Press(Key::Kind::kUp);
  EXPECT_EQ(FirstTopic(), "topic39");
  for (int i = 0; i < 20; ++i) Press(Key::Kind::kPageDown);
  EXPECT_NE(LineOf("topic10"), "");
  EXPECT_NE(FirstTopic(), "topic10");
  for (int i = 0; i < 20; ++i) Press(Key::Kind::kPageUp);
  EXPECT_EQ(FirstTopic(), "topic39");
}

TEST_F(ScreenLayoutTest, MarksTheTableInFocus) {
  const auto focus = [&] {
    for (const ScreenLine& line : layout_.Compose(figures_, {.width = 80, .height = 24})) {
      if (line.emphasis == Emphasis::kFocus) return line.text.substr(0, 5);
    }
    return std::string();
  };
  EXPECT_EQ(focus(), "TOPIC");
  Press(Key::Kind::kNext);
  EXPECT_EQ(focus(), "GROUP");
  Press(Key::Kind::kPrevious);
  Press(Key::Kind::kPrevious);
  EXPECT_EQ(focus(), "PROGR");
}

TEST_F(ScreenLayoutTest, FiltersAllTablesButThePrograms) {
  Type("/TOPIC25q");  // keys are letters meanwhile
  EXPECT_TRUE(Lines().back().starts_with("Filter: TOPIC25q_")) << Lines().back();
  Press(Key::Kind::kErase);
  Press(Key::Kind::kEnter);
  EXPECT_EQ(FirstTopic(), "topic25");
  EXPECT_EQ(LineOf("GROUP"), "");
  EXPECT_NE(LineOf("a:1"), "");
  EXPECT_TRUE(Lines()[0].ends_with("only what has \"TOPIC25\"")) << Lines()[0];
  Press(Key::Kind::kEscape);
  EXPECT_EQ(FirstTopic(), "topic39");
}

TEST_F(ScreenLayoutTest, ShowsAnAlarmForAProgramThatGivesNoResponse) {
  figures_.programs[0].has_answered = false;
  figures_.programs[0].note = "Connection refused";
  const auto lines = layout_.Compose(figures_, {.width = 80, .height = 24});
  EXPECT_EQ(lines[0].text, "0 of 1 programs answer; rates over 2.0 s");
  EXPECT_EQ(lines[2].emphasis, Emphasis::kAlarm);
  EXPECT_TRUE(lines[2].text.ends_with("Connection refused")) << lines[2].text;
}

TEST_F(ScreenLayoutTest, SaysSoWhereATableInFocusHasNothing) {
  figures_.topics.clear();
  EXPECT_NE(LineOf("TOPIC"), "");
  EXPECT_TRUE(Lines().back().find("TOPIC none of 0") != std::string::npos) << Lines().back();
}

}  // namespace
}  // namespace streamhouse::apps
