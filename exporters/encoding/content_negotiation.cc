#include "exporters/encoding/content_negotiation.h"

#include <optional>

#include "exporters/encoding/ascii_case.h"
#include "exporters/encoding/weighted_list.h"

namespace streamhouse::exporters {
namespace {

using metrics::NameEscaping;

constexpr NegotiatedFormat kText = {PageFormat::kText, "text/plain; version=0.0.4; charset=utf-8"};
constexpr NegotiatedFormat kOpenMetrics = {PageFormat::kOpenMetrics,
                                           "application/openmetrics-text; version=1.0.0; charset=utf-8"};
// The same page for readers of the draft, who look for their version in the response.
constexpr NegotiatedFormat kOpenMetricsDraft = {PageFormat::kOpenMetrics,
                                                "application/openmetrics-text; version=0.0.1; charset=utf-8"};
constexpr NegotiatedFormat kOpenMetrics2 = {PageFormat::kOpenMetrics2,
                                            "application/openmetrics-text; version=2.0.0; charset=utf-8"};
constexpr NegotiatedFormat kProtobuf = {
    PageFormat::kProtobuf,
    "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited"};

// The responses to readers that name an escaping scheme.
struct Escaping {
  std::string_view scheme;
  NegotiatedFormat text;
  NegotiatedFormat open_metrics;
  NegotiatedFormat open_metrics_2;
  NegotiatedFormat protobuf;
};
constexpr Escaping kEscapings[] = {
    {"underscores",
     {PageFormat::kText, "text/plain; version=1.0.0; charset=utf-8; escaping=underscores", NameEscaping::kUnderscores},
     {PageFormat::kOpenMetrics, "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores",
      NameEscaping::kUnderscores},
     {PageFormat::kOpenMetrics2, "application/openmetrics-text; version=2.0.0; charset=utf-8; escaping=underscores",
      NameEscaping::kUnderscores},
     {PageFormat::kProtobuf,
      "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; "
      "escaping=underscores",
      NameEscaping::kUnderscores}},
    {"allow-utf-8",
     {PageFormat::kText, "text/plain; version=1.0.0; charset=utf-8; escaping=allow-utf-8", NameEscaping::kNone},
     {PageFormat::kOpenMetrics, "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=allow-utf-8",
      NameEscaping::kNone},
     {PageFormat::kOpenMetrics2, "application/openmetrics-text; version=2.0.0; charset=utf-8; escaping=allow-utf-8",
      NameEscaping::kNone},
     {PageFormat::kProtobuf,
      "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; "
      "escaping=allow-utf-8",
      NameEscaping::kNone}},
    {"dots",
     {PageFormat::kText, "text/plain; version=1.0.0; charset=utf-8; escaping=dots", NameEscaping::kDots},
     {PageFormat::kOpenMetrics, "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=dots",
      NameEscaping::kDots},
     {PageFormat::kOpenMetrics2, "application/openmetrics-text; version=2.0.0; charset=utf-8; escaping=dots",
      NameEscaping::kDots},
     {PageFormat::kProtobuf,
      "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; escaping=dots",
      NameEscaping::kDots}},
    {"values",
     {PageFormat::kText, "text/plain; version=1.0.0; charset=utf-8; escaping=values", NameEscaping::kValues},
     {PageFormat::kOpenMetrics, "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=values",
      NameEscaping::kValues},
     {PageFormat::kOpenMetrics2, "application/openmetrics-text; version=2.0.0; charset=utf-8; escaping=values",
      NameEscaping::kValues},
     {PageFormat::kProtobuf,
      "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; escaping=values",
      NameEscaping::kValues}},
};

// Underscores where the reader names none, or one that does not exist.
const Escaping& EscapingFor(const WeightedElement& range) {
  for (const Escaping& escaping : kEscapings) {
    if (range.Parameter("escaping") == escaping.scheme) return escaping;
  }
  return kEscapings[0];
}

std::optional<NegotiatedFormat> OpenMetricsFor(const WeightedElement& range) {
  const std::string_view version = range.Parameter("version");
  const bool has_escaping = !range.Parameter("escaping").empty();
  if (version == "2.0.0") return has_escaping ? EscapingFor(range).open_metrics_2 : kOpenMetrics2;
  if (version == "1.0.0" || version.empty()) return has_escaping ? EscapingFor(range).open_metrics : kOpenMetrics;
  if (version == "0.0.1") return kOpenMetricsDraft;
  return std::nullopt;
}

std::optional<NegotiatedFormat> TextFor(const WeightedElement& range) {
  const std::string_view version = range.Parameter("version");
  if (version == "1.0.0") return EscapingFor(range).text;
  if (version == "0.0.4" || version.empty()) return kText;
  return std::nullopt;
}

std::optional<NegotiatedFormat> ProtobufFor(const WeightedElement& range) {
  const bool is_ours =
      range.Parameter("proto") == "io.prometheus.client.MetricFamily" && range.Parameter("encoding") == "delimited";
  if (!is_ours) return std::nullopt;
  return range.Parameter("escaping").empty() ? kProtobuf : EscapingFor(range).protobuf;
}

std::optional<NegotiatedFormat> FormatFor(const WeightedElement& range) {
  if (EqualsIgnoringCase(range.name, "application/openmetrics-text")) return OpenMetricsFor(range);
  if (EqualsIgnoringCase(range.name, "text/plain")) return TextFor(range);
  if (EqualsIgnoringCase(range.name, "application/vnd.google.protobuf")) return ProtobufFor(range);
  if (range.name == "*/*" || EqualsIgnoringCase(range.name, "text/*")) return kText;
  return std::nullopt;
}

}  // namespace

std::string_view PageFormatName(PageFormat format) {
  switch (format) {
    case PageFormat::kText:
      return "text";
    case PageFormat::kOpenMetrics:
      return "openmetrics";
    case PageFormat::kOpenMetrics2:
      return "openmetrics2";
    case PageFormat::kProtobuf:
      return "protobuf";
  }
  return "text";
}

NegotiatedFormat NegotiateFormat(std::string_view accept) {
  for (const WeightedElement& range : ParseWeightedList(accept)) {
    if (range.weight == 0) break;
    if (const auto format = FormatFor(range)) return *format;
  }
  return kText;
}

}  // namespace streamhouse::exporters
