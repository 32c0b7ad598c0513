// MakeTlsClient: what OpenSSL needs to speak to one receiver over one connection.
//
// Guarantees: TLS 1.2 or newer; the certificate of the receiver is signed by an authority of the
// files, or of the system, and has the name of the host.
// Thread safety: a pure function but for the files. A TlsClient: one thread at a time.
// Cost: a read of the files, and of the system's authorities: some milliseconds.
// Errors: FailedPrecondition, naming the file.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "exporters/push/http/receiver_address.h"
#include "metrics_core/status.h"

namespace streamhouse::exporters {

struct FreeTlsClient {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};
using TlsClient = std::unique_ptr<SSL, FreeTlsClient>;

// Over a connected socket that does not block, which stays the caller's. No byte is sent yet.
metrics::Result<TlsClient> MakeTlsClient(const ReceiverTlsFiles& files, const std::string& host, int descriptor);

// Why the last operation of OpenSSL on this thread failed, as text: "certificate has expired".
// Empties OpenSSL's queue of errors.
std::string TlsFailure(const SSL& ssl);

}  // namespace streamhouse::exporters
