#include "tests/exporters/support/decoded_request.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <set>
#include <utility>

#include "tests/exporters/support/decoded_message.h"

namespace streamhouse::exporters {
namespace {

using Label = std::pair<std::string, std::string>;

constexpr std::uint64_t kStale = 0x7ff0'0000'0000'0002;
constexpr std::uint64_t kNan = 0x7ff8'0000'0000'0001;

std::string OrZero(std::string_view number) {
  return number.empty() ? "0" : std::string(number);
}

std::string Digits(double value) {
  if (std::isnan(value)) return "nan";
  char text[64];
  std::snprintf(text, sizeof(text), "%.17g", value);
  return text;
}

// Of a double that was read as its bits.
std::string Number(std::string_view bits_text) {
  const std::uint64_t bits = std::stoull(OrZero(bits_text));
  if (bits == kStale) return "stale";
  const double value = std::bit_cast<double>(bits);
  return std::isnan(value) && bits != kNan ? "nan of the bits " + std::to_string(bits) : Digits(value);
}

std::string Quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c == '\n' ? std::string("\\n") : std::string(1, c);
  }
  return quoted + '"';
}

std::string Printed(const std::vector<Label>& labels) {
  std::string text;
  for (const auto& [name, value] : labels) text += (text.empty() ? "" : ",") + name + "=" + Quoted(value);
  return "{" + text + "}";
}

// name{labels}, without __name__ among them.
std::string SeriesName(std::vector<Label> labels) {
  const auto name =
      std::find_if(labels.begin(), labels.end(), [](const Label& one) { return one.first == "__name__"; });
  if (name == labels.end()) return "?" + Printed(labels);
  std::string text = name->second;
  labels.erase(name);
  return text + Printed(labels);
}

std::string PrintedList(const std::vector<const DecodedField*>& fields) {
  std::string text;
  for (const DecodedField* field : fields) {
    if (!text.empty()) text += ' ';
    text +=
        field->fields.empty() ? field->value : OrZero(field->Value("offset")) + ":" + OrZero(field->Value("length"));
  }
  return "[" + text + "]";
}

std::string Times(const DecodedField& sample) {
  std::string text = " @" + OrZero(sample.Value("timestamp"));
  if (const auto start = sample.Value("start_timestamp"); !start.empty()) text += " from " + std::string(start);
  return text;
}

std::string PrintedHistogram(const DecodedField& histogram) {
  return "histogram count=" + std::string(histogram.Value("count_int")) + " sum=" + Number(histogram.Value("sum")) +
         " schema=" + OrZero(histogram.Value("schema")) + " zero=" + OrZero(histogram.Value("zero_threshold")) + ":" +
         std::string(histogram.Value("zero_count_int")) + " spans=" + PrintedList(histogram.All("positive_spans")) +
         " deltas=" + PrintedList(histogram.All("positive_deltas")) + Times(histogram);
}

void AddLabelFaults(const std::string& series, const std::vector<Label>& labels, DecodedRequest& request) {
  std::size_t names = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i].first.empty() || labels[i].second.empty()) request.faults.push_back(series + ": an empty label");
    if (i > 0 && labels[i - 1].first >= labels[i].first) request.faults.push_back(series + ": labels out of order");
    if (labels[i].first == "__name__") ++names;
  }
  if (names != 1) request.faults.push_back(series + ": no name");
}

// `labels_of` reads the labels of a series or an exemplar.
template <typename LabelsOf>
std::string AddSeries(const DecodedField& series, const LabelsOf& labels_of, DecodedRequest& request) {
  const std::vector<Label> labels = labels_of(series);
  const std::string name = SeriesName(labels);
  AddLabelFaults(name, labels, request);
  const auto samples = series.All("samples");
  const auto histograms = series.All("histograms");
  if (samples.empty() == histograms.empty()) request.faults.push_back(name + ": not samples or histograms");
  for (const DecodedField* sample : samples) {
    request.lines.push_back(name + " " + Number(sample->Value("value")) + Times(*sample));
  }
  for (const DecodedField* histogram : histograms) request.lines.push_back(name + " " + PrintedHistogram(*histogram));
  for (const DecodedField* exemplar : series.All("exemplars")) {
    request.lines.push_back(name + " exemplar " + Printed(labels_of(*exemplar)) + " " +
                            OrZero(exemplar->Value("value")) + Times(*exemplar));
  }
  return name.substr(0, name.find('{'));
}

