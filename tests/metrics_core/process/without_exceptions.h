// A user of the core who compiles without exceptions and without run-time type information.
#pragma once

#include <string>

namespace streamhouse::metrics {

// Records with every kind of handle, and returns the page.
std::string RecordWithoutExceptions();

}  // namespace streamhouse::metrics
