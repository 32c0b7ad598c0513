// ReceiverAddress: where a receiver listens, and how it is known there to be the right one.
//
// When to use something else: Credentials, for what the receiver wants to see of the sender.
// Guarantees: a plain value; the files are not opened here.
// Thread safety: a value.
// Cost: a copy of its texts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "metrics_core/sockets/socket_address.h"

namespace streamhouse::exporters {

// PEM files, which are read for each connection, so that renewed ones are used by the next.
struct ReceiverTlsFiles {
  std::string ca = {};           // that have signed the receiver's certificate; empty: the system's
  std::string certificate = {};  // of this program, where the receiver asks for one
  std::string key = {};          // that belongs to it
};

struct ReceiverAddress {
  std::string host;  // a name or an address, without brackets; the certificate must have it
  std::uint16_t port = 80;
  // In place of a connection to the host, which stays the name that the receiver is asked for.
  std::optional<metrics::UnixSocket> unix_socket = {};
  std::optional<ReceiverTlsFiles> tls = {};

  // What it is called in a specification: "http", "https+unix".
  std::string Scheme() const { return std::string(tls ? "https" : "http") + (unix_socket ? "+unix" : ""); }

  // Of a request for `path`, by an exporter that is called so: "prw+http://HOST/PATH" or
  // "prw+http+unix:///SOCKET:/PATH". Without the query of the path, which may hold a key.
  std::string Url(const std::string& exporter, const std::string& path) const {
    const std::string start = exporter + (tls ? "+https" : "+http");
    return (unix_socket ? start + "+" + unix_socket->ToString() + ":" : start + "://" + Authority()) +
           path.substr(0, path.find('?'));
  }

  // As the Host header has it: without the port where it is the usual one.
  std::string Authority() const {
    const bool is_ipv6 = host.find(':') != std::string::npos;
    std::string text = is_ipv6 ? "[" + host + "]" : host;
    if (port != (tls ? 443 : 80)) text += ":" + std::to_string(port);
    return text;
  }
};

}  // namespace streamhouse::exporters
