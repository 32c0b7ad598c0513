#include "exporters/push/http/response_reader.h"

#include <gtest/gtest.h>

#include <string>

#include "metrics_core/status.h"

namespace streamhouse::exporters {
namespace {

using metrics::Status;
using metrics::StatusCode;

class ResponseReaderTest : public testing::Test {
 protected:
  // Puts `bytes` again and again, until they are refused.
  StatusCode PutEndlessly(const std::string& bytes) {
    constexpr std::size_t kFarTooMany = 1000;
    for (std::size_t i = 0; i < kFarTooMany; ++i) {
      if (Status put = reader_.Put(bytes); !put.ok()) return put.code();
    }
    return StatusCode::kOk;
  }

  ResponseReader reader_;
};

TEST_F(ResponseReaderTest, ReadsAResponseByteByByte) {
  const std::string text = "HTTP/1.1 503 Busy\r\nRetry-After: 2\r\nContent-Length: 4\r\n\r\nlate";
  for (const char byte : text) {
    EXPECT_FALSE(reader_.is_done());
    EXPECT_TRUE(reader_.Put({&byte, 1}).ok());
  }
  ASSERT_TRUE(reader_.is_done());
  EXPECT_TRUE(reader_.keeps_alive());
  const HttpResponse response = reader_.Take();
  EXPECT_EQ(response.status, 503U);
  EXPECT_EQ(response.body, "late");
  EXPECT_EQ(response.Field("Retry-After"), "2");
}

TEST_F(ResponseReaderTest, JoinsChunks) {
  ASSERT_TRUE(reader_.Put("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n").ok());
  ASSERT_TRUE(reader_.is_done());
  EXPECT_EQ(reader_.Take().body, "abc");
}

// A chunk of one byte, an end without a trailer and one with: no piece is too short to be read in
// the end.
TEST_F(ResponseReaderTest, ReadsChunksInPiecesOfAnySize) {
  for (const std::string end : {"0\r\n\r\n", "0\r\nTook: 1\r\n\r\n"}) {
    const std::string text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1\r\nd\r\n" + end;
    for (std::size_t piece = 1; piece <= text.size(); ++piece) {
      ResponseReader reader;
      for (std::size_t at = 0; at < text.size(); at += piece) ASSERT_TRUE(reader.Put(text.substr(at, piece)).ok());
      ASSERT_TRUE(reader.is_done()) << piece;
      EXPECT_TRUE(reader.keeps_alive()) << piece;
      EXPECT_EQ(reader.Take().body, "abcd") << piece;
    }
  }
}

TEST_F(ResponseReaderTest, SaysWhenTheConnectionEndsBetweenChunks) {
  ASSERT_TRUE(reader_.Put("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n").ok());
  EXPECT_FALSE(reader_.is_done());
  EXPECT_EQ(reader_.PutEnd().code(), StatusCode::kUnavailable);
}

TEST_F(ResponseReaderTest, RefusesAChunkWithoutALengthAtOnce) {
  ASSERT_TRUE(reader_.Put("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").ok());
  EXPECT_EQ(reader_.Put("x\r\n").code(), StatusCode::kDataLoss);
}

TEST_F(ResponseReaderTest, ReadsABodyToTheEndOfTheConnection) {
  ASSERT_TRUE(reader_.Put("HTTP/1.0 400 Bad\r\n\r\nwhy").ok());
  EXPECT_FALSE(reader_.is_done());
  ASSERT_TRUE(reader_.PutEnd().ok());
  ASSERT_TRUE(reader_.is_done());
  EXPECT_FALSE(reader_.keeps_alive());
  EXPECT_EQ(reader_.Take().body, "why");
}

TEST_F(ResponseReaderTest, WantsNoBodyOfA204) {
  ASSERT_TRUE(reader_.Put("HTTP/1.1 204 No Content\r\n\r\n").ok());
  EXPECT_TRUE(reader_.is_done());
  EXPECT_TRUE(reader_.keeps_alive());
}

TEST_F(ResponseReaderTest, DoesNotKeepAConnectionThatCloses) {
  ASSERT_TRUE(reader_.Put("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n").ok());
  EXPECT_TRUE(reader_.is_done());
  EXPECT_FALSE(reader_.keeps_alive());
}

TEST_F(ResponseReaderTest, DoesNotKeepAConnectionThatSaysMore) {
  ASSERT_TRUE(reader_.Put("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 500").ok());
  EXPECT_TRUE(reader_.is_done());
  EXPECT_FALSE(reader_.keeps_alive());
}

TEST_F(ResponseReaderTest, PassesOverInformation) {
  ASSERT_TRUE(reader_.Put("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Wait\r\n\r\nHTTP/1.1 202 OK\r\n").ok());
  ASSERT_TRUE(reader_.Put("Content-Length: 0\r\n\r\n").ok());
  ASSERT_TRUE(reader_.is_done());
  EXPECT_EQ(reader_.Take().status, 202U);
}

TEST_F(ResponseReaderTest, TakesNoEndlessInformation) {
  EXPECT_EQ(PutEndlessly("HTTP/1.1 100 Continue\r\n\r\n"), StatusCode::kDataLoss);
}

TEST_F(ResponseReaderTest, TakesNoUnknownStatusThatTheConnectionEnds) {
  ASSERT_TRUE(reader_.Put("HTTP/1.0 040 Bad\r\n\r\nwhy").ok());
  EXPECT_EQ(reader_.PutEnd().code(), StatusCode::kDataLoss);
}

TEST_F(ResponseReaderTest, TakesNoOtherProtocol) {
  EXPECT_EQ(reader_.Put("HTTP/1.1 101 Switching\r\n\r\n").code(), StatusCode::kDataLoss);
  EXPECT_EQ(ResponseReader().Put("SSH-2.0-OpenSSH_9.2\r\n").code(), StatusCode::kDataLoss);
}

TEST_F(ResponseReaderTest, BoundsTheBody) {
  EXPECT_EQ(reader_.Put("HTTP/1.1 200 OK\r\nContent-Length: 4194305\r\n\r\n").code(), StatusCode::kResourceExhausted);
}

TEST_F(ResponseReaderTest, TakesTheLargestBody) {
  ASSERT_TRUE(reader_.Put("HTTP/1.1 200 OK\r\nContent-Length: 4194304\r\n\r\n").ok());
  ASSERT_TRUE(reader_.Put(std::string(kResponseBytesMax, 'x')).ok());
  EXPECT_TRUE(reader_.is_done());
}

TEST_F(ResponseReaderTest, BoundsABodyWithoutALength) {
  ASSERT_TRUE(reader_.Put("HTTP/1.1 200 OK\r\n\r\n").ok());
  EXPECT_EQ(PutEndlessly(std::string(16384, 'x')), StatusCode::kResourceExhausted);
}

TEST_F(ResponseReaderTest, BoundsChunks) {
  ASSERT_TRUE(reader_.Put("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").ok());
  EXPECT_EQ(PutEndlessly("4000\r\n" + std::string(16384, 'x') + "\r\n"), StatusCode::kResourceExhausted);
}

TEST_F(ResponseReaderTest, BoundsHeaders) {
  ASSERT_TRUE(reader_.Put("HTTP/1.1 200 OK\r\n").ok());
  EXPECT_EQ(PutEndlessly("X: " + std::string(1000, 'x') + "\r\n"), StatusCode::kResourceExhausted);
}

// Method: each read ends within the line break of a field, so that the fields before it are taken.
TEST_F(ResponseReaderTest, BoundsHeadersThatComeInPieces) {
  ASSERT_TRUE(reader_.Put("HTTP/1.1 200 OK\r\nA").ok());
  EXPECT_EQ(PutEndlessly(": " + std::string(1000, 'x') + "\r\nA"), StatusCode::kResourceExhausted);
}

TEST_F(ResponseReaderTest, BoundsAHeadWhoseLastPieceIsLarge) {
  const std::string half(kResponseHeadBytesMax / 2, 'x');
  ASSERT_TRUE(reader_.Put("HTTP/1.1 200 OK\r\nA: " + half + "\r\nA").ok());
  EXPECT_EQ(reader_.Put(": " + half + "\r\nContent-Length: 0\r\n\r\n").code(), StatusCode::kResourceExhausted);
}

TEST_F(ResponseReaderTest, BoundsALineBetweenChunks) {
  ASSERT_TRUE(reader_.Put("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4;a=").ok());
  EXPECT_EQ(PutEndlessly(std::string(1000, 'x')), StatusCode::kResourceExhausted);
}

TEST_F(ResponseReaderTest, SaysWhenTheConnectionEndsTooSoon) {
  EXPECT_FALSE(reader_.has_begun());
  EXPECT_EQ(reader_.PutEnd().code(), StatusCode::kUnavailable);
  ASSERT_TRUE(reader_.Put("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nla").ok());
  EXPECT_TRUE(reader_.has_begun());
  EXPECT_EQ(reader_.PutEnd().code(), StatusCode::kUnavailable);
  ResponseReader head;
  ASSERT_TRUE(head.Put("HTTP/1.1 20").ok());
  EXPECT_EQ(head.PutEnd().code(), StatusCode::kUnavailable);
}

}  // namespace
}  // namespace streamhouse::exporters
