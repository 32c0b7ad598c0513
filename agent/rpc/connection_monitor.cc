#include "agent/rpc/connection_monitor.h"

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <grpc/grpc.h>
#include <grpc/support/alloc.h>

#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "metrics_core/text/percent_encoding.h"

namespace streamhouse::agent {
namespace {

using google::protobuf::Struct;
using google::protobuf::Value;

// As many as gRPC puts on a page.
constexpr std::intptr_t kPageDefault = 0;

// Takes over `json`, one page of a channelz response. An empty page when gRPC has none.
Struct ParseAndFree(char* json) {
  Struct page;
  if (json == nullptr) return page;
  if (!google::protobuf::util::JsonStringToMessage(json, &page).ok()) page.Clear();
  ::gpr_free(json);
  return page;
}

const Value& Field(const Struct& object, const std::string& name) {
  const auto found = object.fields().find(name);
  return found == object.fields().end() ? Value::default_instance() : found->second;
}

// Ids are numbers written as strings.
std::intptr_t Id(const Value& value) {
  return std::strtol(value.string_value().c_str(), nullptr, 10);
}

// What a server is known by: a port, a path, or an abstract name.
std::string KeyOf(const metrics::SocketAddress& address) {
  if (const auto* const socket = std::get_if<metrics::UnixSocket>(&address)) return socket->path;
  return std::to_string(std::get<metrics::HostPort>(address).port);
}

// The same of this machine's end. Nothing when the socket has closed meanwhile.
std::optional<std::string> LocalKey(std::intptr_t socket_id) {
  const Struct response = ParseAndFree(::grpc_channelz_get_socket(socket_id));
  const Struct& socket = Field(response, "socket").struct_value();
  const Struct& local = Field(socket, "local").struct_value();
  if (const Value& address = Field(local, "tcpip_address"); address.has_struct_value()) {
    return std::to_string(static_cast<int>(Field(address.struct_value(), "port").number_value()));
  }
  if (const Value& address = Field(local, "uds_address"); address.has_struct_value()) {
    return Field(address.struct_value(), "filename").string_value();
  }
  const Value& address = Field(local, "other_address");
  if (!address.has_struct_value()) return std::nullopt;
  constexpr std::string_view kAbstract = "unix-abstract:";
  const std::string& name = Field(address.struct_value(), "name").string_value();
  if (!name.starts_with(kAbstract)) return std::nullopt;
  return "@" + metrics::PercentDecode(name.substr(kAbstract.size())).value_or("");
}

// Open sockets of the server, if it is the one of that key. The key is read from its connections:
// the name of a listening socket holds the requested port, which is 0 where the system chose one.
std::size_t CountSockets(std::intptr_t server_id, const std::string& key) {
  std::size_t count = 0;
  std::intptr_t start = 0;
  std::optional<std::string> server_key;  // known from the first socket that is still open
  for (;;) {
    const Struct page = ParseAndFree(::grpc_channelz_get_server_sockets(server_id, start, kPageDefault));
    const auto& sockets = Field(page, "socketRef").list_value().values();
    for (const Value& socket : sockets) {
      const std::intptr_t id = Id(Field(socket.struct_value(), "socketId"));
      if (!server_key) server_key = LocalKey(id);
      if (server_key && *server_key != key) return 0;
      start = id + 1;
    }
    count += static_cast<std::size_t>(sockets.size());
    if (sockets.empty() || Field(page, "end").bool_value()) return server_key ? count : 0;
  }
}

}  // namespace

std::size_t CountConnections(const metrics::SocketAddress& address) {
  const std::string key = KeyOf(address);
  std::size_t count = 0;
  std::intptr_t start = 0;
  for (;;) {
    const Struct page = ParseAndFree(::grpc_channelz_get_servers(start));
    const auto& servers = Field(page, "server").list_value().values();
    for (const Value& server : servers) {
      const std::intptr_t id = Id(Field(Field(server.struct_value(), "ref").struct_value(), "serverId"));
      count += CountSockets(id, key);
      start = id + 1;
    }
    if (servers.empty() || Field(page, "end").bool_value()) return count;
  }
}

ConnectionMonitor::ConnectionMonitor(metrics::SocketAddress address, metrics::Gauge connections)
    : connections_(std::move(connections)), task_([this, address = std::move(address)]() -> std::chrono::nanoseconds {
        connections_.Set(static_cast<std::int64_t>(CountConnections(address)));
        return kConnectionCountInterval;
      }) {}

void ConnectionMonitor::Stop() {
  task_.Stop();
  connections_.Set(0);
}

}  // namespace streamhouse::agent
