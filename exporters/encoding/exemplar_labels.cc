#include "exporters/encoding/exemplar_labels.h"

#include <cstddef>
#include <cstdint>

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

}  // namespace

ExemplarLabels::ExemplarLabels(const metrics::Exemplar& exemplar) {
  WriteHexadecimal(digits_, exemplar.trace.trace_id_high);
  WriteHexadecimal(digits_ + kDigitsPerWord, exemplar.trace.trace_id_low);
  WriteHexadecimal(digits_ + 2 * kDigitsPerWord, exemplar.trace.span_id);
  labels_ = {
      {{"trace_id", {digits_, 2 * kDigitsPerWord}}, {"span_id", {digits_ + 2 * kDigitsPerWord, kDigitsPerWord}}}};
}

}  // namespace streamhouse::exporters
