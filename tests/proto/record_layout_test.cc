#include "proto/record_layout.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace streamhouse::v1 {
namespace {

std::string Bytes(const RecordView& record) {
  std::string bytes;
  AppendRecord(record, bytes);
  return bytes;
}

std::optional<RecordView> TakeFrom(std::string_view bytes) {
  return TakeRecord(bytes);
}

TEST(RecordLayoutTest, RecordsThatAreWrittenReadBackTheSame) {
  const std::string binary("\0\xff", 2);
  for (const RecordView& record : {RecordView{.key = binary, .value = binary, .timestamp_ms = -5},
                                   RecordView{.key = "", .value = "", .timestamp_ms = 0},
                                   RecordView{.key = std::nullopt, .value = "keyless", .timestamp_ms = 1},
                                   RecordView{.key = "k", .value = "v", .timestamp_ms = 1, .headers = "headers"}}) {
    EXPECT_EQ(TakeFrom(Bytes(record)), record);
  }
}

TEST(RecordLayoutTest, TakesOneRecordAfterTheOther) {
  const std::string bytes = Bytes({.key = "k", .value = "first"}) + Bytes({.key = std::nullopt, .value = "second"});
  std::string_view rest = bytes;
  EXPECT_EQ(TakeRecord(rest)->value, "first");
  EXPECT_EQ(TakeRecord(rest)->value, "second");
  EXPECT_EQ(TakeRecord(rest), std::nullopt);
}

TEST(RecordLayoutTest, TakesNothingThatIsCutOff) {
  const std::string bytes = Bytes({.key = "key", .value = "value", .timestamp_ms = 1, .headers = "headers"});
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    std::string_view cut = std::string_view(bytes).substr(0, size);
    EXPECT_EQ(TakeRecord(cut), std::nullopt) << size;
    EXPECT_EQ(cut.size(), size);
  }
}

// Every size that a byte can make it claim: the address sanitizer watches what is read.
TEST(RecordLayoutTest, StaysWithinItsBytesForAnyContent) {
  const std::string bytes = Bytes({.key = "key", .value = "value", .timestamp_ms = 1, .headers = "headers"});
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (int value = 0; value < 256; ++value) {
      std::string changed = bytes;
      changed[at] = static_cast<char>(value);
      const std::optional<RecordView> taken = TakeFrom(changed);
      EXPECT_TRUE(!taken ||
                  (taken->key ? taken->key->size() : 0) + taken->value.size() + taken->headers.size() <= bytes.size());
    }
  }
}

}  // namespace
}  // namespace streamhouse::v1
