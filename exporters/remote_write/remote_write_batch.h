// RemoteWriteBatch: what one push of remote write says, before it is split into requests.
//
// Guarantees: NumberBits() never gives the bits of a stale marker.
// Thread safety: a value. What it points at must outlive the encoder.
// Cost: none.
#pragma once

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

#include "metrics_core/reading/family_info.h"
#include "metrics_core/reading/snapshot.h"

namespace streamhouse::exporters {

// Of a request before compression. Receivers refuse requests above 32 MiB.
inline constexpr std::size_t kRemoteWriteRequestBytes = std::size_t{256} * 1024;

// A sample with this NaN ends its series. Other NaNs are written as kPlainNanBits.
inline constexpr std::uint64_t kStaleMarkerBits = 0x7ff0'0000'0000'0002;
inline constexpr std::uint64_t kPlainNanBits = 0x7ff8'0000'0000'0001;

inline std::uint64_t NumberBits(double value) {
  return std::isnan(value) ? kPlainNanBits : std::bit_cast<std::uint64_t>(value);
}

// How exponential histograms are sent: receivers without native histograms drop them silently.
enum class ExponentialUse : std::uint8_t {
  kNative,   // one series with a native histogram
  kClassic,  // its classic buckets, as series of numbers
};

// A series that was sent before and is gone.
struct EndedSeries {
  const metrics::FamilyInfo* info = nullptr;
  std::string_view label_text = {};
  // Of an exponential histogram: how it was sent.
  ExponentialUse exponential = ExponentialUse::kNative;
};

// The series that have ended, one after the other, those of a family in a row. The text of a series
// stays until Next() has given the second series behind it: an encoder compares a series with its
// predecessor.
class EndedSeriesSource {
 public:
  virtual ~EndedSeriesSource() = default;

  // The same series until Pop(); null behind the last.
  virtual const EndedSeries* Next() = 0;
  // After a call of Next() that was not null.
  virtual void Pop() = 0;
};

struct RemoteWriteBatch {
  // Each sample of theirs gets a stale marker. Null: there are none. One encoder reads them.
  EndedSeriesSource* ended = nullptr;
  std::span<const metrics::FamilySnapshot> families = {};
  std::int64_t unix_milliseconds = 0;  // of all samples
  // Exemplars in (exemplars_after, unix_milliseconds] are sent: a receiver refuses one that is
  // older than the last one of its series.
  std::int64_t exemplars_after = std::numeric_limits<std::int64_t>::min();
  ExponentialUse exponential = ExponentialUse::kNative;  // of the families
};

}  // namespace streamhouse::exporters
