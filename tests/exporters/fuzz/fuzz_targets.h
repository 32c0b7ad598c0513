// Fuzz targets: exporters and the reader of pages read bytes of strangers, and properties are
// checked that hold for any bytes.
//
// Each target runs code of the project on its input, and ends the process where a property is
// broken. They keep no state from one input to the next. corpus_test.cc runs them over the corpora,
// libfuzzer_main.cc under libFuzzer (tools/fuzz).
// Thread safety: one thread at a time.
#pragma once

#include <string_view>

namespace streamhouse::exporters {

// Bytes of a client: whole well-formed responses come back, the same ones however the bytes are
// cut.
void FuzzHttpRequest(std::string_view bytes);

// A line "Accept", and a line "Accept-Encoding": the most wanted of what there is.
void FuzzAccept(std::string_view headers);

// The text of a file: a configuration that can be put to use, or an error that names the file.
void FuzzWebConfig(std::string_view text);

// Help, and values of labels, separated by the byte 0x1F: every format gives back what went in.
void FuzzLabelEscaping(std::string_view texts);

// A specification: an exporter that says the same again, or an error that quotes it.
void FuzzExporterSpec(std::string_view spec);

// A page of another program: the same figures or refusal however the bytes are cut, and a report of
// printable text.
void FuzzMetricsPage(std::string_view page);

// The body of a receiver's response to an OTLP request, in either encoding: one short line of text
// at most.
void FuzzOtlpResponse(std::string_view body);

// Bytes of a receiver of pushes: the same response however they are cut, and a wait that is
// bounded.
void FuzzPushResponse(std::string_view bytes);

// A match[]: a selector that can be respelled and chooses some series, or an error that says where.
void FuzzSelector(std::string_view text);

struct FuzzTarget {
  std::string_view name;  // of its corpus as well
  void (*run)(std::string_view input);
};

inline constexpr FuzzTarget kFuzzTargets[] = {
    {"http_request", FuzzHttpRequest},   {"accept", FuzzAccept},
    {"web_config", FuzzWebConfig},       {"label_escaping", FuzzLabelEscaping},
    {"exporter_spec", FuzzExporterSpec}, {"metrics_page", FuzzMetricsPage},
    {"otlp_response", FuzzOtlpResponse}, {"push_response", FuzzPushResponse},
    {"selector", FuzzSelector},
};

}  // namespace streamhouse::exporters
