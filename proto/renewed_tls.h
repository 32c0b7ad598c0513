// RenewedTls: gRPC credentials of PEM files that are read again when they change, for both ends of
// a connection.
//
// When to use something else: TLS without files, as in client/agent_broker/agent_broker.h.
// Guarantees:
// 1. gRPC never opens the files: it reads copies in memory, so that no thread of its own waits for
//    a file. What is not a regular file, such as a FIFO or a terminal, is refused, and so is a key
//    with a pass phrase.
// 2. The files are taken together or not at all: a certificate and a key that do not belong
//    together leave those in use that were before. New connections use new files at most
//    kRenewalTime after Refresh(); open ones are not touched.
// Thread safety: Refresh() from one thread at a time; the credentials from any.
// Cost: a thread of gRPC's, and two descriptors, which the next object takes over. Refresh() is a
// stat() a file when nothing has changed.
// Errors: InvalidArgument, whose message names the files. Its field is the path of TlsPaths that it
// is about; it is empty where a certificate and its key do not belong together. Unavailable where
// the system lacks descriptors or memory, or the disk fails.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "metrics_core/status.h"

namespace grpc {
class ChannelCredentials;
class ServerCredentials;
}  // namespace grpc

namespace streamhouse {

// Paths of PEM files. A certificate goes with its key.
struct TlsPaths {
  std::string certificate = {};  // with the certificates that vouch for it
  std::string key = {};
  std::string ca = {};  // authorities of the other end; empty: a server's are the system's, a client needs none
};

class RenewedTls {
 public:
  static constexpr std::chrono::seconds kRenewalTime{2};

  enum class Change : std::uint8_t { kNone, kTaken };

  static metrics::Result<std::unique_ptr<RenewedTls>> Load(TlsPaths paths);
  ~RenewedTls();
  RenewedTls(const RenewedTls&) = delete;
  RenewedTls& operator=(const RenewedTls&) = delete;

  // With `ca`, clients need a certificate of these authorities. No new connection is made after
  // this object has gone.
  std::shared_ptr<grpc::ServerCredentials> MakeServerCredentials() const;
  std::shared_ptr<grpc::ChannelCredentials> MakeChannelCredentials() const;

  // Takes the files as they are now, if they have changed since they were last looked at. After an
  // error those from before stay in use. After InvalidArgument the same files are not looked at
  // again; after Unavailable they are.
  metrics::Result<Change> Refresh();

 private:
  class Files;

  RenewedTls(TlsPaths paths, std::unique_ptr<Files> files);

  const TlsPaths paths_;
  const std::unique_ptr<Files> files_;
};

}  // namespace streamhouse
