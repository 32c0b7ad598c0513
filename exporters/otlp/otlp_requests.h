// OtlpRequests: a snapshot as OTLP requests (ExportMetricsServiceRequest), one in each chunk.
//
// When to use something else: OtlpProtobufEncoder and OtlpJsonEncoder are this with a format;
// formats that are scraped are in exporters/encoding.
// Invariants:
// 1. A chunk has bytes exactly where it has points.
// 2. position() never goes back.
// Guarantees:
// 1. Each chunk is a whole request: resource, scope, and at least one point. A family that does not
//    fit goes on in the next request. A snapshot without points gives one empty chunk.
// 2. Names go out as they are registered, units in UCUM (docs/decisions/otlp_names.md). An info and
//    a state set are sums that are not monotonic; the metadata prometheus.type tells what they are.
// 3. The family target_info is left out where the snapshot has a target: it is the resource.
// 4. No start time is later than the time of its point.
// 5. Values are cumulative, but for the families that DeltaView has made deltas of. Beside deltas,
//    times are of whole milliseconds: a delta begins at the time at which the one before ended.
// 6. position() tells which series the requests have had so far.
// Thread safety: one thread at a time.
// Cost: each point is counted and then written, straight into the chunk; memory for the keys of one
// family at a time.
#pragma once

#include <algorithm>
#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "exporters/encoding/page_chunk.h"
#include "exporters/otlp/otlp_labels.h"
#include "exporters/otlp/otlp_points.h"
#include "exporters/otlp/otlp_schema.h"
#include "exporters/otlp/otlp_unit.h"
#include "exporters/view/delta_view.h"
#include "metrics_core/naming/name_escaping.h"
#include "metrics_core/reading/family_info.h"
#include "metrics_core/reading/family_values.h"
#include "metrics_core/reading/metric_kind.h"
#include "metrics_core/reading/snapshot.h"
#include "metrics_core/text/text_escaping.h"
#include "metrics_core/version.h"

namespace streamhouse::exporters {

// What an exporter sees of both encoders.
class OtlpEncoder : public PageSource {
 public:
  // Series of a snapshot: those of the families before `family`, and `series` of that one.
  struct SeriesPosition {
    std::size_t family = 0;
    std::size_t series = 0;

    friend auto operator<=>(const SeriesPosition&, const SeriesPosition&) = default;
  };

  // Where the next chunk begins: this one and the earlier ones have the series before it. Of a
  // state set, a series may be in two chunks; the second one counts.
  virtual SeriesPosition position() const = 0;
  // The data points of the last chunk.
  virtual std::uint64_t samples() const = 0;
};

template <typename Format>
class OtlpRequests : public OtlpEncoder {
 public:
  std::uint64_t samples() const override { return samples_; }
  SeriesPosition position() const override {
    return {.family = family_, .series = is_begun_ ? point_ / std::max<std::size_t>(states_.size(), 1) : 0};
  }

 protected:
  // `snapshot` must outlive the requests. `resource` is that of OtlpResource(). `deltas` is that of
  // the DeltaView that has made the snapshot.
  OtlpRequests(const metrics::Snapshot& snapshot, const metrics::TargetAttributes& resource, DeltaFamilies deltas);
  static std::uint64_t TimeOf(const metrics::Snapshot& snapshot, DeltaFamilies deltas);

  // `fill_family(family)` calls FillPoints() with the family's values.
  template <typename FillFamily>
  PageSource::Progress FillRequest(PageChunk& chunk, const FillFamily& fill_family);

  // False when the chunk is full.
  template <typename Values>
  bool FillPoints(const metrics::FamilySnapshot& family, const Values& values, PageChunk& chunk);

 private:
  using Head = typename Format::Head;
  using Time = typename Format::Time;

  bool IsLeftOut(const metrics::FamilySnapshot& family) const {
    return family.size() == 0 || (has_target_ && family.info().name == metrics::kTargetFamily);
  }
  template <typename Values>
  void BeginFamily(const metrics::FamilySnapshot& family, const Values& values);
  void MakeMetricHead(const metrics::FamilyInfo& info);
  // Fills in what parts_ has of a point. `point` counts the states of each series.
  template <typename Values>
  void ReadParts(const metrics::FamilySnapshot& family, std::size_t point);
  char* BeginMetric(char* out);
  void EndMetric(PageChunk& chunk);
  void EndRequest(PageChunk& chunk);

