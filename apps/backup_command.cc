#include <fmt/core.h>

#include <cstdint>
#include <memory>
#include <string>

#include "agent/backup.h"
#include "apps/commands.h"
#include "apps/output.h"

namespace streamhouse::apps {
namespace {

struct BackupFlags {
  std::string data;
  std::string to;
};

Status BackUp(const BackupFlags& flags) {
  const auto print = [](const agent::TopicPartition& partition, std::uint64_t bytes) {
    // An output that is gone fails the last line, below; the copy is worth finishing.
    static_cast<void>(
        PrintLine(fmt::format("topic={} partition={} bytes={}", partition.topic, partition.partition, bytes)));
  };
  const auto totals = agent::BackUp(flags.data, flags.to, print);
  if (!totals.ok()) return totals.status();
  return PrintLine(fmt::format("topics={} partitions={} bytes={}", totals->topics, totals->partitions, totals->bytes));
}

}  // namespace

Command AddBackupCommand(CLI::App& program) {
  CLI::App& parser = *program.add_subcommand("backup", "Copy the data folder of an agent, also while it serves");
  const auto flags = std::make_shared<BackupFlags>();
  parser.add_option("--data", flags->data, "The folder of the agent")->required()->type_name("FOLDER");
  parser.add_option("--to", flags->to, "Where the copy goes: a folder that is empty or not there")
      ->required()
      ->type_name("FOLDER");
  return {.parser = &parser, .run = [flags] { return BackUp(*flags); }};
}

}  // namespace streamhouse::apps
