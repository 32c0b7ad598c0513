// Command: one subcommand of the program: how it is parsed, and what it does.
//
// Guarantees: `run` is called at most once, after `parser` has parsed its own flags.
// Errors: `run` returns what went wrong as one line, which names the flag that would help; the caller prints it after
// the command's name and exits with 1,
// or as the command says.
#pragma once

#include <CLI/App.hpp>
#include <functional>

#include "metrics_core/status.h"

namespace streamhouse::apps {

using metrics::Result;
using metrics::Status;
using metrics::StatusCode;

struct Command {
  CLI::App* parser = nullptr;  // owned by the parser of the whole command line
  std::function<Status()> run;
  int usage_exit_code = 1;  // after flags that are refused, and after InvalidArgument
};

}  // namespace streamhouse::apps
