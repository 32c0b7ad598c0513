// What the agent says in the details of a gRPC status, beyond code and message.
//
// When to use something else: streamhouse.proto says what the codes mean.
// Thread safety: constants.
#pragma once

#include <string_view>

namespace streamhouse::v1 {

// Comes with an UNAVAILABLE answer to Produce: nothing was written. A status that gRPC makes up when a connection
// breaks has no details, and nothing else tells the two apart.
inline constexpr std::string_view kNotWrittenDetails = "not-written";

}  // namespace streamhouse::v1
