#include "agent/rpc/connection_monitor.h"

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <grpc/grpc.h>
#include <grpc/support/alloc.h>

#include <cstdint>
#include <cstdlib>
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

bool ListensOn(const Struct& server, const std::string& port_suffix) {
  for (const Value& socket : Field(server, "listenSocket").list_value().values()) {
    if (Field(socket.struct_value(), "name").string_value().ends_with(port_suffix)) return true;
  }
  return false;
}

std::size_t CountSockets(std::intptr_t server_id) {
  std::size_t count = 0;
  std::intptr_t start = 0;
  for (;;) {
    const Struct page = ParseAndFree(::grpc_channelz_get_server_sockets(server_id, start, kDefaultPage));
    const auto& sockets = Field(page, "socketRef").list_value().values();
    count += static_cast<std::size_t>(sockets.size());
    if (sockets.empty() || Field(page, "end").bool_value()) return count;
    start = Id(Field(sockets[sockets.size() - 1].struct_value(), "socketId")) + 1;
  }
}

}  // namespace

std::size_t CountConnections(int port) {
  const std::string port_suffix = ":" + std::to_string(port);
  std::size_t count = 0;
  std::intptr_t start = 0;
  for (;;) {
    const Struct page = ParseAndFree(::grpc_channelz_get_servers(start));
    const auto& servers = Field(page, "server").list_value().values();
    for (const Value& server : servers) {
      const std::intptr_t id = Id(Field(Field(server.struct_value(), "ref").struct_value(), "serverId"));
      if (ListensOn(server.struct_value(), port_suffix)) count += CountSockets(id);
      start = id + 1;
    }
    if (servers.empty() || Field(page, "end").bool_value()) return count;
  }
}

ConnectionMonitor::ConnectionMonitor(int port, metrics::Gauge connections)
    : connections_(std::move(connections)), task_([this, port]() -> std::chrono::nanoseconds {
        connections_.Set(static_cast<std::int64_t>(CountConnections(port)));
        return kConnectionCountInterval;
      }) {
  task_.Start();
}

void ConnectionMonitor::Stop() {
  task_.Stop();
  connections_.Set(0);
}

}  // namespace streamhouse::agent
