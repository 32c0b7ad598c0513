// PutOtlpPoint(): the data point of a series, one description of each kind for both encodings.
//
// When to use something else: OtlpProtobufEncoder and OtlpJsonEncoder make whole requests of it.
// Guarantees:
// 1. The fields of a point say what the snapshot says.
// 2. Only monotonic sums and histograms have a start time: a receiver that stores a zero at each
//    start time would do so for gauges too.
// 3. A count of more than 2^63 - 1, which no integer of OTLP holds, is a double.
// Thread safety: pure functions.
// Cost: none of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>

#include "exporters/encoding/encoded_labels.h"
#include "exporters/otlp/otlp_schema.h"
#include "metrics_core/exemplar.h"
#include "metrics_core/reading/family_values.h"

namespace streamhouse::exporters {

// What a point has beside its value. `Time` is that of the format.
template <typename Time>
struct OtlpPointParts {
  const EncodedLabels* labels = nullptr;
  Time time;
  Time start;
  bool has_start = false;
  std::string bounds = {};  // of a histogram, as the format writes them
};

// Where the attributes of a point stand.
template <typename Values>
constexpr const OtlpField& OtlpAttributesOf() {
  if constexpr (std::is_same_v<Values, metrics::HistogramValues>) {
    return otlp::histogram_point::kAttributes;
  } else if constexpr (std::is_same_v<Values, metrics::ExponentialHistogramValues>) {
    return otlp::exponential_point::kAttributes;
  } else if constexpr (std::is_same_v<Values, metrics::SummaryValues>) {
    return otlp::summary_point::kAttributes;
  } else {
    return otlp::number_point::kAttributes;
  }
}

inline std::uint64_t UnixNanoseconds(std::int64_t unix_milliseconds) {
  constexpr std::uint64_t kNanosecondsPerMillisecond = 1'000'000;
  return unix_milliseconds <= 0 ? 0 : static_cast<std::uint64_t>(unix_milliseconds) * kNanosecondsPerMillisecond;
}

// Inlined, as is all of a point of one number: what is written to can then be in a register.
template <typename Out, typename Time>
[[gnu::always_inline]] inline void PutOtlpTimes(Out& out, const OtlpPointParts<Time>& parts) {
  if (parts.has_start) out.Time(otlp::point::kStartTime, parts.start);
  out.Time(otlp::point::kTime, parts.time);
}

template <typename Out>
[[gnu::noinline]] void PutSomeOtlpExemplars(Out& out, const OtlpField& field, const metrics::ExemplarTable& exemplars,
                                            std::size_t series) {
  std::size_t bucket = 0;
  while (bucket < exemplars.buckets && exemplars.At(series, bucket) == nullptr) ++bucket;
  if (bucket == exemplars.buckets) return;
  out.List(field, [&](auto& list) {
    for (std::size_t i = bucket; i < exemplars.buckets; ++i) {
      const metrics::Exemplar* const found = exemplars.At(series, i);
      if (found == nullptr) continue;
      list.Message([&](auto& exemplar) {
        exemplar.Fixed64(otlp::exemplar::kTime, UnixNanoseconds(found->unix_milliseconds));
        exemplar.Double(otlp::exemplar::kAsDouble, found->value);
        exemplar.TraceAndSpan(found->trace);
      });
    }
  });
}

template <typename Out>
[[gnu::always_inline]] inline void PutOtlpExemplars(Out& out, const OtlpField& field,
                                                    const metrics::ExemplarTable& exemplars, std::size_t series) {
  if (exemplars.places.empty()) return;
  Out copy = out;
  PutSomeOtlpExemplars(copy, field, exemplars, series);
  out = copy;
}

template <typename Out>
[[gnu::always_inline]] inline void PutOtlpNumber(Out& out, double number) {
  out.Double(otlp::number_point::kAsDouble, number);
}
template <typename Out>
[[gnu::always_inline]] inline void PutOtlpNumber(Out& out, std::int64_t number) {
  out.Sfixed64(otlp::number_point::kAsInt, number);
}
template <typename Out>
[[gnu::always_inline]] inline void PutOtlpNumber(Out& out, std::uint64_t number) {
  if (std::in_range<std::int64_t>(number)) {
    PutOtlpNumber(out, static_cast<std::int64_t>(number));
  } else {
    PutOtlpNumber(out, static_cast<double>(number));
  }
}

template <typename Out, typename Number, typename Time>
[[gnu::always_inline]] inline void PutOtlpNumberPoint(Out& out, Number number, const OtlpPointParts<Time>& parts) {
  out.Attributes(otlp::number_point::kAttributes, *parts.labels);
  PutOtlpTimes(out, parts);
  PutOtlpNumber(out, number);
}

template <typename Out, typename Number, typename Time>
[[gnu::always_inline]] inline void PutOtlpPoint(Out& out, const metrics::CounterValues<Number>& counters,
                                                std::size_t series, const OtlpPointParts<Time>& parts) {
  PutOtlpNumberPoint(out, counters[series], parts);
  PutOtlpExemplars(out, otlp::number_point::kExemplars, counters.exemplars, series);
}

template <typename Out, typename Time>
void PutOtlpPoint(Out& out, const metrics::UpDownCounterValues& counters, std::size_t series,
                  const OtlpPointParts<Time>& parts) {
  PutOtlpNumberPoint(out, counters[series], parts);
}

template <typename Out, typename Number, typename Time>
[[gnu::always_inline]] inline void PutOtlpPoint(Out& out, const metrics::GaugeValues<Number>& gauges,
                                                std::size_t series, const OtlpPointParts<Time>& parts) {
  PutOtlpNumberPoint(out, gauges[series], parts);
}

template <typename Out, typename Time>
void PutOtlpPoint(Out& out, const metrics::InfoValues& /*infos*/, std::size_t /*series*/,
                  const OtlpPointParts<Time>& parts) {
  PutOtlpNumberPoint(out, std::int64_t{1}, parts);
}

// A point is one state of a series.
template <typename Out, typename Time>
void PutOtlpPoint(Out& out, const metrics::StateSetValues& sets, std::size_t point, const OtlpPointParts<Time>& parts) {
  const bool is_on = sets.IsOn(point / sets.states.size(), point % sets.states.size());
  PutOtlpNumberPoint(out, std::int64_t{is_on ? 1 : 0}, parts);
}

template <typename Out, typename Time>
void PutOtlpPoint(Out& out, const metrics::HistogramValues& histograms, std::size_t series,
                  const OtlpPointParts<Time>& parts) {
  const metrics::HistogramValue value = histograms[series];
  out.Attributes(otlp::histogram_point::kAttributes, *parts.labels);
  PutOtlpTimes(out, parts);
  out.Fixed64(otlp::totals::kCount, value.count);
  out.Double(otlp::totals::kSum, value.sum);
  out.Fixed64s(otlp::histogram_point::kBucketCounts, value.bucket_counts);
  out.Made(otlp::histogram_point::kExplicitBounds, parts.bounds);
  PutOtlpExemplars(out, otlp::histogram_point::kExemplars, histograms.exemplars, series);
}

template <typename Out, typename Time>
void PutOtlpPoint(Out& out, const metrics::ExponentialHistogramValues& histograms, std::size_t series,
                  const OtlpPointParts<Time>& parts) {
  const metrics::ExponentialValue& value = histograms[series];
  out.Attributes(otlp::exponential_point::kAttributes, *parts.labels);
  PutOtlpTimes(out, parts);
  out.Fixed64(otlp::totals::kCount, value.count);
  out.Double(otlp::totals::kSum, value.sum);
  out.Sint32(otlp::exponential_point::kScale, value.schema);
  out.Fixed64(otlp::exponential_point::kZeroCount, value.zero_count);
  out.Double(otlp::exponential_point::kZeroThreshold, value.zero_threshold);
  if (!value.bucket_counts.empty()) {
    out.Message(otlp::exponential_point::kPositive, [&](auto& buckets) {
      // OTLP numbers a bucket by its lower bound, the snapshot by its upper one.
      buckets.Sint32(otlp::buckets::kOffset, value.first_index - 1);
      buckets.Varints(otlp::buckets::kBucketCounts, value.bucket_counts);
    });
  }
  PutOtlpExemplars(out, otlp::exponential_point::kExemplars, histograms.classic.exemplars, series);
}

template <typename Out, typename Time>
void PutOtlpPoint(Out& out, const metrics::SummaryValues& summaries, std::size_t series,
                  const OtlpPointParts<Time>& parts) {
  const metrics::SummaryValue value = summaries[series];
  out.Attributes(otlp::summary_point::kAttributes, *parts.labels);
  PutOtlpTimes(out, parts);
  out.Fixed64(otlp::totals::kCount, value.count);
  out.Double(otlp::totals::kSum, value.sum);
  out.List(otlp::summary_point::kQuantileValues, [&](auto& list) {
    for (std::size_t i = 0; i < summaries.quantiles.size(); ++i) {
      list.Message([&](auto& quantile) {
        quantile.Double(otlp::quantile_value::kQuantile, summaries.quantiles[i]);
        quantile.Double(otlp::quantile_value::kValue, value.quantile_values[i]);
      });
    }
  });
}

}  // namespace streamhouse::exporters
