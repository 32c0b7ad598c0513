#include "proto/record_headers.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace streamhouse::v1 {
namespace {

std::string TwoHeaders() {
  std::string headers;
  AppendHeader({.name = "first", .value = std::string_view("\0\xff", 2)}, headers);
  AppendHeader({.name = "", .value = ""}, headers);
  return headers;
}

TEST(RecordHeadersTest, AreTakenAsTheyWereAppended) {
  const std::string headers = TwoHeaders();
  std::string_view rest = headers;
  EXPECT_EQ(TakeHeader(rest), (HeaderView{.name = "first", .value = std::string_view("\0\xff", 2)}));
  EXPECT_EQ(TakeHeader(rest), (HeaderView{.name = "", .value = ""}));
  EXPECT_EQ(TakeHeader(rest), std::nullopt);
}

TEST(RecordHeadersTest, AreFoundByTheirWholeName) {
  EXPECT_TRUE(FindHeader(TwoHeaders(), "first").has_value());
  EXPECT_TRUE(FindHeader(TwoHeaders(), "").has_value());
  EXPECT_EQ(FindHeader(TwoHeaders(), "firs"), std::nullopt);
}

TEST(RecordHeadersTest, AreNotWholeWhenTheyAreCutOff) {
  const std::string headers = TwoHeaders();
  const std::size_t first_bytes = headers.size() - 8;
  for (std::size_t size = 0; size <= headers.size(); ++size) {
    const bool is_whole = size == 0 || size == first_bytes || size == headers.size();
    EXPECT_EQ(AreWholeHeaders(std::string_view(headers).substr(0, size)), is_whole) << size;
  }
}

// Every size that a byte can make it claim: the address sanitizer watches what is read.
TEST(RecordHeadersTest, StayWithinTheirBytesForAnyContent) {
  const std::string headers = TwoHeaders();
  for (std::size_t at = 0; at < headers.size(); ++at) {
    for (int value = 0; value < 256; ++value) {
      std::string changed = headers;
      changed[at] = static_cast<char>(value);
      std::size_t taken = 0;
      for (std::string_view rest = changed; const auto header = TakeHeader(rest);) {
        taken += header->name.size() + header->value.size();
      }
      EXPECT_LE(taken, headers.size());
    }
  }
}

}  // namespace
}  // namespace streamhouse::v1
