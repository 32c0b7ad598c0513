#include "agent/lag/partition_lag_reader.h"

#include <algorithm>

#include "agent/log/damage_list.h"

namespace streamhouse::agent {
namespace {

constexpr double kMillisecondsPerSecond = 1e3;

double Seconds(std::int64_t milliseconds) {
  return static_cast<double>(milliseconds) / kMillisecondsPerSecond;
}

std::optional<double> MarginOf(const ServedLog& log, std::uint64_t offset, std::int64_t steady_ms) {
  if (log.retention.age_max.count() <= 0) return std::nullopt;
  const auto segment_end = log.partition.FindSegmentEnd(offset);
  if (!segment_end) return std::nullopt;
  // In doubles: an age without a practical limit would overflow.
  return Seconds(*segment_end - steady_ms) + Seconds(log.retention.age_max.count());
}

}  // namespace

// A failure leaves the measure unknown; the next refresh retries.
void PartitionLagReader::Measure(Partition& partition, std::uint64_t position, CountBudget& budget) {
  if (position == position_ && measure_ && measure_->message_place) return;
  position_ = position;
  for (;;) {
    auto measure = partition.Measure(position);
    measure_ = measure.ok() ? *std::move(measure) : std::nullopt;
    if (!measure_ || measure_->is_counted || budget.bytes == 0) return;
    const auto counted = partition.CountMessages();
    if (!counted.ok() || *counted == 0) return;
    budget.bytes -= std::min(budget.bytes, *counted);
  }
}

PartitionLag PartitionLagReader::Read(const ServedLog& log, std::uint64_t committed, const LagTimes& now,
                                      CountBudget& budget) {
  const std::uint64_t end = log.extent.end_offset;
  std::uint64_t position = 0;
  // Retention may have moved the start since the extent was taken, and may do so again during the
  // look at the record.
  do {
    position = std::min(std::max(committed, log.partition.LogStartOffset()), end);
    if (position < end) Measure(log.partition, position, budget);
  } while (position < end && position < log.partition.LogStartOffset());
  // After the look at the record, which may have found damage.
  const OffsetRange range = {.first = position, .next = end};
  PartitionLag lag = {.records = log.partition.CountReadable(range)};
  if (*lag.records == 0) {
    lag.bytes = 0;
    lag.seconds = 0;
    return lag;
  }
  if (!measure_ || measure_->offset >= end) return lag;
  lag.seconds = std::max(Seconds(now.wall_ms - measure_->timestamp_ms), 0.0);
  lag.margin_seconds = MarginOf(log, measure_->offset, now.steady_ms);
  if (measure_->message_place && *lag.records == range.size()) {
    lag.bytes = static_cast<std::uint64_t>(log.extent.message_end - *measure_->message_place);
  }
  return lag;
}

}  // namespace streamhouse::agent
