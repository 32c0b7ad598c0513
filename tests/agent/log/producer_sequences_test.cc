#include "agent/log/producer_sequences.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace streamhouse::agent {
namespace {

BatchHeader Batch(std::uint64_t producer_id, std::uint64_t sequence, std::uint32_t record_count,
                  std::uint64_t base_offset = 0) {
  return {.record_count = record_count, .base_offset = base_offset, .producer_id = producer_id, .sequence = sequence};
}

class ProducerSequencesTest : public testing::Test {
 protected:
  SequenceState Check(std::uint64_t producer_id, std::uint64_t sequence, std::uint32_t record_count) const {
    return sequences_.Check(Batch(producer_id, sequence, record_count)).state;
  }

  ProducerSequences sequences_;
};

TEST_F(ProducerSequencesTest, TakesTheFirstBatchOfAProducerWithAnySequence) {
  EXPECT_EQ(Check(7, 1000, 3), SequenceState::kNew);
}

TEST_F(ProducerSequencesTest, TakesALaterSequenceAlsoAfterAGap) {
  sequences_.Note(Batch(7, 0, 3));
  EXPECT_EQ(Check(7, 3, 1), SequenceState::kNew);
  EXPECT_EQ(Check(7, 30, 1), SequenceState::kNew);
}

TEST_F(ProducerSequencesTest, KnowsTheLastBatchAndWhereItStands) {
  sequences_.Note(Batch(7, 0, 3, 41));
  sequences_.Note(Batch(7, 3, 2, 50));
  EXPECT_EQ(Check(7, 3, 2), SequenceState::kDuplicate);
  EXPECT_EQ(sequences_.Check(Batch(7, 3, 2)).base_offset, 50U);
}

TEST_F(ProducerSequencesTest, LetsNoStragglerIn) {
  sequences_.Note(Batch(7, 0, 3));
  sequences_.Note(Batch(7, 3, 2));
  EXPECT_EQ(Check(7, 0, 3), SequenceState::kPassed);
  EXPECT_EQ(Check(7, 3, 1), SequenceState::kPassed);
  EXPECT_EQ(Check(7, 4, 5), SequenceState::kPassed);
}

TEST_F(ProducerSequencesTest, KeepsProducersApart) {
  sequences_.Note(Batch(7, 0, 3));
  EXPECT_EQ(Check(8, 0, 3), SequenceState::kNew);
}

TEST_F(ProducerSequencesTest, TakesEachBatchWithoutAProducer) {
  sequences_.Note(Batch(kNoProducer, 0, 3));
  EXPECT_EQ(Check(kNoProducer, 0, 3), SequenceState::kNew);
  EXPECT_EQ(sequences_.size(), 0U);
}

TEST_F(ProducerSequencesTest, ForgetsTheProducerThatHasNotWrittenForTheLongest) {
  constexpr std::uint64_t kMax = ProducerSequences::kProducersMax;
  for (std::uint64_t id = 1; id <= kMax; ++id) sequences_.Note(Batch(id, 0, 1));
  sequences_.Note(Batch(1, 1, 1));
  sequences_.Note(Batch(kMax + 1, 0, 1));
  EXPECT_EQ(sequences_.size(), kMax);
  EXPECT_EQ(Check(1, 1, 1), SequenceState::kDuplicate);
  EXPECT_EQ(Check(2, 0, 1), SequenceState::kNew);
}

}  // namespace
}  // namespace streamhouse::agent
