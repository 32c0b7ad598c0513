#include "tests/exporters/support/command.h"

#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>

namespace streamhouse::exporters {

std::string TemporaryPath(const std::string& name) {
  const char* folder = std::getenv("TEST_TMPDIR");
  return std::string(folder == nullptr ? "." : folder) + "/" + name;
}

CommandResult RunCommand(const std::string& command, const std::string& input) {
  const std::string input_path = TemporaryPath("standard_input");
  std::ofstream(input_path, std::ios::binary) << input;
  std::FILE* const pipe = popen(("{ " + command + "; } <" + input_path + " 2>&1").c_str(), "r");
  CommandResult result;
  std::array<char, 4096> piece;
  while (const std::size_t n = std::fread(piece.data(), 1, piece.size(), pipe)) result.output.append(piece.data(), n);
  const int status = pclose(pipe);
  result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return result;
}

}  // namespace streamhouse::exporters
