#include <fmt/core.h>
#include <stdlib.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>  // defines what App.hpp declares
#include <CLI/Error.hpp>
#include <CLI/Formatter.hpp>  // as well
#include <string>
#include <utility>
#include <vector>

#include "apps/commands.h"
#include "apps/output.h"
#include "metrics_core/version.h"

namespace streamhouse::apps {
namespace {

// A message of CLI11 or of the system may have several lines.
int Fail(const std::string& command, std::string message) {
  for (char& c : message) {
    if (c == '\n') c = ' ';
  }
  PrintNotice(command + ": " + message);
  return EXIT_FAILURE;
}

// The command that was named before parsing failed, or the program itself.
std::string NameOfFailed(const CLI::App& program) {
  std::string name = program.get_name();
  for (const CLI::App* parser = &program; !parser->get_subcommands().empty();) {
    parser = parser->get_subcommands().front();
    name += " " + parser->get_name();
  }
  return name;
}

// Of the command whose flags were refused.
int UsageExitCode(const std::vector<Command>& commands) {
  for (const Command& command : commands) {
    if (command.parser->parsed()) return command.usage_exit_code;
  }
  return EXIT_FAILURE;
}

void AddVersionFlag(CLI::App& parser) {
  parser.set_version_flag("--version", "streamhouse " + std::string(metrics::kVersion));
  for (CLI::App* const below : parser.get_subcommands([](const CLI::App*) { return true; })) AddVersionFlag(*below);
}

// A variable of a script that is not set must not turn into no TLS, no group, or another folder.
void RefuseEmptyValues(CLI::App& parser) {
  const CLI::Validator is_not_empty(
      [](const std::string& value) { return value.empty() ? std::string("must not be empty") : std::string(); }, "");
  for (CLI::Option* const option :
       parser.get_options([](const CLI::Option* any) { return any->get_items_expected_max() > 0; })) {
    option->check(is_not_empty);
  }
  for (CLI::App* const below : parser.get_subcommands([](const CLI::App*) { return true; })) RefuseEmptyValues(*below);
}

// Results go to stdout, everything else to stderr. The exit code is 0 when the command did all that
// it was asked for. Else it is 1, or what the command says, after one line on stderr that begins
// with the name of the command.
int RunCommandLine(int argc, char** argv) {
  OpenStandardStreams();
  // gRPC logs a page about a port that is taken; what matters of it is in the error that it
  // returns.
  ::setenv("GRPC_VERBOSITY", "NONE", /*overwrite=*/0);

  CLI::App program("A small message broker and its clients, with metrics for Prometheus.", "streamhouse");
  program.require_subcommand(0, 1);  // none is refused below, in words that do not hide an unknown one
  std::vector<Command> commands = {AddAgentCommand(program),  AddProduceCommand(program), AddConsumeCommand(program),
                                   AddLagCommand(program),    AddDemoCommand(program),    AddVerifyCommand(program),
                                   AddBackupCommand(program), AddTopCommand(program)};
  for (Command& command : AddTopicsCommands(program)) commands.push_back(std::move(command));
  for (Command& command : AddGroupsCommands(program)) commands.push_back(std::move(command));
  AddVersionFlag(program);
  RefuseEmptyValues(program);

  try {
    program.parse(argc, argv);
  } catch (const CLI::Success& asked_for_text) {  // --help, --version
    return program.exit(asked_for_text);
  } catch (const CLI::ParseError& refused) {
    const std::string name = NameOfFailed(program);
    Fail(name, fmt::format("{}; see {} --help", refused.what(), name));
    return UsageExitCode(commands);
  }
  for (const Command& command : commands) {
    if (!command.parser->parsed()) continue;
    const Status done = command.run();
    if (done.ok()) return EXIT_SUCCESS;
    Fail(NameOfFailed(program), done.message());
    return done.code() == StatusCode::kInvalidArgument ? command.usage_exit_code : EXIT_FAILURE;
  }
  return Fail("streamhouse", "name a command; see streamhouse --help");
}

}  // namespace
}  // namespace streamhouse::apps

int main(int argc, char** argv) {
  return streamhouse::apps::RunCommandLine(argc, argv);
}
