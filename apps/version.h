// The version of the program, as --version prints it and CHANGELOG.md lists it.
#pragma once

namespace streamhouse::apps {

inline constexpr const char* kVersion = "0.1.0";

}  // namespace streamhouse::apps
