// ServerTlsFiles: where the certificates of the gRPC port are.
//
// When to use something else: the HTTP port has a web configuration of its own.
// Guarantees:
// 1. Read at the start, and again within RpcServer::kTlsLookInterval after they change. If the new
//    files cannot be used, the old ones stay in use (proto/renewed_tls.h).
// 2. With client_ca, only clients with a certificate of these authorities are let in.
// Thread safety: a value.
// Cost: a copy of three paths.
#pragma once

#include <string>

namespace streamhouse::agent {

// Paths of PEM files; all empty: no TLS.
struct ServerTlsFiles {
  std::string certificate;
  std::string key;
  std::string client_ca;  // empty: clients need no certificate

  bool empty() const { return certificate.empty() && key.empty() && client_ca.empty(); }
};

}  // namespace streamhouse::agent
