#include "exporters/encoding/encoded_timestamp.h"

#include <gtest/gtest.h>

namespace streamhouse::exporters {
namespace {

// Field 1 and its seconds, field 2 and its nanoseconds, seven bits a byte.
TEST(EncodedTimestampTest, HasSecondsAndNanoseconds) {
  EncodedTimestamp timestamp;
  timestamp.Assign(300'001);
  EXPECT_EQ(timestamp.bytes(), "\x08\xAC\x02\x10\xC0\x84\x3D");
}

TEST(EncodedTimestampTest, ATimeReplacesTheOneBefore) {
  EncodedTimestamp timestamp;
  timestamp.Assign(300'001);
  timestamp.Assign(1'000);
  EXPECT_EQ(timestamp.bytes(), std::string_view("\x08\x01\x10\x00", 4));
}

TEST(EncodedTimestampTest, IsEmptyUntilATimeIsAssigned) {
  EncodedTimestamp timestamp;
  EXPECT_TRUE(timestamp.empty());
  timestamp.Assign(0);
  EXPECT_FALSE(timestamp.empty());
  timestamp.Clear();
  EXPECT_TRUE(timestamp.empty());
  timestamp.Assign(0);
  EXPECT_FALSE(timestamp.empty());
}

}  // namespace
}  // namespace streamhouse::exporters
