// The functions of recording_functions.cc without their bodies: what they have to be when recording
// is compiled out.
#include "tests/metrics_core/fast_path/recording_functions.h"

namespace streamhouse::metrics {

void CounterIncrement(const Counter& /*counter*/) {}
void CounterIncrementBy(const Counter& /*counter*/, std::uint64_t /*n*/) {}
void DoubleCounterIncrement(const DoubleCounter& /*counter*/, double /*amount*/) {}
void GaugeSet(const Gauge& /*gauge*/, std::int64_t /*value*/) {}
void GaugeAdd(const Gauge& /*gauge*/, std::int64_t /*amount*/) {}
void DoubleGaugeSet(const DoubleGauge& /*gauge*/, double /*value*/) {}
void DoubleGaugeAdd(const DoubleGauge& /*gauge*/, double /*amount*/) {}
void UpDownCounterAddOne(const UpDownCounter& /*counter*/) {}
void UpDownCounterAdd(const UpDownCounter& /*counter*/, std::int64_t /*amount*/) {}
void HistogramObserve(const Histogram& /*histogram*/, double /*value*/) {}
void TickHistogramObserve(const TickHistogram& /*histogram*/, std::uint64_t /*ticks*/) {}
void ExponentialHistogramObserve(const ExponentialHistogram& /*histogram*/, double /*value*/) {}
void ScopedTimerAroundNothing(const TickHistogram& /*nanoseconds*/) {}
void LookupIncrement(const Family<Counter>& /*family*/, std::string_view /*topic*/, std::string_view /*partition*/) {}

}  // namespace streamhouse::metrics
