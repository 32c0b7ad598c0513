#include "apps/demo_command.h"

#include <CLI/Validators.hpp>
#include <cstdint>
#include <memory>

#include "apps/demo.h"
#include "apps/serving_agent.h"

namespace streamhouse::apps {
namespace {

constexpr std::uint32_t kRateMax = 1'000'000;

}  // namespace

Command AddDemoCommand(CLI::App& program) {
  CLI::App& parser = *program.add_subcommand("demo", "Run an agent, a producer and a consumer with real text");
  const auto flags = std::make_shared<DemoFlags>();
  parser.add_option("PATH", flags->path, "A file, or a folder, whose lines are streamed over and over")
      ->type_name("")
      ->capture_default_str();
  parser.add_option("--rate", flags->records_per_second, "Records a second")
      ->check(CLI::Range(std::uint32_t{1}, kRateMax).description(""))
      ->type_name("N")
      ->capture_default_str();
  parser
      .add_option("--data", flags->agent.data_folder,
                  "The folder that keeps the records; by default a temporary one that is removed at the end")
      ->type_name("DIR");
  AddAddressFlags(parser, flags->agent);
  return {.parser = &parser, .run = [flags] { return Demo(*flags).Run(); }};
}

}  // namespace streamhouse::apps
