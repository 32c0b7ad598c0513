// Client names: what a certificate says that its owner is called, beside its subject: names of
// hosts, addresses, mail addresses and URIs (subject alternative names).
//
// Thread safety: pure.
// Cost: linear in the names.
#pragma once

#include <openssl/x509.h>

#include <string>
#include <vector>

namespace streamhouse::exporters {

// Addresses as they are usually written: "192.0.2.1", "2001:db8::1". Names that hold a zero byte
// are left out: they could be taken for others.
std::vector<std::string> ClientNames(const X509& certificate);

}  // namespace streamhouse::exporters
