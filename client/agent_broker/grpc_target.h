// GrpcTargetOf(): an agent's address, as gRPC spells it.
//
// When to use something else: metrics_core/sockets/socket_address.h, where gRPC does not connect.
// Guarantees:
// 1. "unix:///PATH" and "unix:@NAME" become the forms of gRPC 1.51 for a path and for an abstract
//    name.
// 2. Any other text is gRPC's own to read.
// Thread safety: a pure function.
// Cost: a copy of the text.
// Errors: InvalidArgument for an empty text, a port without a host, a bad Unix socket, and an
// abstract name that begins with two slashes.
#pragma once

#include <string>

#include "metrics_core/status.h"

namespace streamhouse::client {

struct GrpcTarget {
  std::string text;
  bool is_unix = false;
};

metrics::Result<GrpcTarget> GrpcTargetOf(const std::string& address);

}  // namespace streamhouse::client
