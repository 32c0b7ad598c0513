// SnapshotBuilder: makes a Snapshot, family by family, of values that come from anywhere.
//
// When to use something else: Registry::TakeSnapshot for what was recorded. This is for views, which make one snapshot of
// another, and for programs whose numbers are kept elsewhere.
// Guarantees: families and series stand in the order in which they were added. SnapshotBuffers grow to the largest snapshot
// that was made in them and keep that size, so that the next one of that size allocates nothing.
// Thread safety: one thread a builder; one snapshot a time in the same buffers. Errors: what breaks the order of calls is not
// checked.
//
//   auto buffers = std::make_shared<SnapshotBuffers>();
//   SnapshotBuilder builder(*buffers);
//   builder.BeginFamily(info, 1);
//   builder.AddScalar("topic=\"orders\"", 7);
//   Snapshot snapshot = builder.Finish(buffers);
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "metrics_core/exemplar.h"
#include "metrics_core/snapshot.h"

namespace streamhouse::metrics {

struct SnapshotBuffers {
  // Where a family's values begin, until the vectors have stopped growing.
  struct Extent {
    std::size_t first_label = 0;
    std::size_t first_value = 0;
    std::size_t first_histogram = 0;
    std::size_t first_exponential = 0;
    std::size_t first_exemplar = 0;
    bool is_borrowed = false;  // its values are another snapshot's
  };

  std::vector<FamilySnapshot> families;
  std::vector<Extent> extents;
  std::vector<std::string_view> labels;
  std::vector<std::uint64_t> values;
  std::vector<double> sums;
  std::vector<std::uint64_t> counts;
  std::vector<std::optional<Exemplar>> exemplars;
  std::vector<ExponentialValue> exponentials;
  std::vector<std::uint64_t> exponential_buckets;  // of all exponentials, one after another
};

class SnapshotBuilder {
 public:
  // The buffers may hold what an earlier snapshot has left.
  explicit SnapshotBuilder(SnapshotBuffers& buffers) : buffers_(buffers) {
    buffers_.families.clear();
    buffers_.extents.clear();
    buffers_.labels.clear();
    buffers_.values.clear();
    buffers_.sums.clear();
    buffers_.counts.clear();
    buffers_.exemplars.clear();
    buffers_.exponentials.clear();
    buffers_.exponential_buckets.clear();
  }

  // What follows belongs to this family, which will have `series` series. `info` outlives the snapshot.
  void BeginFamily(const FamilyInfo& info, std::size_t series) {
    buffers_.families.emplace_back();
    buffers_.families.back().info_ = &info;
    buffers_.extents.push_back(End());
    stride_ = info.bounds.size() + 1;
    Reserve(buffers_.labels, series);
    Reserve(buffers_.values, series * (info.type == MetricType::kHistogram ? stride_ : 1));
  }

  // A whole family of another snapshot, which must outlive this one.
  void AddFamily(const FamilySnapshot& family) {
    buffers_.families.push_back(family);
    buffers_.extents.push_back(End());
    buffers_.extents.back().is_borrowed = true;
  }

  // `label_text` outlives the snapshot.
  void AddScalar(std::string_view label_text, std::uint64_t value) {
    buffers_.labels.push_back(label_text);
    buffers_.values.push_back(value);
  }

  // The zeroed buckets, to be filled before the next call.
  std::span<std::uint64_t> AddHistogram(std::string_view label_text) {
    buffers_.labels.push_back(label_text);
    buffers_.values.resize(buffers_.values.size() + stride_);
    return std::span(buffers_.values).last(stride_);
  }

  void SetHistogramTotals(double sum, std::uint64_t count) {
    buffers_.sums.push_back(sum);
    buffers_.counts.push_back(count);
  }

  // Of the next bucket of the series that was added last, in a family that has them; nothing where there is none.
  void AddExemplar(const std::optional<Exemplar>& exemplar) { buffers_.exemplars.push_back(exemplar); }

  // After the classic reading of the same series, with the same totals. The buckets are copied.
  void AddExponential(const ExponentialValue& value) {
    buffers_.exponentials.push_back(value);
    buffers_.exponential_buckets.insert(buffers_.exponential_buckets.end(), value.bucket_counts.begin(),
                                        value.bucket_counts.end());
  }

  // `owner` holds the buffers, and whatever else has to live as long as the snapshot.
  Snapshot Finish(std::shared_ptr<void> owner) {
    // The buckets have stopped moving only now.
    std::size_t first_bucket = 0;
    for (ExponentialValue& value : buffers_.exponentials) {
      const std::size_t size = value.bucket_counts.size();
      value.bucket_counts = Between(buffers_.exponential_buckets, first_bucket, first_bucket + size);
      first_bucket += size;
    }
    SnapshotBuffers::Extent end = End();
    for (std::size_t i = buffers_.families.size(); i-- > 0;) {
      const SnapshotBuffers::Extent& begin = buffers_.extents[i];
      if (begin.is_borrowed) continue;
      FamilySnapshot& family = buffers_.families[i];
      family.labels_ = Between(buffers_.labels, begin.first_label, end.first_label);
      family.values_ = Between(buffers_.values, begin.first_value, end.first_value);
      family.sums_ = Between(buffers_.sums, begin.first_histogram, end.first_histogram);
      family.counts_ = Between(buffers_.counts, begin.first_histogram, end.first_histogram);
      family.exponentials_ = Between(buffers_.exponentials, begin.first_exponential, end.first_exponential);
      family.exemplars_ = Between(buffers_.exemplars, begin.first_exemplar, end.first_exemplar);
      end = begin;
    }
    Snapshot snapshot;
    snapshot.families_ = buffers_.families;
    snapshot.buffers_ = std::move(owner);
    return snapshot;
  }

 private:
  SnapshotBuffers::Extent End() const {
    return {.first_label = buffers_.labels.size(),
            .first_value = buffers_.values.size(),
            .first_histogram = buffers_.sums.size(),
            .first_exponential = buffers_.exponentials.size(),
            .first_exemplar = buffers_.exemplars.size()};
  }

  template <typename T>
  static void Reserve(std::vector<T>& vector, std::size_t more) {
    const std::size_t needed = vector.size() + more;
    // Exactly as much as is needed only for the first family of a size that dominates; doubling for the rest.
    if (needed > vector.capacity()) vector.reserve(std::max(needed, vector.capacity() + vector.capacity() / 4));
  }

  template <typename T>
  static std::span<const T> Between(const std::vector<T>& vector, std::size_t begin, std::size_t end) {
    return std::span<const T>(vector).subspan(begin, end - begin);
  }

  SnapshotBuffers& buffers_;
  std::size_t stride_ = 1;  // buckets a series of the present family
};

}  // namespace streamhouse::metrics
