#include "exporters/remote_write/request_encoder.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <vector>

#include "metrics_core/reading/snapshot.h"
#include "tests/exporters/remote_write/request_checks.h"
#include "tests/exporters/support/remote_write_snapshot.h"

namespace streamhouse::exporters {
namespace {

// Writes E for a series that has ended and S for one of the snapshot, in requests of braces.
class LetterEncoder : public RequestEncoder {
 public:
  explicit LetterEncoder(const RemoteWriteBatch& batch) : RequestEncoder(batch) {}

 private:
  void BeginRequest() override {}
  void EndRequest(PageChunk& chunk) override { chunk.Append("."); }
  bool FillEnded(const EndedSeries& /*ended*/, PageChunk& chunk) override { return Put("E", chunk); }
  bool FillFamily(const metrics::FamilySnapshot& family, std::size_t& series, PageChunk& chunk) override {
    for (; series < family.size(); ++series) {
      if (!Put("S", chunk)) return false;
    }
    return true;
  }
  // Leaves room for the end.
  bool Put(std::string_view letter, PageChunk& chunk) {
    if (chunk.room() < 2 || !chunk.Append(letter)) return false;
    CountSamples(1);
    return true;
  }
};

// Families of two series, one and four.
class RequestEncoderTest : public ::testing::Test {
 protected:
  const metrics::Snapshot snapshot_ = RemoteWriteSnapshot();
  EndedList ended_{AllSeries(snapshot_.families().subspan(0, 2))};
  const RemoteWriteBatch batch_ = {.ended = &ended_, .families = snapshot_.families().subspan(1, 3)};
};

TEST_F(RequestEncoderTest, EndsEachRequest) {
  LetterEncoder encoder(batch_);
  EXPECT_EQ(RequestsOf(encoder, 6), (std::vector<std::string>{"EEESS.", "SSSS."}));
}

TEST_F(RequestEncoderTest, CountsSamplesByRequest) {
  LetterEncoder encoder(batch_);
  EXPECT_EQ(SamplesOfRequests(encoder, 6), (std::vector<std::size_t>{5, 4}));
}

TEST_F(RequestEncoderTest, TellsWhenAllStaleMarkersAreWritten) {
  LetterEncoder encoder(batch_);
  PageChunk chunk(3);
  encoder.Fill(chunk);
  EXPECT_FALSE(encoder.ended_is_written());
  chunk.Clear();
  encoder.Fill(chunk);
  EXPECT_TRUE(encoder.ended_is_written()) << chunk.view();
}

TEST_F(RequestEncoderTest, LeavesTheChunkOfAnEmptyBatchEmpty) {
  LetterEncoder encoder({});
  EXPECT_EQ(RequestsOf(encoder, 6), std::vector<std::string>{""});
}

}  // namespace
}  // namespace streamhouse::exporters
