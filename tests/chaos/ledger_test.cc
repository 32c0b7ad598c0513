#include "tests/chaos/ledger.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace streamhouse::chaos {
namespace {

using Log = std::map<std::uint32_t, std::vector<std::string>>;
using Problems = std::vector<std::string>;

// A checker that finds nothing is worth nothing: each kind of fault is made once.
class LedgerTest : public testing::Test {
 protected:
  LedgerTest() {
    ledger_.NoteAcknowledged(0, 0, "a:0");
    ledger_.NoteAcknowledged(0, 1, "a:1");
    ledger_.NoteConsumed(0, 0, "a:0");
  }

  Ledger ledger_;
};

TEST_F(LedgerTest, FindsNoProblemWhenEveryRecordIsThere) {
  EXPECT_EQ(ledger_.Check({{0, {"a:0", "a:1", "b:5"}}}, {{0, 1}}), Problems());
}

TEST_F(LedgerTest, FindsALostRecord) {
  EXPECT_EQ(ledger_.Check({{0, {"a:0"}}}, {}), Problems{"partition 0 offset 1: a:1 was lost"});
}

TEST_F(LedgerTest, FindsADuplicate) {
  EXPECT_EQ(ledger_.Check({{0, {"a:0", "a:1"}}, {1, {"a:1"}}}, {}),
            Problems{"partition 1 offset 0: a:1 is there twice"});
}

TEST_F(LedgerTest, FindsABrokenOrder) {
  EXPECT_EQ(ledger_.Check({{0, {"a:0", "a:1", "b:7", "b:6"}}}, {}),
            Problems{"partition 0 offset 3: b:6 is out of order"});
}

TEST_F(LedgerTest, FindsARecordThatWasReadAndIsNotThere) {
  ledger_.NoteConsumed(0, 2, "a:2");
  EXPECT_EQ(ledger_.Check({{0, {"a:0", "a:1"}}}, {}), Problems{"partition 0 offset 2: a:2 was made up"});
}

TEST_F(LedgerTest, FindsARecordThatAGroupSkipped) {
  EXPECT_EQ(ledger_.Check({{0, {"a:0", "a:1"}}}, {{0, 2}}), Problems{"partition 0 offset 1 was skipped"});
}

TEST_F(LedgerTest, FindsAnOffsetWithTwoValues) {
  ledger_.NoteConsumed(0, 0, "b:0");
  EXPECT_EQ(ledger_.Check({{0, {"a:0", "a:1"}}}, {}), Problems{"partition 0 offset 0 was read with two values"});
}

TEST_F(LedgerTest, FindsARecordThatAGroupIsGivenAgainAfterItsCommit) {
  ledger_.NoteConsumed(0, 0, "a:0", {.offset = 1});
  EXPECT_EQ(ledger_.Check({{0, {"a:0", "a:1"}}}, {{0, 1}}),
            Problems{"partition 0 offset 0 was given again after a commit of 1"});
}

TEST_F(LedgerTest, KnowsTheLastCommitOfAPartition) {
  ledger_.NoteCommitted(0, {.offset = 2});
  ledger_.NoteCommitted(0, {.offset = 1});
  EXPECT_EQ(ledger_.Committed(0).offset, 1U);
  EXPECT_EQ(ledger_.Committed(1).offset, 0U);
}

TEST_F(LedgerTest, ForgetsWhatAPowerCutHasTaken) {
  ledger_.NoteConsumed(0, 1, "a:1");
  ledger_.NoteCommitted(0, {.offset = 2});
  ledger_.NoteCut(0, 1, Promise::kMayBeLost);
  EXPECT_EQ(ledger_.Check({{0, {"a:0"}}}, {{0, 1}}), Problems());
  EXPECT_EQ(ledger_.Committed(0).offset, 1U);
  EXPECT_EQ(ledger_.counts().cut_acknowledged, 1U);
  EXPECT_EQ(ledger_.counts().cut_committed, 1U);
}

TEST_F(LedgerTest, FindsASkippedRecordInThePlaceOfOneThatAPowerCutHasTaken) {
  ledger_.NoteConsumed(0, 1, "a:1");
  ledger_.NoteCut(0, 1, Promise::kMayBeLost);
  ledger_.NoteAcknowledged(0, 1, "b:0");
  EXPECT_EQ(ledger_.Check({{0, {"a:0", "b:0"}}}, {{0, 2}}), Problems{"partition 0 offset 1 was skipped"});
}

TEST_F(LedgerTest, FindsARecordThatWasLostAfterThePowerCut) {
  ledger_.NoteCut(0, 1, Promise::kMayBeLost);
  ledger_.NoteAcknowledged(0, 1, "b:0");
  EXPECT_EQ(ledger_.Check({{0, {"a:0"}}}, {}), Problems{"partition 0 offset 1: b:0 was lost"});
}

TEST_F(LedgerTest, FindsASyncedRecordThatAPowerCutHasTaken) {
  ledger_.NoteCut(0, 1, Promise::kIsKept);
  EXPECT_EQ(ledger_.Check({{0, {"a:0"}}}, {}), Problems{"partition 0 offset 1: a:1 was synced, and lost"});
}

TEST_F(LedgerTest, TakesRecordsAtOffsetsThatWereCutSinceTheCommitForNewOnes) {
  ledger_.NoteCut(0, 1, Promise::kMayBeLost);
  ledger_.NoteConsumed(0, 1, "b:0", {.offset = 2});
  EXPECT_EQ(ledger_.Check({{0, {"a:0", "b:0"}}}, {}), Problems());
  ledger_.NoteConsumed(0, 0, "a:0", {.offset = 2});
  EXPECT_EQ(ledger_.Check({{0, {"a:0", "b:0"}}}, {}),
            Problems{"partition 0 offset 0 was given again after a commit of 1"});
}

TEST_F(LedgerTest, LeavesOutACommitOfBeforeAPowerCut) {
  ledger_.NoteCut(0, 1, Promise::kMayBeLost);
  ledger_.NoteCommitted(0, {.offset = 2, .cuts = 0});
  EXPECT_EQ(ledger_.Committed(0).offset, 0U);
  ledger_.NoteCommitted(0, {.offset = 2, .cuts = 1});
  EXPECT_EQ(ledger_.Committed(0).offset, 2U);
}

TEST_F(LedgerTest, ListsTheRecordsThatTheGroupHasYetToRead) {
  const std::map<std::uint32_t, std::vector<std::string>> log = {{0, {"a:0", "a:1", "a:2"}}, {1, {"b:0"}}};
  ledger_.NoteConsumed(0, 0, "a:0");
  EXPECT_EQ(ledger_.Unread(log),
            (Problems{"partition 0 offset 1: from there on, 2 records were never given to the group",
                      "partition 1 offset 0: from there on, 1 records were never given to the group"}));
  ledger_.NoteConsumed(0, 1, "a:1");
  ledger_.NoteConsumed(0, 2, "a:2");
  ledger_.NoteConsumed(1, 0, "b:0");
  EXPECT_EQ(ledger_.Unread(log), Problems());
}

TEST_F(LedgerTest, CountsTheAcknowledgementsOfAPartition) {
  ledger_.NoteAcknowledged(2, 0, "c:0");
  EXPECT_EQ(ledger_.CountAcknowledged(0), 2U);
  EXPECT_EQ(ledger_.CountAcknowledged(1), 0U);
  EXPECT_EQ(ledger_.CountAcknowledged(2), 1U);
}

TEST_F(LedgerTest, Counts) {
  ledger_.NoteConsumed(0, 0, "a:0");
  ledger_.NoteFailed();
  EXPECT_EQ(ledger_.counts().acknowledged, 2U);
  EXPECT_EQ(ledger_.counts().consumed, 1U);
  EXPECT_EQ(ledger_.counts().consumed_again, 1U);
  EXPECT_EQ(ledger_.counts().failed, 1U);
}

}  // namespace
}  // namespace streamhouse::chaos
