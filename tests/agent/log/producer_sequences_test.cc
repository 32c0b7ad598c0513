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
  Novelty Judge(std::uint64_t producer_id, std::uint64_t sequence, std::uint32_t record_count) const {
    return sequences_.Judge(Batch(producer_id, sequence, record_count)).novelty;
  }

  ProducerSequences sequences_;
};

TEST_F(ProducerSequencesTest, TakesTheFirstBatchOfAProducerWhateverItsSequence) {
  EXPECT_EQ(Judge(7, 1000, 3), Novelty::kNew);
}

TEST_F(ProducerSequencesTest, TakesWhatFollowsAlsoAfterAGap) {
  sequences_.Note(Batch(7, 0, 3));
  EXPECT_EQ(Judge(7, 3, 1), Novelty::kNew);
  EXPECT_EQ(Judge(7, 30, 1), Novelty::kNew);
}

TEST_F(ProducerSequencesTest, KnowsTheLastBatchAndWhereItStands) {
  sequences_.Note(Batch(7, 0, 3, 41));
  sequences_.Note(Batch(7, 3, 2, 50));
  EXPECT_EQ(Judge(7, 3, 2), Novelty::kRepeated);
  EXPECT_EQ(sequences_.Judge(Batch(7, 3, 2)).base_offset, 50U);
}

TEST_F(ProducerSequencesTest, LetsNoStragglerIn) {
  sequences_.Note(Batch(7, 0, 3));
  sequences_.Note(Batch(7, 3, 2));
  EXPECT_EQ(Judge(7, 0, 3), Novelty::kPassed);
  EXPECT_EQ(Judge(7, 3, 1), Novelty::kPassed);
  EXPECT_EQ(Judge(7, 4, 5), Novelty::kPassed);
}

TEST_F(ProducerSequencesTest, KeepsProducersApart) {
  sequences_.Note(Batch(7, 0, 3));
  EXPECT_EQ(Judge(8, 0, 3), Novelty::kNew);
}

TEST_F(ProducerSequencesTest, TakesEverythingWithoutAProducer) {
  sequences_.Note(Batch(kNoProducer, 0, 3));
  EXPECT_EQ(Judge(kNoProducer, 0, 3), Novelty::kNew);
  EXPECT_EQ(sequences_.size(), 0U);
}

TEST_F(ProducerSequencesTest, ForgetsWhoHasNotWrittenForTheLongest) {
  constexpr std::uint64_t kMax = ProducerSequences::kProducersMax;
  for (std::uint64_t id = 1; id <= kMax; ++id) sequences_.Note(Batch(id, 0, 1));
  sequences_.Note(Batch(1, 1, 1));
  sequences_.Note(Batch(kMax + 1, 0, 1));
  EXPECT_EQ(sequences_.size(), kMax);
  EXPECT_EQ(Judge(1, 1, 1), Novelty::kRepeated);
  EXPECT_EQ(Judge(2, 0, 1), Novelty::kNew);
}

}  // namespace
}  // namespace streamhouse::agent
