// Help text as it stands on a page: escaped so that it stays on its line.
//
// Thread safety: pure functions. Cost: proportional to the text.
#pragma once

#include <string>
#include <string_view>

namespace streamhouse::exporters {

// Prometheus text: \ and newline.
void AppendTextHelp(std::string_view help, std::string& out);

// OpenMetrics: " as well.
void AppendOpenMetricsHelp(std::string_view help, std::string& out);

}  // namespace streamhouse::exporters
