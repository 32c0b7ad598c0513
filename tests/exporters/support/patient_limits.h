// PatientLimits: time limits that end no request where the machine stands still for some seconds.
//
// When to use something else: Limits, in tests of what a time limit does.
#pragma once

#include <chrono>

#include "exporters/http/limits.h"

namespace streamhouse::exporters {

inline Limits PatientLimits() {
  constexpr std::chrono::hours kPatient{1};
  return {.head_time = kPatient, .idle_time = kPatient, .write_time = kPatient, .page_time = kPatient};
}

}  // namespace streamhouse::exporters
