// Corpora: inputs that fuzz targets start from, and inputs that once showed a fault.
//
// One input a line, with \\ \n \r \t and \xNN for what a line cannot show; lines that start with
// '#', and empty ones, say something to people. tools/fuzz reads and writes the same form.
// Thread safety: pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace streamhouse::exporters {

// The inputs of a file; the process ends with a message where it cannot be read or has a malformed
// line.
std::vector<std::string> ReadCorpus(const std::string& path);

}  // namespace streamhouse::exporters
