#include "exporters/encoding/exemplar_text.h"

#include <cstdint>
#include <cstring>

#include "exporters/encoding/number_format.h"

namespace streamhouse::exporters {
namespace {

constexpr std::size_t kDigitsPerWord = 16;

void WriteHexadecimal(char* out, std::uint64_t value) {
  constexpr char kDigits[] = "0123456789abcdef";
  constexpr unsigned kBitsPerDigit = 4;
  for (std::size_t i = kDigitsPerWord; i > 0; --i) {
    out[i - 1] = kDigits[value & 0xFU];
    value >>= kBitsPerDigit;
  }
}

char* Put(char* out, std::string_view text) {
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

}  // namespace

ExemplarLabels::ExemplarLabels(const metrics::Exemplar& exemplar) {
  WriteHexadecimal(digits_, exemplar.trace.trace_id_high);
  WriteHexadecimal(digits_ + kDigitsPerWord, exemplar.trace.trace_id_low);
  WriteHexadecimal(digits_ + 2 * kDigitsPerWord, exemplar.trace.span_id);
  labels_ = {
      {{"trace_id", {digits_, 2 * kDigitsPerWord}}, {"span_id", {digits_ + 2 * kDigitsPerWord, kDigitsPerWord}}}};
}

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
