#include "exporters/encoding/exemplar_text.h"

#include <cstring>
#include <string_view>

#include "exporters/encoding/exemplar_labels.h"
#include "exporters/encoding/number_format.h"

namespace streamhouse::exporters {
namespace {

char* Put(char* out, std::string_view text) {
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

}  // namespace

char* WriteExemplar(char* out, const metrics::Exemplar& exemplar) {
  char separator = '{';
  out = Put(out, " # ");
  for (const ExemplarLabel& label : ExemplarLabels(exemplar)) {
    *out++ = separator;
    separator = ',';
    out = Put(Put(Put(Put(out, label.name), "=\""), label.value), "\"");
  }
  out = Put(out, "} ");
  out = WriteOpenMetricsDouble(out, exemplar.value);
  *out++ = ' ';
  return WriteUnixSeconds(out, exemplar.unix_milliseconds);
}

}  // namespace streamhouse::exporters
