#include "exporters/encoding/protobuf_writer.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "exporters/encoding/label_reader.h"

namespace streamhouse::exporters {
namespace {

// What the description writes, of exactly the size that is counted.
template <typename Describe>
std::string Written(const Describe& describe) {
  ProtobufSize size;
  describe(size);
  std::vector<char> bytes(size.bytes());
  ProtobufWriter writer(bytes.data());
  describe(writer);
  EXPECT_EQ(writer.end(), bytes.data() + bytes.size());
  return {bytes.begin(), bytes.end()};
}

TEST(ProtobufWriterTest, WritesNumbers) {
  EXPECT_EQ(Written([](auto& out) { PutUint64(out, 1, 300); }), "\x08\xAC\x02");
  EXPECT_EQ(Written([](auto& out) { PutInt64(out, 2, -1); }), "\x10\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01");
  EXPECT_EQ(Written([](auto& out) { PutSint64(out, 3, -2); }), "\x18\x03");
  EXPECT_EQ(Written([](auto& out) { PutDouble(out, 4, 1); }), std::string("\x21\0\0\0\0\0\0\xF0\x3F", 9));
  EXPECT_EQ(Written([](auto& out) { PutUint64(out, 16, 0); }), std::string("\x80\x01\0", 3));
  EXPECT_EQ(Written([](auto& out) { PutUint64(out, 1, std::numeric_limits<std::uint64_t>::max()); }).size(), 11U);
}

TEST(ProtobufWriterTest, WritesTextsBehindTheirLengths) {
  EXPECT_EQ(Written([](auto& out) { PutString(out, 1, std::string_view("abc")); }),
            "\x0A\x03"
            "abc");
  EXPECT_EQ(Written([](auto& out) { PutString(out, 1, std::string_view()); }), std::string("\x0A\0", 2));
  EXPECT_EQ(Written([](auto& out) { PutString(out, 1, EscapedText(R"(a\nb)", 1)); }),
            "\x0A\x03"
            "a\nb");
  const std::string longer(200, 'x');
  EXPECT_EQ(Written([&](auto& out) { PutString(out, 1, std::string_view(longer)); }), "\x0A\xC8\x01" + longer);
}

TEST(ProtobufWriterTest, WritesMessagesInMessages) {
  const auto describe = [](auto& out) {
    PutMessage(out, 1, [](auto& outer) {
      PutUint64(outer, 1, 1);
      PutMessage(outer, 2, [](auto& inner) { PutString(inner, 1, std::string_view("ab")); });
      PutMessage(outer, 3, [](auto&) {});
    });
  };
  EXPECT_EQ(Written(describe), std::string("\x0A\x0A\x08\x01\x12\x04\x0A\x02"
                                           "ab"
                                           "\x1A\0",
                                           12));
}

TEST(ProtobufWriterTest, CountsLengthsOfLengths) {
  for (const std::size_t bytes : {124U, 125U, 126U, 16'379U, 16'380U, 16'381U, 16'382U}) {
    const std::string text(bytes, 'x');
    const auto describe = [&](auto& out) {
      PutMessage(out, 1, [&](auto& inner) { PutString(inner, 1, std::string_view(text)); });
    };
    EXPECT_TRUE(Written(describe).ends_with(text)) << bytes;
  }
}

}  // namespace
}  // namespace streamhouse::exporters
