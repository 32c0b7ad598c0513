#include "apps/text_records.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "client/producer.h"
#include "client/testing/in_memory_broker.h"
#include "metrics_core/status.h"
#include "tests/agent/support/temporary_folder.h"

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

TEST_F(LineReaderTest, FindsNothingInNothing) {
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

class LineLoopTest : public testing::Test {
 protected:
  std::string Write(const std::string& name, const std::string& text) {
    const std::filesystem::path path = std::filesystem::path(folder_.path()) / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
    return path.string();
  }

  // The next lines, joined.
  static std::string Take(LineLoop& loop, int count) {
    std::string joined;
    for (int i = 0; i < count; ++i) joined += loop.Next().value();
    return joined;
  }
  static std::string TakeFrom(const std::string& path, int count) { return Take(**LineLoop::Open(path, 100), count); }
  static std::string Refusal(const std::string& path) { return LineLoop::Open(path, 100).status().message(); }

  const agent::TemporaryFolder folder_;
};

TEST_F(LineLoopTest, ReadsAFileOverAndOver) {
  EXPECT_EQ(TakeFrom(Write("a", "1\n2\n3"), 7), "1231231");
}

TEST_F(LineLoopTest, ReadsAllFilesBelowAFolderInTheOrderOfTheirPaths) {
  Write("c", "5\n");
  Write("a", "1\n2\n");
  Write("b/a", "3\n");
  Write("b/b", "4\n");
  EXPECT_EQ(TakeFrom(folder_.path(), 6), "123451");
}

TEST_F(LineLoopTest, ReadsAFileOnceARoundWhateverLinksToIt) {
  std::filesystem::create_symlink(Write("a", "1\n"), folder_.path() + "/b");
  Write("c", "2\n");
  EXPECT_EQ(TakeFrom(folder_.path(), 4), "1212");
}

TEST_F(LineLoopTest, PassesOverEmptyFiles) {
  Write("a", "");
  Write("b", "1\n");
  EXPECT_EQ(TakeFrom(folder_.path(), 2), "11");
}

TEST_F(LineLoopTest, RefusesAPathWithoutALine) {
  EXPECT_EQ(Refusal(folder_.path()), folder_.path() + " has no lines to read");
  const std::string empty = Write("empty", "");
  EXPECT_EQ(Refusal(empty), empty + " has no lines to read");
}

TEST_F(LineLoopTest, RefusesAPathThatIsNotThere) {
  EXPECT_EQ(Refusal("/no/such/path"), "cannot read /no/such/path: No such file or directory");
}

TEST_F(LineLoopTest, ReportsAFileThatLosesItsLinesOnTheWay) {
  const std::string path = Write("a", "1\n");
  const auto loop = *LineLoop::Open(path, 100);
  EXPECT_EQ(Take(*loop, 2), "11");
  std::filesystem::resize_file(path, 0);
  EXPECT_EQ(loop->Next().status().message(), path + " has no lines to read");
}

class DeliveryTallyTest : public testing::Test {
 protected:
  DeliveryTallyTest() {
    metrics::Check(broker_->CreateTopic("orders", 1, client::CallLimits::Within(std::chrono::seconds(1))).ok(), "");
    producer_ = *client::Producer::Builder().broker(broker_).Build();
  }

  std::string CountsAtTheEnd() {
    producer_->Close(std::chrono::seconds(10));
    return tally_.counts().ToString();
  }

  const std::shared_ptr<client::InMemoryBroker> broker_ = std::make_shared<client::InMemoryBroker>();
  DeliveryTally tally_;
  std::unique_ptr<client::Producer> producer_;
};

TEST_F(DeliveryTallyTest, CountsWhatIsAcknowledged) {
  tally_.Send(*producer_, "orders", "a");
  tally_.Send(*producer_, "orders", "b");
  EXPECT_EQ(CountsAtTheEnd(), "sent=2 acked=2 failed=0");
}

TEST_F(DeliveryTallyTest, CountsWhatTheProducerRefuses) {
  tally_.Send(*producer_, "unknown", "a");
  EXPECT_EQ(CountsAtTheEnd(), "sent=1 acked=0 failed=1");
  EXPECT_EQ(tally_.counts().first_failure.code(), metrics::StatusCode::kNotFound);
}

TEST_F(DeliveryTallyTest, CountsWhatTheBrokerRefuses) {
  broker_->FailCall(client::BrokerCall::kProduce, 1, {metrics::StatusCode::kInvalidArgument, "no"});
  tally_.Send(*producer_, "orders", "a");
  tally_.Send(*producer_, "orders", "b");
  EXPECT_EQ(CountsAtTheEnd(), "sent=2 acked=0 failed=2");
  EXPECT_EQ(tally_.counts().first_failure.message(), "no");
}

}  // namespace
}  // namespace streamhouse::apps
