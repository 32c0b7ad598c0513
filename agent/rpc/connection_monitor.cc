#include "agent/rpc/connection_monitor.h"

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <grpc/grpc.h>
#include <grpc/support/alloc.h>

#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>

namespace streamhouse::agent {
namespace {

using google::protobuf::Struct;
using google::protobuf::Value;

// As many as gRPC puts on a page.
constexpr std::intptr_t kDefaultPage = 0;

// Takes over `json`, one page of a channelz answer. An empty page when gRPC has none.
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

// The port at this machine's end. Nothing when the socket has closed meanwhile.
std::optional<int> LocalPort(std::intptr_t socket_id) {
  const Struct answer = ParseAndFree(::grpc_channelz_get_socket(socket_id));
  const Struct& socket = Field(answer, "socket").struct_value();
  const Value& address = Field(Field(socket, "local").struct_value(), "tcpip_address");
  if (!address.has_struct_value()) return std::nullopt;
  return static_cast<int>(Field(address.struct_value(), "port").number_value());
}

// Open sockets of the server, if it is the one on that port. The port is read from its connections:
// the name of a listening socket holds the requested port, which is 0 where the system chose one.
std::size_t CountSockets(std::intptr_t server_id, int port) {
  std::size_t count = 0;
  std::intptr_t start = 0;
  std::optional<int> server_port;  // known from the first socket that is still open
  for (;;) {
    const Struct page = ParseAndFree(::grpc_channelz_get_server_sockets(server_id, start, kDefaultPage));
    const auto& sockets = Field(page, "socketRef").list_value().values();
    for (const Value& socket : sockets) {
      const std::intptr_t id = Id(Field(socket.struct_value(), "socketId"));
      if (!server_port) server_port = LocalPort(id);
      if (server_port && *server_port != port) return 0;
      start = id + 1;
    }
    count += static_cast<std::size_t>(sockets.size());
    if (sockets.empty() || Field(page, "end").bool_value()) return server_port ? count : 0;
  }
}

}  // namespace

std::size_t CountConnections(int port) {
  std::size_t count = 0;
  std::intptr_t start = 0;
  for (;;) {
    const Struct page = ParseAndFree(::grpc_channelz_get_servers(start));
    const auto& servers = Field(page, "server").list_value().values();
    for (const Value& server : servers) {
      const std::intptr_t id = Id(Field(Field(server.struct_value(), "ref").struct_value(), "serverId"));
      count += CountSockets(id, port);
      start = id + 1;
    }
    if (servers.empty() || Field(page, "end").bool_value()) return count;
  }
}

ConnectionMonitor::ConnectionMonitor(int port, metrics::Gauge connections)
    : connections_(std::move(connections)), task_([this, port]() -> std::chrono::nanoseconds {
        connections_.Set(static_cast<std::int64_t>(CountConnections(port)));
        return kConnectionCountInterval;
      }) {}

void ConnectionMonitor::Stop() {
  task_.Stop();
  connections_.Set(0);
}

}  // namespace streamhouse::agent
