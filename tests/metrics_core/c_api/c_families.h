// c_families: a registry with one family of each kind, for tests in C.
//
// Thread safety: a value that one thread owns.
#pragma once

#include "metrics_core/c_api/registry.h"

typedef struct c_families {
  streamhouse_registry* registry;
  streamhouse_counter_family counter;
  streamhouse_double_counter_family double_counter;
  streamhouse_up_down_counter_family up_down_counter;
  streamhouse_gauge_family gauge;
  streamhouse_double_gauge_family double_gauge;
  streamhouse_histogram_family histogram;
  streamhouse_tick_histogram_family tick_histogram;
  streamhouse_exponential_histogram_family exponential_histogram;
  streamhouse_state_set_family state_set;
} c_families;

// Each with the label "topic". Every registration has to succeed.
c_families c_families_new(void);
void c_families_free(c_families* families);

// One label value, which ends with a zero byte.
#define C_VALUE(value) ((const char*[]){value}), NULL, 1
