#include "metrics_core/internal/callback_core.h"

#include <bit>
#include <cmath>
#include <optional>
#include <utility>

#include "metrics_core/internal/label_text.h"
#include "metrics_core/snapshot_builder.h"
#include "metrics_core/status.h"

namespace streamhouse::metrics::internal {

CallbackCore::CallbackCore(FamilyInfo info, std::shared_ptr<SnapshotEpochs> epochs)
    : info_(std::move(info)), epochs_(std::move(epochs)) {}

std::shared_ptr<CallbackSeries> CallbackCore::Add(std::function<double()> read,
                                                  std::span<const std::string_view> values) {
  Check(read != nullptr, "metric \"" + info_.name + "\": a callback is missing");
  Check(values.size() == info_.label_names.size(),
        "metric \"" + info_.name + "\" has " + std::to_string(info_.label_names.size()) + " labels and was given " +
            std::to_string(values.size()) + " values");
  auto series = std::make_shared<CallbackSeries>();
  series->label_text = MakeLabelText(QuotedLabelNames(info_.label_names), values);
  series->family = weak_from_this();
  series->read = std::make_shared<const std::function<double()>>(std::move(read));
  const std::lock_guard lock(mutex_);
  for (const auto& other : series_) {
    if (other->label_text == series->label_text) {
      Fail("metric \"" + info_.name + "\" has a callback for {" + series->label_text + "} already");
    }
  }
  series_.push_back(series);
  return series;
}

void CallbackCore::Remove(const std::shared_ptr<CallbackSeries>& series) {
  // Off the page first, so that the same labels can be added again at once.
  if (const std::shared_ptr<CallbackCore> family = series->family.lock(); family != nullptr) family->Unlink(series);
  // Waits for a callback that runs. What it holds is destroyed by whoever holds it last, after the lock is released.
  std::shared_ptr<const std::function<double()>> released;
  const std::lock_guard lock(series->mutex);
  released.swap(series->read);
}

void CallbackCore::Unlink(const std::shared_ptr<CallbackSeries>& series) {
  const std::lock_guard lock(mutex_);
  FreeCondemned();
  std::erase(series_, series);
  condemned_.push_back({.series = series, .snapshot = epochs_->Next()});
}

void CallbackCore::FreeCondemned() {
  std::erase_if(condemned_, [this](const Condemned& gone) { return epochs_->AllEndedBefore(gone.snapshot); });
}

CollectedFamily::Statistics CallbackCore::GetStatistics() const {
  const std::lock_guard lock(mutex_);
  Statistics statistics = {.series = series_.size()};
  for (const auto& series : series_) statistics.series_bytes += sizeof(*series) + series->label_text.size();
  return statistics;
}

void CallbackCore::Collect(SnapshotBuilder& builder, std::uint64_t /*now_nanoseconds*/) noexcept {
  std::vector<std::shared_ptr<CallbackSeries>> series;
  {
    const std::lock_guard lock(mutex_);
    FreeCondemned();
    series = series_;
  }
  builder.BeginFamily(info_, series.size());
  for (const auto& one : series) {
    std::optional<double> value;
    // Held here, and let go after the lock: the callback may remove its own series.
    std::shared_ptr<const std::function<double()>> read;
    {
      const std::lock_guard lock(one->mutex);
      read = one->read;
      if (read != nullptr) value = (*read)();
    }
    if (value && !std::isnan(*value)) builder.AddScalar(one->label_text, std::bit_cast<std::uint64_t>(*value));
  }
}

}  // namespace streamhouse::metrics::internal
