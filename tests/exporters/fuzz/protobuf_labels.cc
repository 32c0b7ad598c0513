#include "tests/exporters/fuzz/protobuf_labels.h"

#include <protozero/exception.hpp>
#include <protozero/pbf_reader.hpp>
#include <protozero/varint.hpp>

#include "metrics_core/status.h"

namespace streamhouse::exporters {
namespace {

using protozero::pbf_reader;

std::pair<std::string, std::string> ReadLabel(pbf_reader message) {
  std::pair<std::string, std::string> label;
  while (message.next()) {
    std::string& part = message.tag() == 1 ? label.first : label.second;
    part = message.get_string();
  }
  return label;
}

void ReadFamily(pbf_reader family, ProtobufPageContent& content) {
  while (family.next()) {
    if (family.tag() == 2) {
      content.helps.push_back(family.get_string());
    } else if (family.tag() == 4) {
      pbf_reader metric = family.get_message();
      std::vector<std::pair<std::string, std::string>>& labels = content.labels.emplace_back();
      while (metric.next(1)) labels.push_back(ReadLabel(metric.get_message()));
    } else {
      family.skip();
    }
  }
}

}  // namespace

ProtobufPageContent ReadProtobufPage(std::string_view page) {
  ProtobufPageContent content;
  try {
    const char* at = page.data();
    const char* const end = at + page.size();
    while (at != end) {
      const std::uint64_t bytes = protozero::decode_varint(&at, end);
      metrics::Check(bytes <= static_cast<std::uint64_t>(end - at), "a message is longer than the page");
      ReadFamily(pbf_reader(at, bytes), content);
      at += bytes;
    }
  } catch (const protozero::exception& error) {
    metrics::Fail(error.what());
  }
  return content;
}

}  // namespace streamhouse::exporters
