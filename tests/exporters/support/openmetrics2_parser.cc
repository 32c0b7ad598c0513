#include "tests/exporters/support/openmetrics2_parser.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <cstdlib>
#include <stdexcept>

#include "metrics_core/text/utf8.h"

namespace streamhouse::exporters {
namespace {

using metrics::Result;
using metrics::Status;

// Leaves this file as a Status.
class Refusal : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}
bool IsLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

std::size_t CountDigits(std::string_view text) {
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), IsDigit) - text.begin());
}

std::string_view WithoutSign(std::string_view text) {
  if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
  return text;
}

// [+-] digits
bool IsInteger(std::string_view text) {
  text = WithoutSign(text);
  return !text.empty() && CountDigits(text) == text.size();
}

// [+-] digits [ "." digits* ] [exp]  |  [+-] digits* "." digits [exp]
bool IsReal(std::string_view text) {
  text = WithoutSign(text);
  std::size_t digits = CountDigits(text);
  text.remove_prefix(digits);
  if (text.starts_with('.')) {
    const std::size_t decimals = CountDigits(text.substr(1));
    digits += decimals;
    text.remove_prefix(1 + decimals);
  }
  if (digits == 0) return false;
  if (text.empty()) return true;
  return (text.front() == 'e' || text.front() == 'E') && IsInteger(text.substr(1));
}

bool IsWordInAnyCase(std::string_view text, std::string_view word) {
  return std::equal(text.begin(), text.end(), word.begin(), word.end(),
                    [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; });
}

bool IsNumber(std::string_view text) {
  const std::string_view unsigned_text = WithoutSign(text);
  return IsReal(text) || IsWordInAnyCase(unsigned_text, "inf") || IsWordInAnyCase(unsigned_text, "infinity") ||
         IsWordInAnyCase(text, "nan");
}

// Reads one line from left to right.
class LineReader {
 public:
  explicit LineReader(std::string_view line) : rest_(line) {}

