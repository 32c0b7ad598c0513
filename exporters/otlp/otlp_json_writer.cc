#include "exporters/otlp/otlp_json_writer.h"

#include <charconv>
#include <cmath>

#include "exporters/encoding/exemplar_labels.h"
#include "exporters/otlp/otlp_schema.h"

namespace streamhouse::exporters {
namespace {

bool IsControl(char c) {
  return static_cast<unsigned char>(c) < ' ';
}

char* WriteControl(char* out, char c) {
  constexpr char kDigits[] = "0123456789abcdef";
  constexpr unsigned kBitsPerDigit = 4;
  const auto code = static_cast<unsigned char>(c);
  out = PutText(out, "\\u00");
  *out++ = kDigits[code >> kBitsPerDigit];
  *out++ = kDigits[code & 0xFU];
  return out;
}

}  // namespace

char* OtlpJsonWriter::WriteDouble(char* out, double value) {
  if (std::isnan(value)) return PutText(out, "\"NaN\"");
  if (std::isinf(value)) return PutText(out, value > 0 ? "\"Infinity\"" : "\"-Infinity\"");
  // Readers take -0 for an integer, which has no sign at zero.
  if (value == 0 && std::signbit(value)) return PutText(out, "-0.0");
  return std::to_chars(out, out + kNumberBytesMax, value).ptr;
}

void OtlpJsonWriter::TraceAndSpan(const metrics::TraceContext& trace) {
  const ExemplarLabels labels(metrics::Exemplar{.trace = trace});
  String(otlp::exemplar::kTraceId, labels.begin()[0].value);
  if (trace.span_id != 0) String(otlp::exemplar::kSpanId, labels.begin()[1].value);
}

char* OtlpJsonWriter::WriteEscaped(char* out, std::string_view text) {
  for (const char c : text) {
    if (IsControl(c)) {
      out = WriteControl(out, c);
    } else {
      if (c == '"' || c == '\\') *out++ = '\\';
      *out++ = c;
    }
  }
  return out;
}

// A page escapes \ " and newline as JSON does.
char* OtlpJsonWriter::WritePageText(char* out, std::string_view text) {
  for (const char c : text) {
    if (IsControl(c)) {
      out = WriteControl(out, c);
    } else {
      *out++ = c;
    }
  }
  return out;
}

}  // namespace streamhouse::exporters
