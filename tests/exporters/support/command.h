// Runs a program of the system and takes its output.
#pragma once

#include <string>

namespace streamhouse::exporters {

struct CommandResult {
  int exit_code = 0;
  std::string output;  // standard output and error
};

// `input` is its standard input. The command is one for the shell.
CommandResult RunCommand(const std::string& command, const std::string& input = "");

// A path below TEST_TMPDIR.
std::string TemporaryPath(const std::string& name);

}  // namespace streamhouse::exporters
