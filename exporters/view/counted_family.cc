#include "exporters/view/counted_family.h"

#include <algorithm>

namespace streamhouse::exporters {

using metrics::FamilySnapshot;

CountedNumbers CountedNumbersOf(const FamilySnapshot& family, std::size_t i) {
  return family.Visit(metrics::Overloaded{
      [i](const metrics::CounterValues<std::uint64_t>& counters) {
        return CountedNumbers{.counts = counters.numbers.subspan(i, 1)};
      },
      [i](const metrics::CounterValues<double>& counters) { return CountedNumbers{.total = counters[i]}; },
      [i](const metrics::HistogramValues& histograms) {
        return CountedNumbers{.counts = histograms[i].bucket_counts, .total = histograms[i].sum};
      },
      [i](const metrics::ExponentialHistogramValues& histograms) {
        return CountedNumbers{
            .counts = histograms.classic[i].bucket_counts, .total = histograms[i].sum, .exponential = histograms[i]};
      },
      [](const metrics::UpDownCounterValues& /*counters*/) { return CountedNumbers(); },
      []<typename Number>(const metrics::GaugeValues<Number>& /*gauges*/) { return CountedNumbers(); },
      [](const metrics::InfoValues& /*infos*/) { return CountedNumbers(); },
      [](const metrics::StateSetValues& /*sets*/) { return CountedNumbers(); },
      [](const metrics::SummaryValues& /*summaries*/) { return CountedNumbers(); },
  });
}

void CountedFamily::Clear(std::string_view name) {
  columns_.name = name;
  columns_.peak = 0;
  columns_.texts.clear();
  columns_.ends.clear();
  columns_.created.clear();
  columns_.counted_at.clear();
  columns_.counts.clear();
  columns_.totals.clear();
  columns_.exponentials.clear();
  columns_.buckets.clear();
  columns_.bucket_ends.clear();
  places_.clear();
}

void CountedFamily::Assign(const CountedFamily& other) {
  columns_ = other.columns_;
  places_.clear();
}

void CountedFamily::Add(std::string_view label_text, std::int64_t created, std::int64_t counted_at,
                        const CountedNumbers& numbers) {
  columns_.texts.append(label_text);
  columns_.ends.push_back(columns_.texts.size());
  columns_.created.push_back(created);
  columns_.counted_at.push_back(counted_at);
  columns_.counts.insert(columns_.counts.end(), numbers.counts.begin(), numbers.counts.end());
  columns_.totals.push_back(numbers.total);
  const auto buckets = numbers.exponential.bucket_counts;
  columns_.exponentials.push_back(numbers.exponential);
  columns_.exponentials.back().bucket_counts = {};
  columns_.buckets.insert(columns_.buckets.end(), buckets.begin(), buckets.end());
  columns_.bucket_ends.push_back(columns_.buckets.size());
  places_.clear();
}

void CountedFamily::AddZero(std::string_view label_text, std::int64_t created, std::int64_t counted_at,
                            const CountedNumbers& numbers) {
  CountedNumbers zero;
  zero.exponential.zero_threshold = numbers.exponential.zero_threshold;
  Add(label_text, created, counted_at, zero);
  columns_.counts.resize(columns_.counts.size() + numbers.counts.size());
}

std::optional<std::size_t> CountedFamily::Find(std::size_t hint, std::string_view label_text, std::int64_t created) {
  if (hint < size() && columns_.created[hint] == created && text(hint) == label_text) return hint;
  if (places_.empty()) {
    for (std::size_t i = 0; i < size(); ++i) places_.emplace(text(i), i);
  }
  const auto [begin, end] = places_.equal_range(label_text);
  const auto found =
      std::find_if(begin, end, [&](const auto& place) { return columns_.created[place.second] == created; });
  return found == end ? std::nullopt : std::optional(found->second);
}

CountedNumbers CountedFamily::numbers(std::size_t i) const {
  const std::size_t counts = columns_.counts.size() / size();
  CountedNumbers numbers = {.counts = std::span(columns_.counts).subspan(i * counts, counts),
                            .total = columns_.totals[i],
                            .exponential = columns_.exponentials[i]};
  const std::size_t begin = i == 0 ? 0 : columns_.bucket_ends[i - 1];
  numbers.exponential.bucket_counts = std::span(columns_.buckets).subspan(begin, columns_.bucket_ends[i] - begin);
  return numbers;
}

}  // namespace streamhouse::exporters
