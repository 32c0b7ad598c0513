// The labels of all series on a page of Prometheus' protobuf format, and the help of its families.
//
// Ends the process with a message where the page is not made of whole messages.
// Thread safety: pure functions.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace streamhouse::exporters {

struct ProtobufPageContent {
  std::vector<std::string> helps;
  std::vector<std::vector<std::pair<std::string, std::string>>> labels;
};

ProtobufPageContent ReadProtobufPage(std::string_view page);

}  // namespace streamhouse::exporters
