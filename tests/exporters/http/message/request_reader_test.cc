#include "exporters/http/message/request_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "exporters/http/limits.h"

namespace streamhouse::exporters {
namespace {

using namespace std::string_literals;
using Outcome = RequestReader::Outcome;

constexpr RequestLimits kLimits = {.head_bytes = Limits().head_bytes, .target_bytes = Limits().target_bytes};

class RequestReaderTest : public testing::Test {
 protected:
  // What becomes of `bytes`, handed over in pieces of `piece` bytes: the requests as "METHOD
  // target", and a refusal as its status.
  static std::vector<std::string> Read(std::string_view bytes, std::size_t piece = std::string::npos) {
    RequestReader reader(kLimits);
    std::vector<std::string> outcomes;
    while (true) {
      switch (reader.Next()) {
        case Outcome::kRequest:
          outcomes.push_back(std::string(reader.request().method) + " " + std::string(reader.request().target));
          break;
        case Outcome::kRefused:
          outcomes.push_back(std::to_string(reader.refusal()));
          return outcomes;
        case Outcome::kNeedsMore:
          if (bytes.empty()) return outcomes;
          const auto space = reader.Prepare();
          const std::size_t n = std::min({piece, space.size(), bytes.size()});
          std::copy_n(bytes.begin(), n, space.begin());
          reader.Commit(n);
          bytes.remove_prefix(n);
      }
    }
  }
  static void Give(RequestReader& reader, std::string_view bytes) {
    std::copy(bytes.begin(), bytes.end(), reader.Prepare().begin());
    reader.Commit(bytes.size());
  }
  static std::string WithHeader(std::string_view header) {
    return "GET / HTTP/1.1\r\nHost: a\r\n" + std::string(header) + "\r\n\r\n";
  }
};

using Outcomes = std::vector<std::string>;

constexpr std::string_view kTwoRequests =
    "GET /a HTTP/1.1\r\nHost: x\r\n\r\nHEAD /b?c HTTP/1.1\r\nHost: x\r\nA: b\r\n\r\n";

TEST_F(RequestReaderTest, TakesALaterVersionOfHttp1ForHttp11) {
  for (const std::size_t piece : {std::size_t{1}, std::size_t{9}, std::string::npos}) {
    EXPECT_EQ(Read("GET / HTTP/1.2\r\nHost: a\r\n\r\nGET /b HTTP/1.9\r\nHost: a\r\n\r\n", piece),
              (Outcomes{"GET /", "GET /b"}));
  }
  RequestReader reader(kLimits);
  Give(reader, "GET / HTTP/1.2\r\nHost: a\r\n\r\n");
  EXPECT_EQ(reader.Next(), Outcome::kRequest);
  EXPECT_TRUE(reader.understands_chunks());
  EXPECT_TRUE(reader.keeps_connection());
}

TEST_F(RequestReaderTest, RefusesOtherVersionsOfHttpAsSuch) {
  for (const char* version : {"2.0", "3.0"}) {
    EXPECT_EQ(Read("GET / HTTP/" + std::string(version) + "\r\nHost: a\r\n\r\n"), Outcomes{"505"}) << version;
  }
  EXPECT_EQ(Read("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), Outcomes{"505"});
  for (const char* version : {"1.", "11", "1.10", "x.1", ""}) {
    EXPECT_EQ(Read("GET / HTTP/" + std::string(version) + "\r\nHost: a\r\n\r\n"), Outcomes{"400"}) << version;
  }
}

TEST_F(RequestReaderTest, ReadsRequestsThatCameTogether) {
  EXPECT_EQ(Read(kTwoRequests), (Outcomes{"GET /a", "HEAD /b?c"}));
}

TEST_F(RequestReaderTest, ReadsRequestsInPiecesOfAnySize) {
  for (std::size_t piece = 1; piece < kTwoRequests.size(); ++piece) {
    ASSERT_EQ(Read(kTwoRequests, piece), (Outcomes{"GET /a", "HEAD /b?c"})) << piece;
  }
}

TEST_F(RequestReaderTest, WaitsForTheEndOfARequest) {
  EXPECT_EQ(Read(""), Outcomes());
  EXPECT_EQ(Read("GET /a HTTP/1.1\r\nHost: x\r\n\r"), Outcomes());
}

TEST_F(RequestReaderTest, JoinsAcceptHeaders) {
  RequestReader reader(kLimits);
  Give(reader, WithHeader("Accept: a;q=1\r\naccept: b"));
  ASSERT_EQ(reader.Next(), Outcome::kRequest);
  EXPECT_EQ(reader.request().accept, "a;q=1,b");
}

TEST_F(RequestReaderTest, TakesTheHeadersThatMatter) {
  RequestReader reader(kLimits);
  Give(reader, WithHeader("Accept-Encoding: gzip\r\nX-Prometheus-Scrape-Timeout-Seconds: 1.5"));
  ASSERT_EQ(reader.Next(), Outcome::kRequest);
  EXPECT_EQ(reader.request().accept, "");
  EXPECT_EQ(reader.request().accept_encoding, "gzip");
  EXPECT_EQ(reader.request().scrape_timeout, "1.5");
  EXPECT_EQ(reader.request().traceparent, "");
}

TEST_F(RequestReaderTest, TakesATraceparentOnlyWhereThereIsOne) {
  const auto traceparent = [](std::string_view headers) {
    RequestReader reader(kLimits);
    Give(reader, WithHeader(std::string(headers)));
    EXPECT_EQ(reader.Next(), Outcome::kRequest);
    return std::string(reader.request().traceparent);
  };
  EXPECT_EQ(traceparent("TraceParent: 00-a"), "00-a");
  EXPECT_EQ(traceparent("traceparent: 00-a\r\ntraceparent: 00-a"), "");
}

TEST_F(RequestReaderTest, KnowsWhetherARequestHasBegun) {
  RequestReader reader(kLimits);
  EXPECT_FALSE(reader.has_begun());
  Give(reader, "GET /");
  EXPECT_TRUE(reader.has_begun());
  for (const char* bytes : {" HTTP/1.1\r\n", "Host: x\r\n"}) {
    Give(reader, bytes);
    ASSERT_EQ(reader.Next(), Outcome::kNeedsMore);
    EXPECT_TRUE(reader.has_begun());
  }
  Give(reader, "\r\n");
  ASSERT_EQ(reader.Next(), Outcome::kRequest);
  EXPECT_FALSE(reader.has_begun());
}

TEST_F(RequestReaderTest, KnowsWhetherTheConnectionIsKept) {
  const auto keeps = [](const std::string& bytes) {
    RequestReader reader(kLimits);
    Give(reader, bytes);
    EXPECT_EQ(reader.Next(), Outcome::kRequest) << bytes;
    return reader.keeps_connection();
  };
  EXPECT_TRUE(keeps(WithHeader("A: b")));
  EXPECT_FALSE(keeps(WithHeader("Connection: close")));
  EXPECT_FALSE(keeps("GET / HTTP/1.0\r\n\r\n"));
  EXPECT_TRUE(keeps("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
  EXPECT_FALSE(keeps("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello")) << "the body is not read";
  EXPECT_FALSE(keeps("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999999\r\n\r\n"));
}

TEST_F(RequestReaderTest, KnowsClientsThatUnderstandChunks) {
  RequestReader modern(kLimits);
  Give(modern, WithHeader("A: b"));
  ASSERT_EQ(modern.Next(), Outcome::kRequest);
  EXPECT_TRUE(modern.understands_chunks());
  RequestReader old(kLimits);
  Give(old, "GET / HTTP/1.0\r\n\r\n");
  ASSERT_EQ(old.Next(), Outcome::kRequest);
  EXPECT_FALSE(old.understands_chunks());
}

TEST_F(RequestReaderTest, RefusesMalformedRequests) {
  const std::string malformed[] = {
      "\r\n\r\n\r\n\r\n",
      "GET\r\n\r\n",
      "GET /\r\n\r\n",
      "GET / HTTP/0.9\r\n\r\n",
      "GET / HTTP/1.1\nHost: a\n\n",
      "GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
      "G\0T / HTTP/1.1\r\nHost: a\r\n\r\n"s,
      "GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n"s,
      WithHeader("A: b\0c"s),
      WithHeader("A: b\r\n\tc"),
      "GET /\x01 HTTP/1.1\r\nHost: a\r\n\r\n",
      WithHeader("no colon"),
      WithHeader(": no name"),
      WithHeader("space before : colon"),
      WithHeader("Content-Length: x"),
      WithHeader("Content-Length: -1"),
      WithHeader("Content-Length: 1\r\nContent-Length: 2"),
      WithHeader("Content-Length: 0\r\nTransfer-Encoding: chunked"),
      "\x16\x03\x01\x02 a TLS client",
  };
  for (const std::string& bytes : malformed) EXPECT_EQ(Read(bytes), (Outcomes{"400"})) << bytes;
}

TEST_F(RequestReaderTest, RefusesRequestsWithoutExactlyOneHost) {
  EXPECT_EQ(Read("GET / HTTP/1.1\r\n\r\n"), (Outcomes{"400"}));
  EXPECT_EQ(Read(WithHeader("Host: b")), (Outcomes{"400"}));
  EXPECT_EQ(Read("GET / HTTP/1.1\r\nHost: a b\r\n\r\n"), (Outcomes{"400"}));
  EXPECT_EQ(Read("GET / HTTP/1.1\r\nHost: a/@c\r\n\r\n"), (Outcomes{"400"}));
  EXPECT_EQ(Read("GET / HTTP/1.0\r\n\r\n"), (Outcomes{"GET /"}));
}

TEST_F(RequestReaderTest, RefusesBodiesOfReadingRequests) {
  EXPECT_EQ(Read(WithHeader("Content-Length: 1") + "x"), (Outcomes{"400"}));
  EXPECT_EQ(Read(WithHeader("Transfer-Encoding: chunked") + "0\r\n\r\n"), (Outcomes{"400"}));
  EXPECT_EQ(Read(WithHeader("Content-Length: 0")), (Outcomes{"GET /"}));
  EXPECT_EQ(Read("HEAD / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx"), (Outcomes{"400"}));
}

// Another server might take them for chunked, and what is in the body for its data.
TEST_F(RequestReaderTest, ReadsNoSecondRequestBehindAnUnknownCoding) {
  for (const char* coding : {"gzip", "xchunked", "chunked, identity"}) {
    const std::string header = "Transfer-Encoding: " + std::string(coding);
    EXPECT_EQ(Read(WithHeader(header) + std::string(kTwoRequests)), (Outcomes{"400"})) << coding;
    RequestReader reader(kLimits);
    Give(reader, "POST / HTTP/1.1\r\nHost: a\r\n" + header + "\r\n\r\n");
    ASSERT_EQ(reader.Next(), Outcome::kRequest);
    EXPECT_FALSE(reader.keeps_connection()) << coding;
  }
}

TEST_F(RequestReaderTest, SkipsOneEmptyLineBeforeARequest) {
  const std::string request = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";
  for (std::size_t piece = 1; piece < 5; ++piece) {
    EXPECT_EQ(Read("\r\n" + request + "\r\n" + request, piece), (Outcomes{"GET /a", "GET /a"})) << piece;
    EXPECT_EQ(Read("\r\n\r\n" + request, piece), (Outcomes{"400"})) << piece;
  }
}

TEST_F(RequestReaderTest, RefusesFoldedLinesInPiecesOfAnySize) {
  const std::string folded = WithHeader("A: b\r\n c");
  for (std::size_t piece = 1; piece <= folded.size(); ++piece) {
    EXPECT_EQ(Read(folded, piece), (Outcomes{"400"})) << piece;
  }
}

TEST_F(RequestReaderTest, RefusesNoRequestForAFoldedLineOfTheNext) {
  const std::string both = WithHeader("A: b") + WithHeader("A: b\r\n c");
  for (std::size_t cut = 1; cut < WithHeader("A: b").size(); ++cut) {
    RequestReader reader(kLimits);
    Give(reader, both.substr(0, cut));
    ASSERT_EQ(reader.Next(), Outcome::kNeedsMore);
    Give(reader, both.substr(cut));
    EXPECT_EQ(reader.Next(), Outcome::kRequest) << cut;
    EXPECT_EQ(reader.Next(), Outcome::kRefused) << cut;
  }
}

TEST_F(RequestReaderTest, KnowsThatOnlyTheHeadIsWanted) {
  RequestReader head(kLimits);
  EXPECT_FALSE(head.wants_head_only());
  Give(head, "HEAD / HTTP/1.1\r\n\r\n");
  EXPECT_EQ(head.Next(), Outcome::kRefused);
  EXPECT_TRUE(head.wants_head_only());
}

TEST_F(RequestReaderTest, RefusesATargetOrHeadThatIsTooLong) {
  const std::string long_text(kLimits.head_bytes * 2, 'x');
  const std::string longest = "/" + std::string(kLimits.target_bytes - 1, 'x');
  EXPECT_EQ(Read("GET " + longest + " HTTP/1.1\r\nHost: a\r\n\r\n"), (Outcomes{"GET " + longest}));
  EXPECT_EQ(Read("GET " + longest + "x HTTP/1.1\r\nHost: a\r\n\r\n"), (Outcomes{"414"}));
  EXPECT_EQ(Read("GET /" + long_text), (Outcomes{"414"}));
  EXPECT_EQ(Read("GET / HTTP/1.1\r\nHost: a\r\nLong: " + long_text), (Outcomes{"431"}));
  std::string many = "GET / HTTP/1.1\r\nHost: a\r\n";
  for (int i = 0; i < 100'000; ++i) many += "A: b\r\n";
  EXPECT_EQ(Read(many), (Outcomes{"431"}));
  EXPECT_EQ(Read(many, 100), (Outcomes{"431"}));
}

TEST_F(RequestReaderTest, ReadsNoRequestAfterARefusal) {
  for (const std::string refused : {"nonsense\r\n\r\n", "GET / HTTP/1.1\r\n\r\n"}) {
    RequestReader reader(kLimits);
    Give(reader, refused + std::string(kTwoRequests));
    EXPECT_EQ(reader.Next(), Outcome::kRefused);
    EXPECT_EQ(reader.Next(), Outcome::kRefused);
    EXPECT_EQ(reader.refusal(), 400);
    EXPECT_FALSE(reader.keeps_connection());
  }
}

}  // namespace
}  // namespace streamhouse::exporters
