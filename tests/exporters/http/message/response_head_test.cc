#include "exporters/http/message/response_head.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace streamhouse::exporters {
namespace {

const std::chrono::system_clock::time_point kNow{std::chrono::seconds(784111777)};

TEST(ResponseHeadTest, WritesStatusAndHeaders) {
  EXPECT_EQ(ResponseHead(Response(), {.framing = Framing::kLength, .content_length = 7, .now = kNow}),
            "HTTP/1.1 200 OK\r\n"
            "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n"
            "Content-Length: 7\r\n"
            "Cache-Control: no-store\r\n"
            "X-Content-Type-Options: nosniff\r\n"
            "Connection: keep-alive\r\n\r\n");
}

TEST(ResponseHeadTest, SaysHowTheBodyEnds) {
  const std::string chunked = ResponseHead(Response(), {.framing = Framing::kChunked, .now = kNow});
  EXPECT_NE(chunked.find("\r\nTransfer-Encoding: chunked\r\n"), std::string::npos);
  EXPECT_EQ(chunked.find("Content-Length"), std::string::npos);
  const std::string none = ResponseHead(Response(), {.framing = Framing::kNone, .now = kNow});
  EXPECT_EQ(none.find("Transfer-Encoding"), std::string::npos);
  EXPECT_EQ(none.find("Content-Length"), std::string::npos);
}

TEST(ResponseHeadTest, SaysWhenTheConnectionCloses) {
  const std::string head = ResponseHead(Response(), {.keep_alive = false, .now = kNow});
  EXPECT_TRUE(head.ends_with("\r\nConnection: close\r\n\r\n")) << head;
}

TEST(ResponseHeadTest, AddsTheHeadersOfTheResponse) {
  Response response = ErrorResponse(405);
  response.headers.emplace_back("Allow", "GET, HEAD");
  const std::string head = ResponseHead(response, {.now = kNow});
  EXPECT_TRUE(head.starts_with("HTTP/1.1 405 Method Not Allowed\r\n")) << head;
  EXPECT_NE(head.find("\r\nAllow: GET, HEAD\r\n"), std::string::npos) << head;
}

TEST(ResponseHeadTest, LeavesItsOwnHeaderToTheResponse) {
  Response response;
  response.headers.emplace_back("X-Content-Type-Options", "configured");
  const std::string head = ResponseHead(response, {.now = kNow});
  EXPECT_EQ(head.find("nosniff"), std::string::npos) << head;
}

}  // namespace
}  // namespace streamhouse::exporters
