// AddConfigFlag: the flags of a command, read from a file.
//
//   # A comment; it has a line of its own.
//   data = /var/lib/streamhouse
//   topic = ["orders:3", "returns:1"]
//
// The form is that of CLI11 (TOML without sections). A key is a long flag without its dashes. A
// value with a space or a comma stands in quotes. A flag that can be given several times takes a
// list, or several lines.
// Guarantees:
// 1. A flag on the command line wins over the file, also one that can be given several times.
// 2. No key is ignored.
// Thread safety: none.
// Errors: a usage error that names the file, and the key.
#pragma once

#include <CLI/App.hpp>

namespace streamhouse::apps {

// --config FILE, for all flags of `parser`.
void AddConfigFlag(CLI::App& parser);

}  // namespace streamhouse::apps
