// The functions of recording_functions.h, as a program in C has them.
#include <stdint.h>

#include "metrics_core/c_api/recording.h"

void CounterIncrement(const streamhouse_counter* counter) {
  streamhouse_counter_add(*counter, 1);
}
void CounterIncrementBy(const streamhouse_counter* counter, uint64_t n) {
  streamhouse_counter_add(*counter, n);
}
void DoubleCounterIncrement(const streamhouse_double_counter* counter, double amount) {
  streamhouse_double_counter_add(*counter, amount);
}
void GaugeSet(const streamhouse_gauge* gauge, int64_t value) {
  streamhouse_gauge_set(*gauge, value);
}
void GaugeAdd(const streamhouse_gauge* gauge, int64_t amount) {
  streamhouse_gauge_add(*gauge, amount);
}
void DoubleGaugeSet(const streamhouse_double_gauge* gauge, double value) {
  streamhouse_double_gauge_set(*gauge, value);
}
void DoubleGaugeAdd(const streamhouse_double_gauge* gauge, double amount) {
  streamhouse_double_gauge_add(*gauge, amount);
}
void UpDownCounterAddOne(const streamhouse_up_down_counter* counter) {
  streamhouse_up_down_counter_add(*counter, 1);
}
void UpDownCounterAdd(const streamhouse_up_down_counter* counter, int64_t amount) {
  streamhouse_up_down_counter_add(*counter, amount);
}
void HistogramObserve(const streamhouse_histogram* histogram, double value) {
  streamhouse_histogram_observe(*histogram, value);
}
void TickHistogramObserve(const streamhouse_tick_histogram* histogram, uint64_t ticks) {
  streamhouse_tick_histogram_observe(*histogram, ticks);
}
