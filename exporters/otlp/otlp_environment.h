// ReadOtlpEnvironment() and ReadResourceEnvironment(): what the variables OTEL_… ask of an OTLP
// exporter, and what they say of the process.
//
//   OTEL_EXPORTER_OTLP_METRICS_X, else OTEL_EXPORTER_OTLP_X, for X of: ENDPOINT, HEADERS, COMPRESSION, TIMEOUT, PROTOCOL,
//       CERTIFICATE, CLIENT_CERTIFICATE, CLIENT_KEY
//   OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: cumulative, delta, lowmemory (DeltaFamilies)
//   OTEL_METRIC_EXPORT_INTERVAL
//   OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES
//   OTEL_CONFIG_FILE: where it is set, no other variable counts
//
// When to use something else: the exporter's line wins over each of them (otlp_spec.h).
// Guarantees: by the specification of OpenTelemetry:
// 1. An empty variable is one that is not set. A value that cannot be used is ignored, with a note.
// 2. The general ENDPOINT is a base: /v1/metrics is added. That of metrics is used as it is. A URL
//    without a port means port 80 or 443.
// 3. One error in OTEL_RESOURCE_ATTRIBUTES drops all of it.
// 4. OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION is ignored, with a note: the program
//    decides the buckets of a histogram when it registers the family.
// No note has the value of a header.
// Thread safety: that of `look_up`.
// Cost: linear in the variables.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exporters/encoding/compressed_page.h"
#include "exporters/view/delta_view.h"
#include "metrics_core/reading/snapshot.h"

namespace streamhouse::exporters {

// The value of a variable; nothing where it is not set.
using EnvironmentLookup = std::function<std::optional<std::string>(const char* name)>;

// Of this process.
std::optional<std::string> LookUpEnvironment(const char* name);

// What a TIMEOUT of 0 means here. The specification has no limit then, but an exporter has to stop.
inline constexpr std::chrono::seconds kOtlpTimeoutOfZero{60};

enum class OtlpEncoding : std::uint8_t { kProtobuf, kJson };

struct OtlpEndpoint {
  std::string variable;  // that says it
  bool is_https = false;
  std::string host;  // without brackets
  std::uint16_t port = 0;
  std::string path;  // path and query
};

struct OtlpEnvironment {
  std::optional<OtlpEndpoint> endpoint = {};
  std::vector<std::pair<std::string, std::string>> headers = {};  // names and values, secret
  std::optional<ContentCoding> compression = {};                  // not kZstd
  std::optional<std::chrono::milliseconds> timeout = {};
  std::optional<std::chrono::milliseconds> interval = {};
  std::optional<OtlpEncoding> encoding = {};
  std::optional<DeltaFamilies> deltas = {};  // by the temporality
  std::string certificate = {};              // of the authority that has signed the receiver's
  std::string client_certificate = {};
  std::string client_key = {};
  metrics::TargetAttributes resource = {};

  std::vector<std::string> notes = {};  // lines for operators: what is ignored, and why
};

OtlpEnvironment ReadOtlpEnvironment(const EnvironmentLookup& look_up);

// What describes the process, of OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES.
struct ResourceEnvironment {
  metrics::TargetAttributes resource = {};
  std::vector<std::string> notes = {};  // as above
};

// Reads these two and OTEL_CONFIG_FILE alone, for what sends nothing by OTLP: it has no notes about
// the variables of an exporter.
ResourceEnvironment ReadResourceEnvironment(const EnvironmentLookup& look_up);

}  // namespace streamhouse::exporters