void AddOnce(std::string line, std::vector<std::string>& lines) {
  if (std::find(lines.begin(), lines.end(), line) == lines.end()) lines.push_back(std::move(line));
}

// Fields that the schema does not have are shown by their numbers.
void AddUnknownFields(const DecodedField& message, DecodedRequest& request) {
  if (message.name == "error" || (message.name[0] >= '0' && message.name[0] <= '9')) {
    request.faults.push_back("not in the schema: " + message.name + " " + message.value);
  }
  for (const DecodedField& field : message.fields) AddUnknownFields(field, request);
}

// The symbols of one request.
class Symbols {
 public:
  explicit Symbols(DecodedRequest& request) : request_(request) {}

  std::string At(std::string_view ref) const {
    const std::size_t place = std::stoull(OrZero(ref));
    if (place < request_.symbols.size()) return request_.symbols[place];
    request_.faults.push_back("reference " + std::string(ref) + " is out of range");
    return "?";
  }

  std::vector<Label> LabelsOf(const DecodedField& message) const {
    const auto refs = message.All("labels_refs");
    if (refs.size() % 2 != 0) request_.faults.emplace_back("references are not pairs");
    std::vector<Label> labels;
    for (std::size_t i = 0; i + 1 < refs.size(); i += 2)
      labels.emplace_back(At(refs[i]->value), At(refs[i + 1]->value));
    return labels;
  }

 private:
  DecodedRequest& request_;
};

}  // namespace

DecodedRequest DecodeRemoteWrite2(std::string_view bytes) {
  DecodedRequest request;
  const DecodedField decoded =
      DecodeMessage("tests/exporters/support/write_v2.proto", "io.prometheus.write.v2.Request", bytes);
  AddUnknownFields(decoded, request);
  for (const DecodedField* symbol : decoded.All("symbols")) request.symbols.push_back(symbol->value);
  if (request.symbols.empty() || !request.symbols[0].empty()) request.faults.emplace_back("symbols[0] is not empty");
  if (std::set<std::string>(request.symbols.begin(), request.symbols.end()).size() != request.symbols.size()) {
    request.faults.emplace_back("a symbol stands twice");
  }
  const Symbols symbols(request);
  for (const DecodedField* series : decoded.All("timeseries")) {
    const std::string name = AddSeries(
        *series, [&](const DecodedField& message) { return symbols.LabelsOf(message); }, request);
    const auto metadata = series->All("metadata");
    if (metadata.size() != 1) {
      request.faults.push_back(name + ": no metadata");
      continue;
    }
    AddOnce(name + " " + std::string(metadata[0]->Value("type")) + " " +
                Quoted(symbols.At(metadata[0]->Value("help_ref"))) + " " +
                Quoted(symbols.At(metadata[0]->Value("unit_ref"))),
            request.metadata);
  }
  return request;
}

DecodedRequest DecodeRemoteWrite1(std::string_view bytes) {
  DecodedRequest request;
  const DecodedField decoded =
      DecodeMessage("tests/exporters/support/write_v1.proto", "prometheus.WriteRequest", bytes);
  AddUnknownFields(decoded, request);
  const auto labels_of = [](const DecodedField& message) {
    std::vector<Label> labels;
    for (const DecodedField* label : message.All("labels")) {
      labels.emplace_back(label->Value("name"), label->Value("value"));
    }
    return labels;
  };
  for (const DecodedField* series : decoded.All("timeseries")) AddSeries(*series, labels_of, request);
  for (const DecodedField* metadata : decoded.All("metadata")) {
    AddOnce(std::string(metadata->Value("metric_family_name")) + " " + std::string(metadata->Value("type")) + " " +
                Quoted(metadata->Value("help")) + " " + Quoted(metadata->Value("unit")),
            request.metadata);
  }
  return request;
}

std::string SampleLine(std::string_view name, const std::vector<Label>& labels, double value) {
  return std::string(name) + Printed(labels) + " " + Digits(value);
}

std::string Joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

}  // namespace streamhouse::exporters
