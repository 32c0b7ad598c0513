#include "client/agent_broker/grpc_target.h"

#include <variant>

#include "metrics_core/sockets/socket_address.h"
#include "metrics_core/text/percent_encoding.h"

namespace streamhouse::client {

metrics::Result<GrpcTarget> GrpcTargetOf(const std::string& address) {
  if (address.empty()) return metrics::InvalidField("address", "is empty");
  // To gRPC it is an address of this machine.
  if (address.starts_with(':')) return metrics::InvalidField("address", "has no host");
  if (!address.starts_with("unix:")) return GrpcTarget{.text = address};
  const auto parsed = metrics::ParseSocketAddress(address);
  if (!parsed.ok()) return parsed.status();
  const auto& socket = std::get<metrics::UnixSocket>(parsed.value());
  if (!socket.is_abstract()) {
    return GrpcTarget{.text = "unix://" + metrics::PercentEncodePath(socket.path), .is_unix = true};
  }
  const std::string name = metrics::PercentEncodePath(socket.path.substr(1));
  // gRPC takes what follows two slashes for an authority, also where they are %2F. It connects
  // //NAME to the socket with the empty name, and //NAME/b to the socket /b.
  if (name.starts_with("//")) return metrics::InvalidField("address", "begins with unix:@//, which gRPC cannot reach");
  return GrpcTarget{.text = "unix-abstract:" + name, .is_unix = true};
}

}  // namespace streamhouse::client
