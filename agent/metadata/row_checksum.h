// RowChecksum: the checksum that a row of metadata is stored with, so that damage to it is found.
//
// A store feeds it the name of the table and the values of the row, in the order of the columns.
// When to use something else: crc32.h for bytes; a database server with checksums of its own.
// Guarantees:
// 1. Two rows that differ in one bit have different checksums.
// 2. Each value counts with its type and its length: "ab", "c" and "a", "bc" are different rows.
// 3. Files hold these checksums, so they never change.
// Thread safety: one thread at a time.
// Cost: that of CRC-32 over the values as text.
//
//   RowChecksum checksum;
//   checksum.Add(ValueType::kText, "topics");
//   checksum.Add(ValueType::kInteger, "3");
//   if (checksum.value() != stored) …
#pragma once

#include <cstdint>
#include <string_view>

namespace streamhouse::agent {

// Numbered as SQLite numbers them.
enum class ValueType : std::uint8_t { kInteger = 1, kReal = 2, kText = 3, kBlob = 4, kNull = 5 };

class RowChecksum {
 public:
  // `text` is the value as text; empty for kNull.
  void Add(ValueType type, std::string_view text);
  // Of the values so far.
  std::uint32_t value() const { return value_; }

 private:
  std::uint32_t value_ = 0;
};

}  // namespace streamhouse::agent
