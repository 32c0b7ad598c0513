// Credentials: what a receiver wants to see before it takes anything, from files.
//
// When to use something else: ReceiverTlsFiles (receiver_address.h), for a certificate of the
// client.
// Guarantees:
// 1. Files are read at each request, so that a rotated secret is used by the next one.
// 2. No error has a part of a file's text but the name of a header.
// 3. What could not stand in a header (a line break, a zero byte) is refused. So is a line for a
//    header of the request's frame (Host, Content-Type, Transfer-Encoding …), and a second
//    Authorization.
// Thread safety: a value; ReadHeaders() is pure but for the files.
// Cost: a read of each file.
// Errors: of ReadHeaders(): FailedPrecondition, naming the file.
#pragma once

#include <string>
#include <string_view>

#include "exporters/push/http/secrets.h"
#include "metrics_core/status.h"

namespace streamhouse::exporters {

// Empty members: none.
struct Credentials {
  std::string user = {};           // with password_file: "Authorization: Basic …"
  std::string password_file = {};  // the password, without the line break at its end
  std::string bearer_file = {};    // a token: "Authorization: Bearer …"
  std::string header_file = {};    // lines "Name: value"
};

struct SecretHeaders {
  std::string lines = {};  // each ends with CRLF
  Secrets secrets = {};    // their values

  void Add(std::string_view name, std::string_view value) {
    lines.append(name).append(": ").append(value).append("\r\n");
    secrets.Add(value);
  }

  // Whether the text has one of the secrets.
  bool IsToldBy(std::string_view text) const { return secrets.AreToldBy(text); }
};

// InvalidArgument where two of them would make the same header, or one lacks another; its field is
// that of Credentials.
metrics::Status CheckCredentials(const Credentials& credentials);

metrics::Result<SecretHeaders> ReadHeaders(const Credentials& credentials);

}  // namespace streamhouse::exporters
