#include "agent/agent_config.h"

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "agent/metadata/make_metadata_store.h"
#include "agent/topics/topic_name.h"
#include "metrics_core/duration_text.h"
#include "metrics_core/host_port.h"

namespace streamhouse::agent {
namespace {

using metrics::InvalidField;

// gRPC takes the limit as an int.
constexpr std::size_t kRequestBytesCeiling = std::size_t{1} << 29;
// Room of a request beside one record of the largest size.
constexpr std::size_t kRequestOverheadBytes = 1024;

bool IsInterval(std::chrono::milliseconds interval) {
  return interval.count() > 0 && interval <= metrics::kIntervalMax;
}

// It is part of the name of a file.
bool IsAgentId(std::string_view id) {
  constexpr std::string_view kSafe = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
  return !id.empty() && id.size() <= kAgentIdBytesMax && id.find_first_not_of(kSafe) == std::string_view::npos;
}

}  // namespace

metrics::Status AgentConfig::Validate() const {
  if (data_folder.empty()) return InvalidField("data_folder", "is empty");
  if (!IsAgentId(agent_id)) return InvalidField("agent_id", "is not 1 to 64 of [A-Za-z0-9._-]");
  if (Status known = metadata.empty() ? Status::Ok() : CheckMetadataSpec(metadata); !known.ok()) {
    return known.WithField("metadata");
  }
  if (grpc_unix_socket) {
    if (Status checked = metrics::CheckUnixSocket(*grpc_unix_socket); !checked.ok()) {
      return checked.WithMessage("grpc_unix_socket: " + checked.message()).Within("grpc_unix_socket");
    }
  } else if (grpc_host.empty()) {
    return InvalidField("grpc_host", "is empty");
  }
  if (!tls.empty() && (tls.certificate.empty() || tls.key.empty())) {
    return InvalidField("tls", "needs a certificate and a key");
  }
  if (segment_bytes == 0) return InvalidField("segment_bytes", "is 0");
  if (!IsInterval(sync_interval)) return InvalidField("sync_interval", "is not from 1 ms to 365 days");
  if (!IsInterval(retention_interval)) return InvalidField("retention_interval", "is not from 1 ms to 365 days");
  if (lag_interval.count() != 0 && !IsInterval(lag_interval)) {
    return InvalidField("lag_interval", "is neither 0 nor from 1 ms to 365 days");
  }
  if (record_bytes_max == 0) return InvalidField("record_bytes_max", "is 0");
  if (request_bytes_max > kRequestBytesCeiling) return InvalidField("request_bytes_max", "is over 512 MiB");
  if (request_bytes_max < record_bytes_max + kRequestOverheadBytes) {
    return InvalidField("request_bytes_max", "leaves no room for a record of record_bytes_max");
  }
  for (std::size_t i = 0; i < topics.size(); ++i) {
    if (Status named = CheckTopicName(topics[i].name); !named.ok()) {
      return named.WithMessage("topics: " + named.message()).WithField("topics[" + std::to_string(i) + "].name");
    }
  }
  return lease.Validate().Within("lease");
}

metrics::SocketAddress AgentConfig::grpc_address() const {
  if (grpc_unix_socket) return *grpc_unix_socket;
  return metrics::HostPort{.host = grpc_host, .port = grpc_port};
}

}  // namespace streamhouse::agent
