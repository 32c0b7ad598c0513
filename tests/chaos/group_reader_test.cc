#include "tests/chaos/group_reader.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace streamhouse::chaos {
namespace {

using Problems = std::vector<std::string>;

class GroupReaderTest : public testing::Test {
 protected:
  static std::string Value(std::uint64_t offset) { return "a:" + std::to_string(offset); }
  static void Give(GroupReader& reader, std::uint64_t from, std::uint64_t to) {
    for (std::uint64_t offset = from; offset < to; ++offset) reader.Given(0, offset, Value(offset));
  }
  // Of a log of ten records.
  Problems Check() const {
    std::vector<std::string> log;
    for (std::uint64_t offset = 0; offset < 10; ++offset) log.push_back(Value(offset));
    return ledger_.Check({{0, log}}, {});
  }

  Ledger ledger_;
};

TEST_F(GroupReaderTest, MayReadOnWhileAnotherHasCommittedMore) {
  GroupReader slow(ledger_);
  Give(slow, 0, 2);
  GroupReader other(ledger_);
  Give(other, 0, 10);
  other.NoteCommitted(0, 10);
  Give(slow, 2, 10);
  EXPECT_EQ(Check(), Problems());
}

TEST_F(GroupReaderTest, MustNotBeginBeforeACommitThatCameFirst) {
  GroupReader first(ledger_);
  Give(first, 0, 5);
  first.NoteCommitted(0, 5);
  GroupReader second(ledger_);
  second.Given(0, 4, Value(4));
  EXPECT_EQ(Check(), Problems{"partition 0 offset 4 was given again after a commit of 5"});
}

TEST_F(GroupReaderTest, BeginsAgainWithAPartitionThatItHadBefore) {
  GroupReader reader(ledger_);
  Give(reader, 0, 5);
  reader.Follow({});
  GroupReader other(ledger_);
  Give(other, 5, 8);
  other.NoteCommitted(0, 8);
  reader.BeforePoll();
  reader.Follow({0});
  reader.Given(0, 5, Value(5));
  EXPECT_EQ(Check(), Problems{"partition 0 offset 5 was given again after a commit of 8"});
}

TEST_F(GroupReaderTest, MustNotGoBackBehindItsOwnCommit) {
  GroupReader reader(ledger_);
  Give(reader, 0, 5);
  reader.NoteCommitted(0, 5);
  Give(reader, 5, 7);
  Give(reader, 5, 8);
  EXPECT_EQ(Check(), Problems());
  reader.Given(0, 3, Value(3));
  EXPECT_EQ(Check(), Problems{"partition 0 offset 3 was given again after a commit of 5"});
}

TEST_F(GroupReaderTest, MayBeginAgainWhereItsPositionWasTakenBackTo) {
  GroupReader reader(ledger_);
  Give(reader, 0, 5);
  reader.NoteCommitted(0, 3);
  Give(reader, 3, 6);
  EXPECT_EQ(Check(), Problems());
}

TEST_F(GroupReaderTest, GoesBackToWhereAPowerCutHasCutTheLog) {
  GroupReader reader(ledger_);
  Give(reader, 0, 8);
  reader.NoteCommitted(0, 8);
  ledger_.NoteCut(0, 6, Promise::kMayBeLost);
  reader.BeforePoll();
  Give(reader, 6, 10);
  EXPECT_EQ(Check(), Problems());
}

TEST_F(GroupReaderTest, MustNotGoBackFurtherThanAPowerCutHasCutTheLog) {
  GroupReader reader(ledger_);
  Give(reader, 0, 8);
  reader.NoteCommitted(0, 8);
  ledger_.NoteCut(0, 6, Promise::kMayBeLost);
  reader.BeforePoll();
  reader.Given(0, 5, Value(5));
  EXPECT_EQ(Check(), Problems{"partition 0 offset 5 was given again after a commit of 6"});
}

TEST_F(GroupReaderTest, IsDrainedOnceAPollThatBeganLaterHasGivenNothing) {
  GroupReader reader(ledger_);
  EXPECT_TRUE(ledger_.AreReadersDrained());
  ledger_.BeginDrain();
  reader.NothingGiven();
  EXPECT_FALSE(ledger_.AreReadersDrained());
  reader.BeforePoll();
  reader.NothingGiven();
  EXPECT_TRUE(ledger_.AreReadersDrained());
}

TEST_F(GroupReaderTest, IsNotWaitedForOnceItIsGone) {
  {
    const GroupReader reader(ledger_);
    ledger_.BeginDrain();
  }
  EXPECT_TRUE(ledger_.AreReadersDrained());
}

TEST_F(GroupReaderTest, DoesNotCommitWhatItWasGivenBeforeAPowerCut) {
  GroupReader reader(ledger_);
  Give(reader, 0, 8);
  ledger_.NoteCut(0, 6, Promise::kMayBeLost);
  reader.BeforePoll();
  reader.NoteCommitted(0, 8);
  EXPECT_EQ(ledger_.Committed(0).offset, 0U);
}

}  // namespace
}  // namespace streamhouse::chaos
