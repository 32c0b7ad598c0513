// SnapshotBuilder: makes a Snapshot, family by family, of values that come from anywhere.
//
// When to use something else: Registry::TakeSnapshot for what was recorded. This is for views, which make one snapshot
// of another, and for programs whose numbers are kept elsewhere.
// Guarantees: families and series stand in the order in which they were added. SnapshotBuffers grow to the largest
// snapshot that was made in them and keep that size, so that the next one of that size allocates nothing.
// Thread safety: one thread a builder; one snapshot a time in the same buffers. Errors: what breaks the order of calls
// is not checked.
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
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "metrics_core/exemplar.h"
#include "metrics_core/snapshot.h"

namespace streamhouse::metrics {

struct SnapshotBuffers {
  // The values of one family. Each has memory of its own, so that a family that has grown gives the old memory back
  // before it takes the new, and no other family is moved.
  struct Values {
    std::vector<std::string_view> labels;
    std::vector<std::uint64_t> values;
    std::vector<double> sums;
    std::vector<std::uint64_t> counts;
    std::vector<std::optional<Exemplar>> exemplars;
    std::vector<ExponentialValue> exponentials;
    std::vector<std::int64_t> created;
    std::vector<std::uint64_t> exponential_buckets;  // of all exponentials, one after another
    bool is_borrowed = false;                        // the family is another snapshot's,
    bool is_renamed = false;                         // but for its labels
  };

  std::deque<std::string> texts;  // that no one else keeps; they do not move
  std::vector<FamilySnapshot> families;
  std::vector<Values> values;  // of the families, by their places; those behind are left from another snapshot
};

class SnapshotBuilder {
 public:
  // The buffers may hold what an earlier snapshot has left.
  explicit SnapshotBuilder(SnapshotBuffers& buffers) : buffers_(buffers) {
    buffers_.families.clear();
    buffers_.texts.clear();
  }

  // What follows belongs to this family, which will have `series` series. `info` outlives the snapshot.
  void BeginFamily(const FamilyInfo& info, std::size_t series) {
    Begin();
    buffers_.families.back().info_ = &info;
    const bool is_histogram = info.type == MetricType::kHistogram;
    stride_ = is_histogram ? info.bounds.size() + 1 : 1;
    Provide(values_->labels, series);
    Provide(values_->values, series * stride_);
    Provide(values_->sums, is_histogram ? series : 0);
    Provide(values_->counts, is_histogram ? series : 0);
    Provide(values_->exemplars, info.has_exemplars ? series * stride_ : 0);
    Provide(values_->exponentials, info.is_exponential ? series : 0);
    Provide(values_->created, info.has_created ? series : 0);
    values_->exponential_buckets.clear();
  }

  // A whole family of another snapshot, which must outlive this one.
  void AddFamily(const FamilySnapshot& family) {
    Begin();
    buffers_.families.back() = family;
    values_->is_borrowed = true;
  }

  // The same with other names: as many labels, in the same order. `info` and what the texts point at outlive the
  // snapshot.
  void AddRenamedFamily(const FamilySnapshot& family, const FamilyInfo& info) {
    AddFamily(family);
    buffers_.families.back().info_ = &info;
    values_->is_renamed = true;
    Provide(values_->labels, family.size());
  }
  // Of the next series of a renamed family.
  void AddLabelText(std::string_view label_text) { values_->labels.push_back(label_text); }

  // The text, for as long as the snapshot lives.
  std::string_view KeepText(std::string text) { return buffers_.texts.emplace_back(std::move(text)); }

  // `label_text` outlives the snapshot.
  void AddScalar(std::string_view label_text, std::uint64_t value) {
    values_->labels.push_back(label_text);
    values_->values.push_back(value);
  }

  // The zeroed buckets, to be filled before the next call.
  std::span<std::uint64_t> AddHistogram(std::string_view label_text) {
    values_->labels.push_back(label_text);
    values_->values.resize(values_->values.size() + stride_);
    return std::span(values_->values).last(stride_);
  }

  void SetHistogramTotals(double sum, std::uint64_t count) {
    values_->sums.push_back(sum);
    values_->counts.push_back(count);
  }

  // Of the next bucket of the series that was added last, in a family that has them; nothing where there is none.
  void AddExemplar(const std::optional<Exemplar>& exemplar) { values_->exemplars.push_back(exemplar); }

  // Of the next series, in a family that has them.
  void AddCreated(std::int64_t unix_milliseconds) { values_->created.push_back(unix_milliseconds); }

  // After the classic reading of the same series, with the same totals. The buckets are copied.
  void AddExponential(const ExponentialValue& value) {
    values_->exponentials.push_back(value);
    values_->exponential_buckets.insert(values_->exponential_buckets.end(), value.bucket_counts.begin(),
                                        value.bucket_counts.end());
  }

  // `owner` holds the buffers, and whatever else has to live as long as the snapshot.
  Snapshot Finish(std::shared_ptr<void> owner) {
    // What families point at has stopped moving only now.
    for (std::size_t i = 0; i < buffers_.families.size(); ++i) {
      SnapshotBuffers::Values& values = buffers_.values[i];
      if (values.is_renamed) buffers_.families[i].labels_ = values.labels;
      if (values.is_borrowed) continue;
      std::span<const std::uint64_t> buckets = values.exponential_buckets;
      for (ExponentialValue& value : values.exponentials) {
        value.bucket_counts = buckets.first(value.bucket_counts.size());
        buckets = buckets.subspan(value.bucket_counts.size());
      }
      FamilySnapshot& family = buffers_.families[i];
      family.labels_ = values.labels;
      family.values_ = values.values;
      family.sums_ = values.sums;
      family.counts_ = values.counts;
      family.exemplars_ = values.exemplars;
      family.exponentials_ = values.exponentials;
      family.created_ = values.created;
    }
    Snapshot snapshot;
    snapshot.families_ = buffers_.families;
    snapshot.buffers_ = std::move(owner);
    return snapshot;
  }

 private:
  // As much more than is needed, so that a family that grows does not get new memory at every scrape.
  static constexpr std::size_t kSpareMax = 4096;

  void Begin() {
    const std::size_t place = buffers_.families.size();
    buffers_.families.emplace_back();
    if (buffers_.values.size() == place) buffers_.values.emplace_back();
    values_ = &buffers_.values[place];
    values_->is_borrowed = values_->is_renamed = false;
  }

  // Empty, with memory for so many.
  template <typename T>
  static void Provide(std::vector<T>& vector, std::size_t needed) {
    vector.clear();
    if (needed <= vector.capacity()) return;
    // The old memory goes first.
    vector = std::vector<T>();
    vector.reserve(needed + std::min(needed / 4, kSpareMax));
  }

  SnapshotBuffers& buffers_;
  SnapshotBuffers::Values* values_ = nullptr;  // of the present family
  std::size_t stride_ = 1;                     // values a series of it
};

}  // namespace streamhouse::metrics
