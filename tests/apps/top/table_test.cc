#include "apps/top/table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace streamhouse::apps {
namespace {

using Lines = std::vector<std::string>;

TopicFigures Topic(const std::string& name, Figure written, Figure sent = std::nullopt) {
  TopicFigures topic;
  topic.topic = name;
  topic.written = written;
  topic.sent = sent;
  return topic;
}

Table TopicsTable(std::vector<TopicFigures> topics) {
  Figures figures;
  figures.topics = std::move(topics);
  return TablesOf(figures)[1];
}

Lines FirstCells(const Table& table) {
  Lines cells;
  for (const Row& row : table.rows) cells.push_back(row.cells[0].text);
  return cells;
}

TEST(TableTest, AlignsTextsLeftAndNumbersRight) {
  const Table table = TopicsTable({Topic("orders", 1200.0), Topic("a", 5.0, 30.0)});
  EXPECT_EQ(FormatTable(table, kAnyWidth), (Lines{"TOPIC   WRITTEN/s*  SENT/s  SENT B/s  READ/s  READ B/s",
                                                  "orders        1200       -         -       -         -",
                                                  "a                5      30         -       -         -"}));
}

TEST(TableTest, LeavesTheLeastImportantColumnsOutWhereThereIsNoRoom) {
  const Table table = TopicsTable({Topic("orders", 1200.0, 30.0)});
  EXPECT_EQ(FormatTable(table, 35),
            (Lines{"TOPIC   WRITTEN/s*  SENT/s  READ/s", "orders        1200      30       -"}));
  EXPECT_EQ(FormatTable(table, 20), (Lines{"TOPIC   WRITTEN/s*", "orders        1200"}));
}

TEST(TableTest, CutsLongTextsBeforeItLeavesColumnsOut) {
  const Table table = TopicsTable({Topic("a-topic-with-a-long-name", 1200.0)});
  EXPECT_EQ(FormatTable(table, 60)[1], "a-topic-wit~        1200       -         -       -         -");
}

TEST(TableTest, FitsAnyWidth) {
  const Table table = TopicsTable({Topic("a-topic-with-a-long-name", 1200.0), Topic("b", 3.0)});
  for (std::size_t width = kTableWidthMin; width < 100; ++width) {
    for (const std::string& line : FormatTable(table, width)) EXPECT_LE(line.size(), width) << line;
  }
}

TEST(TableTest, SortsTextsUpAndNumbersDownWithUnknownOnesLast) {
  Table table = TopicsTable({Topic("b", std::nullopt), Topic("c", 1.0), Topic("a", 20.0)});
  SortTable(table, 0);
  EXPECT_EQ(FirstCells(table), (Lines{"a", "b", "c"}));
  EXPECT_EQ(FormatTable(table, 20)[0], "TOPIC*  WRITTEN/s");
  SortTable(table, 1);
  EXPECT_EQ(FirstCells(table), (Lines{"a", "c", "b"}));
}

TEST(TableTest, KeepsTheRowsOfWhichATextHasTheWords) {
  Table table = TopicsTable({Topic("orders", 30.0), Topic("Returned-Orders", 1.0), Topic("audit30", 2.0)});
  FilterTable(table, "ORDERS");
  EXPECT_EQ(FirstCells(table), (Lines{"orders", "Returned-Orders"}));
  FilterTable(table, "30");
  EXPECT_TRUE(table.rows.empty());  // numbers do not count
}

TEST(TableTest, ShowsUnknownAsADash) {
  Figures figures;
  figures.groups.emplace_back().group = "g";
  EXPECT_EQ(FormatTable(TablesOf(figures)[2], 40)[1], "g      -         -       -        -");
}

TEST(TableTest, MakesNamesOfStrangersPrintable) {
  Figures figures;
  figures.topics = {Topic("a\x1B[31m\n", 1.0)};
  figures.latencies.emplace_back().labels = {{"method", "\x1B]0;x\x07"}};
  figures.errors.emplace_back().labels = {{"reason", "\r\x1B[2J"}};
  figures.programs.emplace_back().note = "\x1B[2J";
  for (const Table& table : TablesOf(figures)) {
    for (const std::string& line : FormatTable(table, kAnyWidth)) {
      EXPECT_TRUE(std::all_of(line.begin(), line.end(), [](char c) { return c >= 0x20 && c < 0x7F; })) << line;
    }
  }
}

TEST(TableTest, CutsACellThatIsVeryLong) {
  const Table table = TopicsTable({Topic(std::string(60'000, 'x'), 1.0)});
  EXPECT_LT(FormatTable(table, kAnyWidth)[1].size(), 300U);
}

ProgramFigures ProgramWith(bool has_answered, Readiness readiness, const std::string& note) {
  ProgramFigures program;
  program.url = "http://a:1";
  program.was_asked = true;
  program.has_answered = has_answered;
  program.readiness = readiness;
  program.note = note;
  return program;
}

TEST(TableTest, KeepsAddressesAndCutsReasonsWhereThereIsRoomForNoFigure) {
  Figures figures;
  figures.programs = {ProgramWith(false, Readiness::kUnknown, "Connection refused")};
  figures.programs[0].url = "http://127.0.0.1:18999";
  EXPECT_EQ(FormatTable(TablesOf(figures)[0], 40)[1], "127.0.0.1:18999  no response  Connectio~");
}

TEST(TableTest, SaysWhichProgramsAnswerAndAreReady) {
  Figures figures;
  figures.programs = {ProgramWith(true, Readiness::kReady, ""), ProgramWith(true, Readiness::kNotReady, "lease: lost"),
                      ProgramWith(false, Readiness::kUnknown, "Connection refused"),
                      ProgramWith(true, Readiness::kUnknown, "")};
  const Table table = TablesOf(figures)[0];
  const Lines lines = FormatTable(table, 60);
  EXPECT_EQ(lines[1].substr(9, 9), "ready    ");
  EXPECT_EQ(lines[2].substr(9, 9), "not ready");
  EXPECT_TRUE(lines[2].ends_with("lease: lost")) << lines[2];
  EXPECT_EQ(lines[3].substr(9, 11), "no response");
  EXPECT_TRUE(lines[3].ends_with("Connection refused")) << lines[3];
  EXPECT_FALSE(table.rows[0].is_alarming);
  EXPECT_TRUE(table.rows[1].is_alarming);
  EXPECT_TRUE(table.rows[2].is_alarming);
  EXPECT_FALSE(table.rows[3].is_alarming);
}

}  // namespace
}  // namespace streamhouse::apps
