// EncodedTimestamp: the fields of a protobuf Timestamp, encoded once for all series that share a
// time.
//
// Guarantees: bytes() are the fields without tag and length; empty where no time was assigned since
// Clear().
// Thread safety: a value.
// Cost: assigning the same time again is a comparison.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "exporters/encoding/protobuf_writer.h"

namespace streamhouse::exporters {

namespace timestamp_field {
enum : ProtobufField { kSeconds = 1, kNanos = 2 };
}

// Puts the fields of a Timestamp.
template <typename Out>
void PutTimestampFields(Out& out, std::int64_t unix_milliseconds) {
  constexpr std::int64_t kMillisecondsPerSecond = 1000;
  constexpr std::int64_t kNanosecondsPerMillisecond = 1'000'000;
  PutInt64(out, timestamp_field::kSeconds, unix_milliseconds / kMillisecondsPerSecond);
  PutInt64(out, timestamp_field::kNanos, unix_milliseconds % kMillisecondsPerSecond * kNanosecondsPerMillisecond);
}

class EncodedTimestamp {
 public:
  void Clear() { size_ = 0; }

  void Assign(std::int64_t unix_milliseconds) {
    if (size_ != 0 && unix_milliseconds == unix_milliseconds_) return;
    ProtobufWriter writer(bytes_);
    PutTimestampFields(writer, unix_milliseconds);
    size_ = static_cast<std::size_t>(writer.end() - bytes_);
    unix_milliseconds_ = unix_milliseconds;
  }

  bool empty() const { return size_ == 0; }
  std::string_view bytes() const { return {bytes_, size_}; }

 private:
  // Two fields of a tag and at most ten bytes.
  static constexpr std::size_t kBytesMax = 22;

  char bytes_[kBytesMax];
  std::size_t size_ = 0;
  std::int64_t unix_milliseconds_ = 0;
};

}  // namespace streamhouse::exporters
