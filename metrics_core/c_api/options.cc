#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "metrics_core/c_api/bridge.h"
#include "metrics_core/c_api/objects.h"
#include "metrics_core/c_api/registry.h"
#include "metrics_core/metric_options.h"
#include "metrics_core/status.h"

namespace streamhouse::metrics::internal {
namespace {

// A longer struct adds members behind these, not in a gap at their end.
static_assert(sizeof(streamhouse_metric_options) <= STREAMHOUSE_OPTION_BYTES_MAX);
static_assert(offsetof(streamhouse_metric_options, expire_after_nanoseconds) + sizeof(std::int64_t) ==
              sizeof(streamhouse_metric_options));
static_assert(offsetof(streamhouse_registry_options, target_count) + sizeof(std::size_t) ==
              sizeof(streamhouse_registry_options));

// The value at the place of a C constant.
template <typename Enum, std::size_t kCount>
Status Choose(int given, const Enum (&values)[kCount], std::string_view field, Enum& to) {
  if (given < 0 || given >= static_cast<int>(kCount)) return InvalidField(field, "is none of its constants");
  to = values[given];
  return Status::Ok();
}

Status ChooseAll(const streamhouse_metric_options& from, MetricOptions& to) {
  constexpr SeriesStorage kStorages[] = {SeriesStorage::kPerThread, SeriesStorage::kShared};
  constexpr Exemplars kExemplars[] = {Exemplars::kNone, Exemplars::kSampled};
  constexpr Aggregation kAggregations[] = {Aggregation::kSum, Aggregation::kMax};
  Status chosen = Choose(from.storage, kStorages, "storage", to.storage);
  if (chosen.ok()) chosen = Choose(from.exemplars, kExemplars, "exemplars", to.exemplars);
  if (chosen.ok()) chosen = Choose(from.aggregation, kAggregations, "aggregation", to.aggregation);
  return chosen;
}

}  // namespace

std::string TextOf(const char* text) {
  return text == nullptr ? std::string() : std::string(text);
}

std::vector<std::string> TextsOf(const char* const* texts, std::size_t count) {
  std::vector<std::string> copies;
  for (std::size_t i = 0; i < count; ++i) copies.push_back(TextOf(*(&Given(texts, "an array of texts") + i)));
  return copies;
}

Status CheckCount(std::string_view field, std::size_t count, std::size_t max) {
  return count <= max ? Status::Ok() : InvalidField(field, "is above " + std::to_string(max));
}

Result<MetricOptions> MetricOptionsOf(const streamhouse_metric_options* options) {
  const Result<streamhouse_metric_options> known = KnownOptions(Given(options, "an options struct"));
  if (!known.ok()) return known.status();
  if (Status few = CheckCount("label_count", known->label_count, STREAMHOUSE_LABELS_MAX); !few.ok()) return few;
  MetricOptions made = {.name = TextOf(known->name),
                        .help = TextOf(known->help),
                        .unit = TextOf(known->unit),
                        .labels = TextsOf(known->labels, known->label_count),
                        .expire_after = std::chrono::nanoseconds(known->expire_after_nanoseconds)};
  if (known->series_max != 0) made.series_max = known->series_max;
  if (known->label_value_bytes_max != 0) made.label_value_bytes_max = known->label_value_bytes_max;
  if (Status chosen = ChooseAll(*known.operator->(), made); !chosen.ok()) return chosen;
  return made;
}

}  // namespace streamhouse::metrics::internal
