#include "agent/log/segment_name.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <optional>

namespace streamhouse::agent {
namespace {

TEST(SegmentNameTest, HoldsTheOffsetInTwentyDigits) {
  EXPECT_EQ(SegmentName(42), "00000000000000000042.log");
  for (const std::uint64_t offset : {std::uint64_t{0}, std::uint64_t{42}, std::numeric_limits<std::uint64_t>::max()}) {
    EXPECT_EQ(BaseOffsetOf(SegmentName(offset)), offset);
  }
}

TEST(SegmentNameTest, IsNoForeignFiles) {
  for (const char* const name : {"notes.log", "0000000000000000000x.log", "00000000000000000042.txt", "42.log", "",
                                 "99999999999999999999.log"}) {
    EXPECT_EQ(BaseOffsetOf(name), std::nullopt) << name;
  }
}

}  // namespace
}  // namespace streamhouse::agent
