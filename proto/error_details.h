// What the agent says in the details of a gRPC status, beyond code and message.
//
// When to use something else: streamhouse.proto says what the codes mean.
// Thread safety: constants.
#pragma once

#include <string_view>

namespace streamhouse::v1 {

// Comes with an UNAVAILABLE response to Produce: nothing was written. A status that gRPC makes up
// when a connection breaks has no details, and nothing else tells the two apart.
inline constexpr std::string_view kNotWrittenDetails = "not-written";

// Comes with a RESOURCE_EXHAUSTED response to Produce when the disk is full: nothing was written,
// and a retry may succeed once there is room. Without it, the request is over a limit, and no retry
// helps.
inline constexpr std::string_view kDiskFullDetails = "disk-full";

}  // namespace streamhouse::v1
