// AccessFlags: how `streamhouse top` shows who it is, and whom it trusts.
//
// Guarantees:
// 1. A password comes from a file, never from the command line, where other users could see it.
// 2. It is sent over TLS, or to this machine, and nowhere else.
// 3. Without --tls-ca, certificates must be of an authority that the system trusts.
// Thread safety: none.
// Errors: InvalidArgument, naming the flag.
#pragma once

#include <CLI/App.hpp>
#include <string>
#include <vector>

#include "apps/top/read_program.h"
#include "apps/top/target.h"
#include "metrics_core/status.h"

namespace streamhouse::apps {

struct AccessFlags {
  std::string user = {};
  std::string password_file = {};
  std::string tls_ca = {};
  std::string tls_certificate = {};
  std::string tls_key = {};
};

// --user, --password-file, --tls-ca, --tls-cert and --tls-key; `flags` outlives the parser.
void AddAccessFlags(CLI::App& parser, AccessFlags& flags);

// Reads the files.
metrics::Result<Access> MakeAccess(const AccessFlags& flags, const std::vector<Target>& targets);

}  // namespace streamhouse::apps
