// SampleLayout: what the series of one family look like to remote write: the names of their
// samples, and their labels in the order of their names.
//
// A label that a kind adds, such as `le`, has a value for each sample. Its numbers are printed as a
// scrape of OpenMetrics or protobuf gives them ("1.0"), so that a series has one identity on both
// ways.
// When to use something else: text pages keep the labels in the order of the label text.
// Guarantees: slots() are sorted by name, bytewise; `__name__` is one of them.
// Thread safety: one thread at a time.
// Cost: allocates once a family.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "exporters/remote_write/remote_write_batch.h"
#include "metrics_core/reading/family_info.h"

namespace streamhouse::exporters {

class SampleLayout {
 public:
  enum class Source : std::uint8_t { kSampleName, kSeriesLabel, kAddedLabel };
  struct Slot {
    std::string_view name;
    Source source;
    std::size_t label = 0;  // of a series label: its place in the label text
  };

  // `info` must outlive its use.
  void Assign(const metrics::FamilyInfo& info, ExponentialUse exponential);

  // Whether a series is one native histogram; sample_names() has one name then.
  bool is_native() const { return is_native_; }
  const std::vector<std::string>& sample_names() const { return sample_names_; }
  const std::vector<std::string>& added_values() const { return added_values_; }
  const std::vector<Slot>& slots() const { return slots_; }
  // The samples of one series.
  std::size_t samples() const { return samples_; }

 private:
  std::vector<std::string> sample_names_;
  std::vector<std::string> added_values_;
  std::vector<Slot> slots_;
  std::size_t samples_ = 0;
  bool is_native_ = false;
};

}  // namespace streamhouse::exporters
