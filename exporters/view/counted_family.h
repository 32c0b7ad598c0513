// CountedFamily: what the series of one family had counted at a time, series by series.
//
// When to use something else: DeltaView, which keeps one a family, subtracts it from newer values.
// Guarantees: Find() finds a series by its label text and its start time.
// Thread safety: one thread.
// Cost: a copy of the texts and numbers of the series. Memory is used again after Clear(). Find()
// compares one text where the series is at its old place; else it makes a table of all texts once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "metrics_core/reading/family_values.h"
#include "metrics_core/reading/snapshot.h"

namespace streamhouse::exporters {

// The numbers of one series that only grow while it lives.
struct CountedNumbers {
  std::span<const std::uint64_t> counts = {};  // a counter's; the buckets of a histogram
  double total = 0;                            // a double counter's; the sum of a histogram
  metrics::ExponentialValue exponential = {};  // with buckets, or without
};

// Those of series i; of kinds that do not only grow, no numbers.
CountedNumbers CountedNumbersOf(const metrics::FamilySnapshot& family, std::size_t i);

class CountedFamily {
 public:
  CountedFamily() = default;
  CountedFamily(const CountedFamily&) = delete;
  CountedFamily& operator=(const CountedFamily&) = delete;

  const std::string& name() const { return columns_.name; }
  std::size_t size() const { return columns_.ends.size(); }

  // Without series.
  void Clear(std::string_view name);
  void Assign(const CountedFamily& other);

  // `created` is 0 in a family without start times. All series have the same number of counts.
  void Add(std::string_view label_text, std::int64_t created, std::int64_t counted_at, const CountedNumbers& numbers);
  // A series that has counted nothing, whose later numbers are of the form of `numbers`.
  void AddZero(std::string_view label_text, std::int64_t created, std::int64_t counted_at,
               const CountedNumbers& numbers);

  // The most series that the family has shown at once, as the caller says. Clear() sets it to 0.
  std::size_t peak() const { return columns_.peak; }
  void set_peak(std::size_t series) { columns_.peak = series; }

  // The place of the series, which may be `hint`. Two series may have one text.
  std::optional<std::size_t> Find(std::size_t hint, std::string_view label_text, std::int64_t created);

  std::string_view text(std::size_t i) const {
    const std::size_t begin = i == 0 ? 0 : columns_.ends[i - 1];
    return std::string_view(columns_.texts).substr(begin, columns_.ends[i] - begin);
  }
  std::int64_t created(std::size_t i) const { return columns_.created[i]; }
  std::int64_t counted_at(std::size_t i) const { return columns_.counted_at[i]; }
  CountedNumbers numbers(std::size_t i) const;

 private:
  struct Columns {
    std::string name;
    std::size_t peak = 0;
    std::string texts;              // one after another
    std::vector<std::size_t> ends;  // of each text
    std::vector<std::int64_t> created;
    std::vector<std::int64_t> counted_at;
    std::vector<std::uint64_t> counts;  // of all series, one after another
    std::vector<double> totals;
    std::vector<metrics::ExponentialValue> exponentials;  // whose buckets point nowhere
    std::vector<std::uint64_t> buckets;                   // of all exponentials, one after another
    std::vector<std::size_t> bucket_ends;                 // of each exponential
  };

  Columns columns_;
  std::unordered_multimap<std::string_view, std::size_t> places_;  // empty, or of all texts
};

}  // namespace streamhouse::exporters
