// One function a recording call, with a name that is found again in the object code.
#pragma once

#include <cstdint>
#include <string_view>

#include "metrics_core/counter.h"
#include "metrics_core/exponential_histogram.h"
#include "metrics_core/family.h"
#include "metrics_core/gauge.h"
#include "metrics_core/histogram.h"
#include "metrics_core/timer.h"
#include "metrics_core/up_down_counter.h"

namespace streamhouse::metrics {

extern "C" {

void CounterIncrement(const Counter& counter);
void CounterIncrementBy(const Counter& counter, std::uint64_t n);
void DoubleCounterIncrement(const DoubleCounter& counter, double amount);
void GaugeSet(const Gauge& gauge, std::int64_t value);
void GaugeAdd(const Gauge& gauge, std::int64_t amount);
void DoubleGaugeSet(const DoubleGauge& gauge, double value);
void DoubleGaugeAdd(const DoubleGauge& gauge, double amount);
void UpDownCounterAddOne(const UpDownCounter& counter);
void UpDownCounterAdd(const UpDownCounter& counter, std::int64_t amount);
void HistogramObserve(const Histogram& histogram, double value);
void TickHistogramObserve(const TickHistogram& histogram, std::uint64_t ticks);
void ExponentialHistogramObserve(const ExponentialHistogram& histogram, double value);
void ScopedTimerAroundNothing(const TickHistogram& nanoseconds);
void LookupIncrement(const Family<Counter>& family, std::string_view topic, std::string_view partition);

}  // extern "C"

}  // namespace streamhouse::metrics
