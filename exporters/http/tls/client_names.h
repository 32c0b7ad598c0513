// Client names: what a certificate says that its owner is called, beside its subject: names of
// hosts, addresses, mail addresses and URIs (subject alternative names).
//
// Guarantees:
// 1. Names are in the order of the certificate.
// 2. A name that holds a zero byte is left out: it could be taken for another.
// Thread safety: pure.
// Cost: linear in the names.
#pragma once

#include <openssl/x509.h>

#include <string>
#include <vector>

namespace streamhouse::exporters {

// Addresses as they are usually written: "192.0.2.1", "2001:db8::1".
std::vector<std::string> ClientNames(const X509& certificate);

}  // namespace streamhouse::exporters
