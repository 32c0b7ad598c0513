// NewSocketBio: lets OpenSSL read and write a socket.
//
// When to use something else: OpenSSL's own BIO for sockets, in a program that ignores SIGPIPE:
// with that one, a peer that has gone ends the program.
// Guarantees:
// 1. A write to a connection that the peer has closed raises no signal.
// 2. The descriptor stays the caller's.
// Thread safety: as for any BIO, one thread at a time.
// Cost: a small allocation.
#pragma once

#include <openssl/bio.h>

namespace streamhouse::exporters {

// The caller, or the SSL that it is given to, frees it.
BIO* NewSocketBio(int descriptor);

}  // namespace streamhouse::exporters
