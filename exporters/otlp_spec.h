// ReadOtlpSpec(): what a line of the schemes otlp+http and otlp+https asks for, and of those with
// "+unix", with the variables OTEL_… for what the line leaves out.
//
//   otlp+http://HOST:PORT/PATH?encoding=json&compression=gzip&temporality=delta&label=NAME:VALUE
//   otlp+http+unix:///SOCKET:/PATH?…
//
// and the options of receiver_spec.h. Without `encoding` it is protobuf; without `compression`,
// none. A line without host, port, path and Unix socket takes the first three from the endpoint of
// the environment, if there is one. Else HOST is 127.0.0.1, PORT 4318, with TLS too, and PATH
// /v1/metrics. A line with `header_file` has no headers of the environment; one with `user` or
// `bearer_file` has no Authorization of it.
// When to use something else: OtlpExporterOptions, where the program and not its operator chooses.
// Guarantees:
// 1. The line wins over each variable (otlp_environment.h).
// 2. Its scheme is never changed: an endpoint of the other scheme is an error.
// Thread safety: that of `look_up`.
// Cost: at set-up only.
// Errors: InvalidArgument, as BadSpec() and BadOption() make them.
#pragma once

#include "exporters/exporter_spec.h"
#include "exporters/otlp/otlp_environment.h"
#include "exporters/otlp/otlp_exporter.h"
#include "metrics_core/status.h"

namespace streamhouse::exporters {

metrics::Result<OtlpExporterOptions> ReadOtlpSpec(const ExporterSpec& spec, const EnvironmentLookup& look_up);

}  // namespace streamhouse::exporters
