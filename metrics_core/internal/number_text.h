// NumberText: the shortest decimal that reads back as the same double, for messages: 1e-10, 0.1, 5.
//
// When to use something else: the exporters' encoders have number texts of their formats.
// Thread safety: a pure function.
// Cost: one string.
#pragma once

#include <string>

namespace streamhouse::metrics::internal {

std::string NumberText(double value);

}  // namespace streamhouse::metrics::internal