  const std::span<const metrics::FamilySnapshot> families_;
  const bool has_target_;
  const DeltaFamilies deltas_;
  const std::uint64_t taken_at_;  // in nanoseconds of Unix time
  Head request_head_;

  // Where the requests stand.
  std::size_t family_ = 0;
  std::size_t point_ = 0;
  bool is_begun_ = false;  // whether what follows is of this family

  // Of the family.
  Head metric_head_;
  OtlpLabels<Format> labels_;
  std::vector<std::string> states_;  // of a state set: the label text of each state
  bool has_start_times_ = false;
  OtlpPointParts<Time> parts_;  // of the point

  // Of the chunk.
  std::uint64_t samples_ = 0;
  char* request_ = nullptr;  // where it begins, null before
  char* metric_ = nullptr;
};

template <typename Format>
OtlpRequests<Format>::OtlpRequests(const metrics::Snapshot& snapshot, const metrics::TargetAttributes& resource,
                                   DeltaFamilies deltas)
    : families_(snapshot.families()),
      has_target_(!snapshot.target().empty()),
      deltas_(deltas),
      taken_at_(TimeOf(snapshot, deltas)) {
  request_head_ = Format::RequestHead(
      [&](auto& out) {
        out.List(otlp::resource::kAttributes, [&](auto& list) {
          for (const auto& [key, value] : resource) {
            list.Message([&, &name = key, &text = value](auto& pair) {
              pair.String(otlp::key_value::kKey, name);
              pair.Message(otlp::key_value::kValue,
                           [&](auto& any) { any.String(otlp::any_value::kStringValue, text); });
            });
          }
        });
      },
      [](auto& out) {
        out.String(otlp::scope::kName, "streamhouse");
        out.String(otlp::scope::kVersion, metrics::kVersion);
      });
  parts_.time.Assign(taken_at_);
}

template <typename Format>
std::uint64_t OtlpRequests<Format>::TimeOf(const metrics::Snapshot& snapshot, DeltaFamilies deltas) {
  const auto time = snapshot.taken_at().time_since_epoch();
  if (deltas != DeltaFamilies::kNone) {
    return UnixNanoseconds(std::chrono::floor<std::chrono::milliseconds>(time).count());
  }
  const auto nanoseconds = std::chrono::duration_cast<std::chrono::nanoseconds>(time).count();
  return static_cast<std::uint64_t>(std::max<std::int64_t>(nanoseconds, 0));
}

template <typename Format>
template <typename FillFamily>
PageSource::Progress OtlpRequests<Format>::FillRequest(PageChunk& chunk, const FillFamily& fill_family) {
  samples_ = 0;
  request_ = nullptr;
  for (; family_ < families_.size(); ++family_) {
    if (IsLeftOut(families_[family_])) continue;
    metric_ = nullptr;
    const bool is_whole = fill_family(families_[family_]);
    if (metric_ != nullptr) EndMetric(chunk);
    if (!is_whole) {
      EndRequest(chunk);
      return Progress::kMore;
    }
    is_begun_ = false;
    point_ = 0;
  }
  if (request_ != nullptr) EndRequest(chunk);
  return Progress::kEnd;
}

template <typename Format>
template <typename Values>
bool OtlpRequests<Format>::FillPoints(const metrics::FamilySnapshot& family, const Values& values, PageChunk& chunk) {
  if (!is_begun_) BeginFamily(family, values);
  is_begun_ = true;
  const std::size_t points = family.size() * std::max<std::size_t>(states_.size(), 1);
  for (; point_ < points; ++point_) {
    ReadParts<Values>(family, point_);
    const auto put = [&](auto& out) { PutOtlpPoint(out, values, point_, parts_); };
    std::size_t body_bytes = 0;
    std::size_t bytes = Format::ItemBytes(put, body_bytes) + Format::kEndBytes;
    if (metric_ == nullptr) bytes += metric_head_.text.size();
    if (request_ == nullptr) bytes += request_head_.text.size();
    char* out = chunk.Reserve(bytes);
    if (out == nullptr) return false;
    if (metric_ == nullptr) out = BeginMetric(out);
    chunk.Commit(Format::PutItem(out, put, body_bytes));
    ++samples_;
  }
  return true;
}

template <typename Format>
template <typename Values>
void OtlpRequests<Format>::BeginFamily(const metrics::FamilySnapshot& family, const Values& values) {
  const metrics::FamilyInfo& info = family.info();
  MakeMetricHead(info);
  states_.clear();
  parts_.bounds.clear();
  if constexpr (std::is_same_v<Values, metrics::StateSetValues>) {
    const std::string name = metrics::QuotedLabelName(info.name);
    for (const std::string& state : values.states) states_.push_back(metrics::LabelPairText(name, state));
    labels_.BeginStateSet(info.label_names, info.name, OtlpAttributesOf<Values>());
  } else {
    labels_.Begin(info.label_names, OtlpAttributesOf<Values>());
  }
  if constexpr (std::is_same_v<Values, metrics::HistogramValues>) parts_.bounds = Format::Doubles(values.bounds);
  const metrics::KindDescription& kind = metrics::Describe(info.kind);
  has_start_times_ =
      info.has_created && kind.is_monotonic == metrics::Has::kYes && kind.otlp_data != metrics::OtlpData::kSummary;
  parts_.labels = &labels_.encoded();
  parts_.has_start = has_start_times_;
}

template <typename Format>
void OtlpRequests<Format>::MakeMetricHead(const metrics::FamilyInfo& info) {
  const metrics::KindDescription& kind = metrics::Describe(info.kind);
  const auto put_metric = [&](auto& out) {
    out.String(otlp::metric::kName, info.name);
    out.String(otlp::metric::kDescription, info.help);
    if (!info.unit.empty()) out.String(otlp::metric::kUnit, OtlpUnit(info.unit));
    if (kind.prometheus_type == metrics::Has::kNo) return;
    out.List(otlp::metric::kMetadata, [&](auto& list) {
      list.Message([&](auto& pair) {
        pair.String(otlp::key_value::kKey, "prometheus.type");
        pair.Message(otlp::key_value::kValue,
                     [&](auto& any) { any.String(otlp::any_value::kStringValue, kind.open_metrics_type); });
      });
    });
  };
  const unsigned temporality = HasDeltas(info, deltas_) ? otlp::data::kDelta : otlp::data::kCumulative;
  const auto put_temporality = [temporality](auto& out) { out.Enum(otlp::data::kAggregationTemporality, temporality); };
  const auto put_sum = [&](auto& out) {
    put_temporality(out);
    if (kind.is_monotonic == metrics::Has::kYes) out.True(otlp::data::kIsMonotonic);
  };
  const auto put_none = [](auto& /*out*/) {};
  switch (kind.otlp_data) {
    case metrics::OtlpData::kSum:
      metric_head_ = Format::MetricHead(put_metric, otlp::metric::kSum, put_sum);
      break;
    case metrics::OtlpData::kGauge:
      metric_head_ = Format::MetricHead(put_metric, otlp::metric::kGauge, put_none);
      break;
    case metrics::OtlpData::kHistogram:
      metric_head_ = Format::MetricHead(put_metric, otlp::metric::kHistogram, put_temporality);
      break;
    case metrics::OtlpData::kExponentialHistogram:
      metric_head_ = Format::MetricHead(put_metric, otlp::metric::kExponentialHistogram, put_temporality);
      break;
    case metrics::OtlpData::kSummary:
      metric_head_ = Format::MetricHead(put_metric, otlp::metric::kSummary, put_none);
      break;
  }
}

template <typename Format>
template <typename Values>
void OtlpRequests<Format>::ReadParts(const metrics::FamilySnapshot& family, std::size_t point) {
  std::size_t series = point;
  if constexpr (std::is_same_v<Values, metrics::StateSetValues>) {
    series = point / states_.size();
    labels_.ReadState(states_[point % states_.size()]);
  }
  labels_.Read(family.label_text(series));
  if (has_start_times_) {
    parts_.start.Assign(std::min(UnixNanoseconds(family.created_unix_milliseconds(series)), taken_at_));
  }
}

template <typename Format>
char* OtlpRequests<Format>::BeginMetric(char* out) {
  if (request_ == nullptr) {
    request_ = out;
    out = std::copy(request_head_.text.begin(), request_head_.text.end(), out);
  }
  metric_ = out;
  return std::copy(metric_head_.text.begin(), metric_head_.text.end(), out);
}

// The room that is needed was reserved with the last point.
template <typename Format>
void OtlpRequests<Format>::EndMetric(PageChunk& chunk) {
  chunk.Commit(Format::CloseMetric(metric_head_, metric_, chunk.Reserve(0)));
}

template <typename Format>
void OtlpRequests<Format>::EndRequest(PageChunk& chunk) {
  chunk.Commit(Format::CloseRequest(request_head_, request_, chunk.Reserve(0)));
}

}  // namespace streamhouse::exporters
