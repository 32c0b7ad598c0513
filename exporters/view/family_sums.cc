#include "exporters/view/family_sums.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace streamhouse::exporters {
namespace {

using metrics::Aggregation;
using metrics::Exemplar;
using metrics::FamilySnapshot;
using metrics::HistogramValue;
using metrics::MetricType;
using metrics::NumberKind;
using metrics::SnapshotBuilder;

std::uint64_t ScalarBits(const FamilySnapshot& family, std::size_t series) {
  // Any kind of number is 64 bits.
  return family.uint64_value(series);
}

}  // namespace

void FamilySums::Add(const FamilySnapshot& family, std::size_t series, std::size_t group) {
  const std::size_t first_value = group * values_per_series();
  const bool is_new = first_value == values_.size();
  if (is_new) values_.resize(first_value + values_per_series());
  if (info_.type == MetricType::kHistogram) {
    AddHistogram(family, series, group);
  } else if (is_new) {
    values_[first_value] = ScalarBits(family, series);
  } else {
    AddScalar(ScalarBits(family, series), values_[first_value]);
  }
  if (info_.has_exemplars) AddExemplars(family, series, group);
  if (info_.has_created) AddCreated(family.created_unix_milliseconds(series), group);
}

void FamilySums::AddScalar(std::uint64_t added, std::uint64_t& total) const {
  const bool is_sum = info_.aggregation == Aggregation::kSum;
  if (info_.number == NumberKind::kDouble) {
    const auto a = std::bit_cast<double>(total);
    const auto b = std::bit_cast<double>(added);
    total = std::bit_cast<std::uint64_t>(is_sum ? a + b : std::fmax(a, b));
  } else if (is_sum) {
    // Of signed numbers the same bits.
    total += added;
  } else if (info_.number == NumberKind::kInt64) {
    total = static_cast<std::uint64_t>(std::max(static_cast<std::int64_t>(total), static_cast<std::int64_t>(added)));
  } else {
    total = std::max(total, added);
  }
}

void FamilySums::AddHistogram(const FamilySnapshot& family, std::size_t series, std::size_t group) {
  const HistogramValue value = family.histogram_value(series);
  std::uint64_t* const buckets = values_.data() + group * values_per_series();
  for (std::size_t i = 0; i < value.bucket_counts.size(); ++i) buckets[i] += value.bucket_counts[i];
  sums_.resize(std::max(sums_.size(), group + 1));
  counts_.resize(sums_.size());
  sums_[group] += value.sum;
  counts_[group] += value.count;
  if (!info_.is_exponential) return;
  exponentials_.resize(sums_.size());
  exponentials_[group].Add(family.exponential_value(series));
}

void FamilySums::AddCreated(std::int64_t unix_milliseconds, std::size_t group) {
  if (group == created_.size()) created_.push_back(unix_milliseconds);
  created_[group] = std::min(created_[group], unix_milliseconds);
}

void FamilySums::AddExemplars(const FamilySnapshot& family, std::size_t series, std::size_t group) {
  exemplars_.resize(values_.size());
  for (std::size_t bucket = 0; bucket < values_per_series(); ++bucket) {
    const Exemplar* const found = family.exemplar(series, bucket);
    std::optional<Exemplar>& newest = exemplars_[group * values_per_series() + bucket];
    if (found != nullptr && (!newest || newest->unix_milliseconds < found->unix_milliseconds)) newest = *found;
  }
}

void FamilySums::AppendGroup(SnapshotBuilder& builder, const std::string& text, std::size_t group) const {
  const auto values = std::span(values_).subspan(group * values_per_series(), values_per_series());
  if (info_.type == MetricType::kHistogram) {
    std::copy(values.begin(), values.end(), builder.AddHistogram(text).begin());
    builder.SetHistogramTotals(sums_[group], counts_[group]);
    if (info_.is_exponential) builder.AddExponential(exponentials_[group].value());
  } else {
    builder.AddScalar(text, values.front());
  }
  if (info_.has_created) builder.AddCreated(created_[group]);
  if (!info_.has_exemplars) return;
  for (std::size_t i = 0; i < values.size(); ++i) builder.AddExemplar(exemplars_[group * values.size() + i]);
}

}  // namespace streamhouse::exporters
