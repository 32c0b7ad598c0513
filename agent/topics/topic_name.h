// Legal topic names: 1 to kTopicNameBytesMax of [A-Za-z0-9._-], and neither "." nor "..".
//
// When to use something else: metric_name.h for the names of metrics. A client need not check: the
// agent does, and refuses.
// Guarantees: a legal name is also a legal name of a folder: the topic's folder has it.
// Thread safety: a pure function.
// Cost: one pass over the name.
// Errors: InvalidArgument, naming the rule; the offending name itself is not repeated.
#pragma once

#include <cstddef>
#include <string_view>

#include "metrics_core/status.h"

namespace streamhouse::agent {

inline constexpr std::size_t kTopicNameBytesMax = 249;

metrics::Status CheckTopicName(std::string_view name);

}  // namespace streamhouse::agent
