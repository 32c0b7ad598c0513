// OTLP requests as other people's code reads them: protobuf's own parser, and its JSON reader.
//
// Guarantees: text that is no request, and a field that otlp.proto does not have, fail the test.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "exporters/encoding/page_chunk.h"
#include "exporters/otlp/otlp_requests.h"
#include "metrics_core/reading/snapshot.h"
#include "tests/exporters/otlp/otlp.pb.h"

namespace streamhouse::exporters {

otlp_test::ExportMetricsServiceRequest FromProtobuf(const std::string& request);
otlp_test::ExportMetricsServiceRequest FromJson(std::string request);

struct Requests {
  std::vector<std::string> bodies;
  std::vector<std::uint64_t> samples;
};

// The requests of `encoder`, each in a chunk of so many bytes.
Requests RequestsOf(OtlpEncoder& encoder, std::size_t request_bytes);

// The only one of a snapshot that fits into one, by OtlpProtobufEncoder and by OtlpJsonEncoder.
std::string ProtobufRequestOf(const metrics::Snapshot& snapshot);
std::string JsonRequestOf(const metrics::Snapshot& snapshot);

// The metrics of a request, one line each way: as protobuf prints it for people.
const otlp_test::Metric& MetricOf(const otlp_test::ExportMetricsServiceRequest& request, const std::string& name);

}  // namespace streamhouse::exporters