  bool ends() const { return rest_.empty(); }
  bool Sees(std::string_view text) const { return rest_.starts_with(text); }
  bool Take(std::string_view text) {
    if (!Sees(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }
  void Expect(std::string_view text) {
    if (!Take(text)) Fail("\"" + std::string(text) + "\" is missing");
  }
  void ExpectEnd() const {
    if (!ends()) Fail("nothing may follow");
  }
  [[noreturn]] void Fail(const std::string& why) const { throw Refusal(why + " at \"" + std::string(rest_) + "\""); }

  // [A-Za-z_:][A-Za-z0-9_:]*; of a label without colons.
  std::string Name(bool (*is_part)(char)) {
    if (Sees("\"")) return Quoted("a name");
    std::string name;
    while (!ends() && is_part(rest_.front()) && !(name.empty() && IsDigit(rest_.front()))) name += TakeCharacter();
    if (name.empty()) Fail("a name is missing");
    return name;
  }
  static bool IsMetricPart(char c) { return IsLabelPart(c) || c == ':'; }
  static bool IsLabelPart(char c) { return IsLetter(c) || IsDigit(c); }

  // A name in quotes has a character at least.
  std::string Quoted(std::string_view what) {
    Expect("\"");
    std::string text;
    while (!Take("\"")) AppendCharacter(text);
    if (text.empty()) Fail(std::string(what) + " is empty");
    return text;
  }
  std::string QuotedValue() {
    Expect("\"");
    std::string text;
    while (!Take("\"")) AppendCharacter(text);
    return text;
  }
  // The rest of the line.
  std::string Text() {
    std::string text;
    while (!ends()) {
      if (Sees("\"")) Fail("a quote that is not escaped");
      AppendCharacter(text);
    }
    return text;
  }
  std::string Rest() {
    const std::string rest(rest_);
    rest_ = {};
    return rest;
  }

  OpenMetrics2Number Number() { return TakeNumber(IsNumber, "a number"); }
  OpenMetrics2Number Real() { return TakeNumber(IsReal, "a real number"); }
  OpenMetrics2Number Integer() { return TakeNumber(IsInteger, "a whole number"); }
  double Seconds() { return Real().value; }

 private:
  char TakeCharacter() {
    if (ends()) Fail("the line ends early");
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }
  // An escape that no one writes means itself.
  void AppendCharacter(std::string& text) {
    const char c = TakeCharacter();
    if (c != '\\') {
      text += c;
      return;
    }
    const char escaped = TakeCharacter();
    if (escaped != 'n' && escaped != '"' && escaped != '\\') text += '\\';
    text += escaped == 'n' ? '\n' : escaped;
  }
  OpenMetrics2Number TakeNumber(bool (*is_legal)(std::string_view), std::string_view what) {
    OpenMetrics2Number number;
    number.text = rest_.substr(0, rest_.find_first_of(" ,:]}"));
    if (!is_legal(number.text)) Fail(std::string(what) + " is missing");
    number.value = std::strtod(number.text.c_str(), nullptr);
    rest_.remove_prefix(number.text.size());
    return number;
  }

  std::string_view rest_;
};

// Behind the opening brace, the closing one included.
OpenMetrics2Labels ReadLabels(LineReader& line) {
  OpenMetrics2Labels labels;
  if (line.Take("}")) return labels;
  do {
    const std::string name = line.Name(LineReader::IsLabelPart);
    line.Expect("=");
    if (!labels.emplace(name, line.QuotedValue()).second) line.Fail("label " + name + " stands twice");
  } while (line.Take(","));
  line.Expect("}");
  return labels;
}

// Items with commas between them, up to a closing bracket.
template <typename ReadItem>
void ReadList(LineReader& line, const ReadItem& read_item) {
  if (line.Take("]")) return;
  do {
    read_item();
  } while (line.Take(","));
  line.Expect("]");
}

OpenMetrics2Side ReadSide(LineReader& line, std::string_view counts_field) {
  OpenMetrics2Side side;
  ReadList(line, [&] {
    OpenMetrics2Span span;
    span.offset = std::strtoll(line.Integer().text.c_str(), nullptr, 10);
    line.Expect(":");
    if (line.Sees("-")) line.Fail("a length below 0");
    span.length = std::strtoull(line.Integer().text.c_str(), nullptr, 10);
    side.spans.push_back(span);
  });
  line.Expect(counts_field);
  ReadList(line, [&] { side.counts.push_back(line.Number()); });
  return side;
}

OpenMetrics2Native ReadNative(LineReader& line) {
  OpenMetrics2Native native;
  native.schema = std::strtoll(line.Integer().text.c_str(), nullptr, 10);
  line.Expect(",zero_threshold:");
  native.zero_threshold = line.Real();
  line.Expect(",zero_count:");
  native.zero_count = line.Number();
  if (line.Take(",negative_spans:[")) native.negative = ReadSide(line, ",negative_buckets:[");
  if (line.Take(",positive_spans:[")) native.positive = ReadSide(line, ",positive_buckets:[");
  return native;
}

// ("-Inf"|real)":"number "," … "+Inf:"number "]"
OpenMetrics2Entries ReadBuckets(LineReader& line) {
  OpenMetrics2Entries buckets;
  while (!line.Sees("+Inf:")) {
    const bool is_lowest = buckets.empty() && line.Sees("-Inf:");
    const OpenMetrics2Number bound = is_lowest ? line.Number() : line.Real();
    line.Expect(":");
    buckets.emplace_back(bound, line.Number());
    line.Expect(",");
  }
  const OpenMetrics2Number infinity = line.Number();
  line.Expect(":");
  buckets.emplace_back(infinity, line.Number());
  line.Expect("]");
  return buckets;
}

OpenMetrics2Entries ReadQuantiles(LineReader& line) {
  OpenMetrics2Entries quantiles;
  ReadList(line, [&] {
    const OpenMetrics2Number quantile = line.Real();
    line.Expect(":");
    quantiles.emplace_back(quantile, line.Number());
  });
  return quantiles;
}

// Behind the opening brace, the closing one included.
OpenMetrics2Composite ReadComposite(LineReader& line) {
  OpenMetrics2Composite value;
  value.is_of_gauges = line.Take("gcount:");
  if (!value.is_of_gauges) line.Expect("count:");
  value.count = line.Number();
  line.Expect(value.is_of_gauges ? ",gsum:" : ",sum:");
  value.sum = line.Number();
  if (!value.is_of_gauges && line.Take(",quantile:[")) {
    value.quantiles = ReadQuantiles(line);
  } else {
    if (line.Take(",schema:")) value.native = ReadNative(line);
    if (line.Take(",bucket:[")) value.buckets = ReadBuckets(line);
    if (!value.native && !value.buckets) line.Fail("a composite has buckets or quantiles");
  }
  line.Expect("}");
  return value;
}

// Behind " # {".
OpenMetrics2Exemplar ReadExemplar(LineReader& line) {
  OpenMetrics2Exemplar exemplar;
  exemplar.labels = ReadLabels(line);
  line.Expect(" ");
  exemplar.value = line.Number();
  line.Expect(" ");
  exemplar.seconds = line.Seconds();
  return exemplar;
}

// bare [ "{" labels "}" ]  |  "{" quoted ("," label)* "}"
std::string ReadSeries(LineReader& line, OpenMetrics2Labels& labels) {
  if (!line.Take("{")) {
    if (line.Sees("\"")) line.Fail("a quoted name stands in braces");
    std::string name = line.Name(LineReader::IsMetricPart);
    if (line.Take("{")) labels = ReadLabels(line);
    return name;
  }
  std::string name = line.Quoted("a name");
  if (line.Take(",")) {
    if (line.Sees("}")) line.Fail("a comma is too many");
    labels = ReadLabels(line);
  } else {
    line.Expect("}");
  }
  return name;
}

class PageReader {
 public:
  void ReadLine(std::string_view text) {
    LineReader line(text);
    if (text.starts_with("#")) {
      ReadMetadata(line);
    } else {
      ReadSample(line);
    }
  }
  OpenMetrics2Page TakePage() { return std::move(page_); }

 private:
  OpenMetrics2Family& FamilyNamed(const std::string& name) {
    if (page_.empty() || page_.back().name != name) page_.emplace_back().name = name;
    return page_.back();
  }

  void ReadMetadata(LineReader& line) {
    if (line.Take("# TYPE ")) {
      OpenMetrics2Family& family = FamilyOf(line, 'T');
      family.type = line.Rest();
      CheckType(line, *family.type);
    } else if (line.Take("# UNIT ")) {
      OpenMetrics2Family& family = FamilyOf(line, 'U');
      family.unit = line.Rest();
      CheckUnit(line, *family.unit);
    } else {
      line.Expect("# HELP ");
      OpenMetrics2Family& family = FamilyOf(line, 'H');
      family.help = line.Text();
    }
  }

  OpenMetrics2Family& FamilyOf(LineReader& line, char initial) {
    OpenMetrics2Family& family = FamilyNamed(line.Name(LineReader::IsMetricPart));
    line.Expect(" ");
    if (family.metadata.find(initial) != std::string::npos) line.Fail("metadata stands twice");
    if (!family.samples.empty()) line.Fail("metadata stands behind samples");
    family.metadata += initial;
    return family;
  }
  static void CheckType(const LineReader& line, const std::string& type) {
    static constexpr std::array<std::string_view, 8> kTypes = {"counter",  "gauge", "histogram", "gaugehistogram",
                                                               "stateset", "info",  "summary",   "unknown"};
    if (std::find(kTypes.begin(), kTypes.end(), type) == kTypes.end()) line.Fail("\"" + type + "\" is no type");
  }
  static void CheckUnit(const LineReader& line, const std::string& unit) {
    if (!std::all_of(unit.begin(), unit.end(), LineReader::IsMetricPart)) line.Fail("\"" + unit + "\" is no unit");
  }

  void ReadSample(LineReader& line) {
    OpenMetrics2Sample sample;
    OpenMetrics2Family& family = FamilyNamed(ReadSeries(line, sample.labels));
    line.Expect(" ");
    if (line.Take("{")) {
      sample.composite = ReadComposite(line);
    } else {
      sample.number = line.Number();
    }
    if (line.Sees(" ") && !line.Sees(" st@") && !line.Sees(" #")) {
      line.Expect(" ");
      sample.seconds = line.Seconds();
    }
    if (line.Take(" st@")) sample.start_seconds = line.Seconds();
    while (line.Take(" # {")) sample.exemplars.push_back(ReadExemplar(line));
    line.ExpectEnd();
    family.samples.push_back(std::move(sample));
  }

  OpenMetrics2Page page_;
};

OpenMetrics2Page ReadLines(std::string_view page) {
  static constexpr std::string_view kEnd = "# EOF";
  if (!metrics::IsValidUtf8(page)) throw Refusal("the page is not UTF-8");
  PageReader reader;
  for (std::size_t number = 1; page != kEnd && page != "# EOF\n"; ++number) {
    const std::size_t end = page.find('\n');
    if (end == std::string_view::npos) throw Refusal("the page does not end with # EOF");
    const std::string_view line = page.substr(0, end);
    try {
      reader.ReadLine(line);
    } catch (const Refusal& refusal) {
      throw Refusal("line " + std::to_string(number) + ": " + refusal.what());
    }
    page.remove_prefix(end + 1);
  }
  return reader.TakePage();
}

}  // namespace

Result<OpenMetrics2Page> ParseOpenMetrics2(std::string_view page) {
  try {
    return ReadLines(page);
  } catch (const Refusal& refusal) {
    return Status(metrics::StatusCode::kInvalidArgument, refusal.what());
  }
}

}  // namespace streamhouse::exporters
