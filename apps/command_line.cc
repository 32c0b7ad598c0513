#include "apps/command_line.h"

#include <fmt/core.h>
#include <stdlib.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>  // defines what App.hpp declares
#include <CLI/Error.hpp>
#include <CLI/Formatter.hpp>  // as well
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "apps/agent_command.h"
#include "apps/command.h"
#include "apps/consume_command.h"
#include "apps/demo_command.h"
#include "apps/lag_command.h"
#include "apps/produce_command.h"
#include "apps/version.h"

namespace streamhouse::apps {
namespace {

// A message of CLI11 or of the system may have several lines.
int Fail(const std::string& command, std::string message) {
  for (char& c : message) {
    if (c == '\n') c = ' ';
  }
  fmt::print(stderr, "{}: {}\n", command, message);
  return EXIT_FAILURE;
}

// The command that was named before parsing failed, or the program itself.
std::string NameOfFailed(const CLI::App& program) {
  const std::vector<CLI::App*> named = program.get_subcommands();
  return named.empty() ? program.get_name() : program.get_name() + " " + named.front()->get_name();
}

}  // namespace

int RunCommandLine(int argc, char** argv) {
  // gRPC logs a page about a port that is taken; what matters of it is in the error that it returns.
  ::setenv("GRPC_VERBOSITY", "NONE", /*overwrite=*/0);

  CLI::App program("A small message broker and its clients, with metrics for Prometheus.", "streamhouse");
  const std::string version = std::string("streamhouse ") + kVersion;
  program.set_version_flag("--version", version);
  program.require_subcommand(0, 1);  // none is refused below, in words that do not hide an unknown one
  const std::vector<Command> commands = {AddAgentCommand(program), AddProduceCommand(program),
                                         AddConsumeCommand(program), AddLagCommand(program), AddDemoCommand(program)};
  for (const Command& command : commands) command.parser->set_version_flag("--version", version);

  try {
    program.parse(argc, argv);
  } catch (const CLI::Success& asked_for_text) {  // --help, --version
    return program.exit(asked_for_text);
  } catch (const CLI::ParseError& refused) {
    const std::string name = NameOfFailed(program);
    return Fail(name, fmt::format("{}; see {} --help", refused.what(), name));
  }
  for (const Command& command : commands) {
    if (!command.parser->parsed()) continue;
    const Status done = command.run();
    return done.ok() ? EXIT_SUCCESS : Fail(NameOfFailed(program), done.message());
  }
  return Fail("streamhouse", "name a command; see streamhouse --help");
}

}  // namespace streamhouse::apps
