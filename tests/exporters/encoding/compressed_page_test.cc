#include "exporters/encoding/compressed_page.h"

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <utility>

#include "tests/exporters/support/command.h"

namespace streamhouse::exporters {
namespace {

// A given page, a chunk at a time; fails instead of ending where it is told to.
class GivenPage : public PageSource {
 public:
  GivenPage(std::string page, Progress end) : page_(std::move(page)), end_(end) {}
  Progress Fill(PageChunk& chunk) override {
    chunk.Append(std::string_view(page_).substr(at_, kPageChunkBytes));
    at_ += kPageChunkBytes;
    return at_ < page_.size() ? Progress::kMore : end_;
  }

 private:
  const std::string page_;
  const Progress end_;
  std::size_t at_ = 0;
};

std::string Compressed(const std::string& page, ContentCoding coding) {
  CompressedPage compressed(std::make_unique<GivenPage>(page, PageSource::Progress::kEnd), coding);
  return ReadPage(compressed).value();
}

std::string Repetitive(std::size_t lines) {
  std::string page;
  for (std::size_t i = 0; i < lines; ++i)
    page += "requests_total{topic=\"orders\",i=\"" + std::to_string(i) + "\"} 7\n";
  return page;
}

// Bytes that no compressor can make smaller.
std::string Random(std::size_t bytes) {
  std::mt19937 random(1);
  std::string page;
  for (std::size_t i = 0; i < bytes; ++i) page += static_cast<char>(random());
  return page;
}

class CompressedPageTest : public testing::TestWithParam<ContentCoding> {
 protected:
  std::string Decompressed(const std::string& bytes) {
    return RunCommand(GetParam() == ContentCoding::kGzip ? "gzip -d" : "/usr/bin/zstd -d", bytes).output;
  }
};

TEST_P(CompressedPageTest, DecompressesToThePage) {
  for (const std::string& page :
       {std::string(), std::string("a"), Repetitive(1), Repetitive(30'000), Random(500'000)}) {
    EXPECT_TRUE(Decompressed(Compressed(page, GetParam())) == page) << page.size();
  }
}

TEST_P(CompressedPageTest, ARepetitivePageShrinksToAFifth) {
  const std::string page = Repetitive(30'000);
  EXPECT_LT(Compressed(page, GetParam()).size(), page.size() / 5);
}

TEST_P(CompressedPageTest, KeepsToTheSizeOfItsChunks) {
  CompressedPage compressed(std::make_unique<GivenPage>(Random(500'000), PageSource::Progress::kEnd), GetParam());
  PageSource::Progress progress;
  do {
    PageChunk chunk(1000);
    progress = compressed.Fill(chunk);
    ASSERT_LE(chunk.view().size(), 1000U);
    ASSERT_FALSE(progress == PageSource::Progress::kMore && chunk.empty());
  } while (progress == PageSource::Progress::kMore);
  EXPECT_EQ(progress, PageSource::Progress::kEnd);
}

TEST_P(CompressedPageTest, FailsWithItsPage) {
  CompressedPage compressed(std::make_unique<GivenPage>(Random(500'000), PageSource::Progress::kFailed), GetParam());
  PageChunk chunk;
  PageSource::Progress progress;
  do {
    chunk.Clear();
    progress = compressed.Fill(chunk);
  } while (progress == PageSource::Progress::kMore);
  EXPECT_EQ(progress, PageSource::Progress::kFailed);
}

INSTANTIATE_TEST_SUITE_P(Codings, CompressedPageTest, testing::Values(ContentCoding::kGzip, ContentCoding::kZstd),
                         [](const auto& coding) { return std::string(ContentCodingName(coding.param)); });

TEST(NegotiateCodingTest, CompressesForReadersThatAskForIt) {
  EXPECT_EQ(NegotiateCoding("gzip"), ContentCoding::kGzip);
  EXPECT_EQ(NegotiateCoding("br, GZip;q=0.3, deflate"), ContentCoding::kGzip);
  EXPECT_EQ(NegotiateCoding("zstd"), ContentCoding::kZstd);
}

TEST(NegotiateCodingTest, TakesAStarForGzipWhereGzipIsNotNamed) {
  for (const char* accept : {"*", "br, *;q=0.1", "identity;q=0, *", "identity, *", "zstd;q=0.1, *"}) {
    EXPECT_EQ(NegotiateCoding(accept), ContentCoding::kGzip) << accept;
  }
  EXPECT_EQ(NegotiateCoding("*, zstd"), ContentCoding::kZstd);
}

TEST(NegotiateCodingTest, LeavesItAtIdentityOtherwise) {
  for (const char* accept : {"", "identity", "br", "*;q=0", "gzip;q=0", "gzip;q=0, *", "identity, *;q=0.5",
                             "identity;q=0", "zstd;q=0,gzip;q=0.0", "identity,gzip;q=0.5"}) {
    EXPECT_EQ(NegotiateCoding(accept), ContentCoding::kIdentity) << accept;
  }
}

TEST(NegotiateCodingTest, GoesByWeightAndThenByCost) {
  EXPECT_EQ(NegotiateCoding("gzip, zstd"), ContentCoding::kZstd);
  EXPECT_EQ(NegotiateCoding("zstd;q=0.5, gzip;q=0.6"), ContentCoding::kGzip);
  EXPECT_EQ(NegotiateCoding("gzip, identity"), ContentCoding::kGzip);
}

}  // namespace
}  // namespace streamhouse::exporters
