#include "tests/metrics_core/fast_path/recording_functions.h"

namespace streamhouse::metrics {

void CounterIncrement(const Counter& counter) {
  counter.Increment();
}
void CounterIncrementBy(const Counter& counter, std::uint64_t n) {
  counter.Increment(n);
}
void DoubleCounterIncrement(const DoubleCounter& counter, double amount) {
  counter.Increment(amount);
}
void GaugeSet(const Gauge& gauge, std::int64_t value) {
  gauge.Set(value);
}
void GaugeAdd(const Gauge& gauge, std::int64_t amount) {
  gauge.Add(amount);
}
void DoubleGaugeSet(const DoubleGauge& gauge, double value) {
  gauge.Set(value);
}
void DoubleGaugeAdd(const DoubleGauge& gauge, double amount) {
  gauge.Add(amount);
}
void UpDownCounterAddOne(const UpDownCounter& counter) {
  counter.Add(1);
}
void UpDownCounterAdd(const UpDownCounter& counter, std::int64_t amount) {
  counter.Add(amount);
}
void HistogramObserve(const Histogram& histogram, double value) {
  histogram.Observe(value);
}
void TickHistogramObserve(const TickHistogram& histogram, std::uint64_t ticks) {
  histogram.Observe(ticks);
}
void ExponentialHistogramObserve(const ExponentialHistogram& histogram, double value) {
  histogram.Observe(value);
}
void ScopedTimerAroundNothing(const TickHistogram& nanoseconds) {
  const ScopedTimer timer(nanoseconds);
}
void LookupIncrement(const Family<Counter>& family, std::string_view topic, std::string_view partition) {
  family.Lookup(topic, partition)->Increment();
}

}  // namespace streamhouse::metrics
