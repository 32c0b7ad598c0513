#include "apps/line_reader.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace streamhouse::apps {
namespace {

constexpr std::size_t kNoLimit = std::size_t{1} << 30;

class LineReaderTest : public testing::Test {
 protected:
  LineReaderTest() {
    EXPECT_EQ(::pipe(input_.data()), 0);
    EXPECT_EQ(::pipe(interrupt_.data()), 0);
  }
  ~LineReaderTest() override {
    for (const int fd : {input_[0], interrupt_[0], interrupt_[1]}) ::close(fd);
  }

  void Write(std::string_view text) { EXPECT_EQ(::write(input_[1], text.data(), text.size()), ssize_t(text.size())); }
  void End() { ::close(input_[1]); }
  void Interrupt() { EXPECT_EQ(::write(interrupt_[1], "x", 1), 1); }

  // All lines of `text`, which a thread writes, as it may be more than a pipe holds.
  std::vector<std::string> LinesOf(const std::string& text, std::size_t line_bytes_max = kNoLimit) {
    std::thread writer([&] {
      Write(text);
      End();
    });
    LineReader reader(input_[0], interrupt_[0], line_bytes_max);
    std::vector<std::string> lines;
    for (auto line = reader.Next(); line.value(); line = reader.Next()) lines.emplace_back(*line.value());
    writer.join();
    return lines;
  }

  std::array<int, 2> input_ = {};
  std::array<int, 2> interrupt_ = {};
};

using Lines = std::vector<std::string>;

TEST_F(LineReaderTest, SplitsAtNewlinesAndNowhereElse) {
  EXPECT_EQ(LinesOf(std::string("a\r\n\n b\0c\n", 9)), (Lines{"a\r", "", std::string(" b\0c", 4)}));
}

TEST_F(LineReaderTest, TakesALastLineWithoutANewline) {
  EXPECT_EQ(LinesOf("a\nb"), (Lines{"a", "b"}));
}

TEST_F(LineReaderTest, HasNoLineInAnEmptyFile) {
  EXPECT_EQ(LinesOf(""), Lines());
}

TEST_F(LineReaderTest, JoinsALineThatComesInManyReads) {
  const std::string longer_than_a_read(1'000'000, 'x');
  EXPECT_EQ(LinesOf(longer_than_a_read + "\nb\n"), (Lines{longer_than_a_read, "b"}));
}

TEST_F(LineReaderTest, CutsALineAtTheLimitAndGoesOnAfterItsEnd) {
  EXPECT_EQ(LinesOf("12345\n123456\n" + std::string(300'000, 'x') + "\nb\n123456", 5),
            (Lines{"12345", "12345", "xxxxx", "b", "12345"}));
}

TEST_F(LineReaderTest, IsInterruptedWhileItWaits) {
  Write("whole\nhalf");
  LineReader reader(input_[0], interrupt_[0], kNoLimit);
  EXPECT_EQ(*reader.Next().value(), "whole");
  std::thread interrupter([this] { Interrupt(); });
  EXPECT_EQ(reader.Next().value(), std::nullopt);
  interrupter.join();
  EXPECT_EQ(reader.Next().value(), std::nullopt);
  End();
}

TEST_F(LineReaderTest, ReportsAnInputThatCannotBeRead) {
  End();
  const int folder = ::open("/", O_RDONLY | O_CLOEXEC);
  LineReader reader(folder, /*interrupt=*/-1, kNoLimit);
  EXPECT_EQ(reader.Next().status().message(), "cannot read the input: Is a directory");
  ::close(folder);
}

}  // namespace
}  // namespace streamhouse::apps
