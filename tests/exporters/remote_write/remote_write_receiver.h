// A scripted receiver of remote write: its responses, and its requests as protoc reads them.
#pragma once

#include <snappy.h>

#include <cstddef>
#include <string>
#include <vector>

#include "tests/exporters/support/decoded_request.h"
#include "tests/exporters/support/scripted_receiver.h"

namespace streamhouse::exporters {

// What a receiver of 2.0 answers when it has stored so many samples.
inline ScriptStep Stored(std::size_t samples, int status = 204) {
  return Respond(status, "X-Prometheus-Remote-Write-Samples-Written: " + std::to_string(samples) +
                             "\r\nX-Prometheus-Remote-Write-Histograms-Written: 0"
                             "\r\nX-Prometheus-Remote-Write-Exemplars-Written: 0\r\n");
}

inline bool IsVersion2(const ReceivedRequest& request) {
  return request.Header("x-prometheus-remote-write-version") == "2.0.0";
}

// In the version that its header says.
inline DecodedRequest Decoded(const ReceivedRequest& request) {
  std::string bytes;
  if (!snappy::Uncompress(request.body.data(), request.body.size(), &bytes)) return {.faults = {"not a snappy block"}};
  return IsVersion2(request) ? DecodeRemoteWrite2(bytes) : DecodeRemoteWrite1(bytes);
}

// A letter for each request: its version.
inline std::string Versions(const std::vector<ReceivedRequest>& requests) {
  std::string versions;
  for (const ReceivedRequest& request : requests) versions += IsVersion2(request) ? '2' : '1';
  return versions;
}

}  // namespace streamhouse::exporters
