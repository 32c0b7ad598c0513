#include "agent/lag/group_series.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

namespace streamhouse::agent {
namespace {

std::optional<double> Seconds(const std::optional<std::int64_t>& milliseconds) {
  return milliseconds ? std::optional(static_cast<double>(*milliseconds) / 1e3) : std::nullopt;
}

}  // namespace

GroupSeries::GroupSeries(const LagMetrics& families, std::string group)
    : labels_{std::move(group)},
      sum_records_(families.sum_records, labels_),
      max_records_(families.max_records, labels_),
      sum_bytes_(families.sum_bytes, labels_),
      max_bytes_(families.max_bytes, labels_),
      max_seconds_(families.max_seconds, labels_),
      margin_min_(families.margin_min_seconds, labels_),
      partitions_(families.partitions, labels_),
      partitions_unknown_(families.partitions_unknown, labels_),
      members_(families.members, labels_),
      last_request_(families.last_request_seconds, labels_),
      last_commit_(families.last_commit_seconds, labels_),
      states_(families.state),
      state_(states_.With(labels_[0])) {}

GroupSeries::~GroupSeries() {
  // True: the constructor has made it.
  static_cast<void>(states_.Remove(labels_[0]));
}

void GroupSeries::Show(const GroupLag& lag, const GroupActivity& activity, const GroupTime& time) {
  sum_records_.Show(Signed(lag.sum_records()));
  max_records_.Show(Signed(lag.max_records()));
  sum_bytes_.Show(Signed(lag.sum_bytes()));
  max_bytes_.Show(Signed(lag.max_bytes()));
  max_seconds_.Show(lag.max_seconds());
  margin_min_.Show(lag.margin_min_seconds());
  partitions_.Show(Signed(lag.partitions()));
  partitions_unknown_.Show(Signed(lag.unknown_partitions()));
  members_.Show(Signed(activity.members));
  last_request_.Show(Seconds(time.request_ms));
  last_commit_.Show(Seconds(time.commit_ms));
  state_.SetOnly(static_cast<std::size_t>(activity.state));
}

}  // namespace streamhouse::agent
