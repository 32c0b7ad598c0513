// PEM files as they come from operators: read without waiting, and checked before they are
// used.
//
// Guarantees:
// 1. No function waits for anything but a disk.
// 2. No terminal is asked for a pass phrase; a FIFO, a terminal or another file that is not regular
//    is refused.
// Thread safety: pure functions.
// Cost: the text that ReadPemFile returns keeps memory for kPemBytesMax bytes. The checks parse the
// first certificate of a text, and the key.
// Errors: InvalidArgument, without the name of the flag or file that is meant, except where a path
// is given. Unavailable where the system lacks descriptors or memory, or the disk fails: the same
// file may be read later.
#pragma once

#include <cstddef>
#include <string>

#include "metrics_core/status.h"

namespace streamhouse {

inline constexpr std::size_t kPemBytesMax = std::size_t{1} << 20;

// All of a regular file of at most kPemBytesMax. "cannot read TLS file PATH: …"
metrics::Result<std::string> ReadPemFile(const std::string& path);

// Whether these texts are a certificate, or a chain of them, and its private key. The reason,
// without their names.
metrics::Status CheckCertificateAndKey(const std::string& certificate, const std::string& key);

// Whether there is a certificate in the text.
metrics::Status CheckAuthorities(const std::string& authorities);

}  // namespace streamhouse
