#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "agent/log/file_system.h"
#include "agent/log/log_verifier.h"
#include "apps/commands.h"
#include "apps/output.h"

namespace streamhouse::apps {
namespace {

constexpr std::chrono::seconds kProgressInterval{2};

// What is done of work that takes long, on standard error.
class Progress {
 public:
  void Add(std::uint64_t bytes) {
    bytes_ += bytes;
    const auto now = std::chrono::steady_clock::now();
    if (now < next_) return;
    next_ = now + kProgressInterval;
    PrintNotice(fmt::format("{} MiB read", bytes_ >> 20));
  }

 private:
  std::uint64_t bytes_ = 0;
  std::chrono::steady_clock::time_point next_ = std::chrono::steady_clock::now() + kProgressInterval;
};

Result<std::vector<std::string>> FoldersIn(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code error;
  std::filesystem::directory_iterator entry(folder, error);
  while (!error && entry != std::filesystem::directory_iterator()) {
    std::error_code gone;
    if (entry->is_directory(gone)) names.push_back(entry->path().filename().string());
    entry.increment(error);
  }
  // One that the agent has removed meanwhile is not damaged.
  if (error && error != std::errc::no_such_file_or_directory) {
    return Status(StatusCode::kUnavailable, "cannot list " + folder + ": " + error.message());
  }
  std::sort(names.begin(), names.end());
  return names;
}

Status Verify(const std::string& data_folder) {
  const std::string log_folder = data_folder + "/log";
  std::error_code error;
  if (!std::filesystem::is_directory(log_folder, error)) {
    return {StatusCode::kInvalidArgument, "--data: there are no logs in " + data_folder};
  }
  agent::VerifiedLog sum;
  Progress progress;
  std::uint64_t partitions = 0;
  Status printed;
  const auto print = [&printed](const std::string& line) {
    if (printed.ok()) printed = PrintLine(line);
  };
  auto topics = FoldersIn(log_folder);
  if (!topics.ok()) return topics.status();
  for (const std::string& topic : *topics) {
    auto partitions_found = FoldersIn(log_folder + "/" + topic);
    if (!partitions_found.ok()) {
      print(topic + ": " + partitions_found.status().message());
      ++sum.damages;
      continue;
    }
    for (const std::string& partition : *partitions_found) {
      const std::string name = topic + "/" + partition;
      const agent::VerifyListener listener = {
          .damage = [&](const agent::Damage& damage) { print(name + ": " + damage.ToString()); },
          .progress = [&](std::uint64_t bytes) { progress.Add(bytes); }};
      auto verified = agent::VerifyLog(agent::PosixFileSystem(), log_folder + "/" + name, listener);
      // The agent has deleted its topic meanwhile.
      if (verified.status().code() == StatusCode::kNotFound) continue;
      if (!verified.ok()) {
        print(name + ": " + verified.status().message());
        ++sum.damages;
        continue;
      }
      ++partitions;
      sum.segments += verified->segments;
      sum.batches += verified->batches;
      sum.records += verified->records;
      sum.bytes += verified->bytes;
      sum.damages += verified->damages;
      sum.torn_bytes += verified->torn_bytes;
    }
  }
  print(fmt::format("partitions={} segments={} batches={} records={} bytes={} torn_bytes={} damages={}", partitions,
                    sum.segments, sum.batches, sum.records, sum.bytes, sum.torn_bytes, sum.damages));
  if (!printed.ok()) return printed;
  if (sum.damages == 0) return Status::Ok();
  return {StatusCode::kDataLoss, "there is damage: " + std::to_string(sum.damages) + " ranges cannot be read"};
}

}  // namespace

Command AddVerifyCommand(CLI::App& program) {
  CLI::App* const parser = program.add_subcommand(
      "verify",
      "Read every batch of an agent's data folder, also of one that is being served, and print what is damaged");
  auto folder = std::make_shared<std::string>();
  parser->add_option("--data", *folder, "The data folder of the agent")->required()->type_name("FOLDER");
  return {.parser = parser, .run = [folder] { return Verify(*folder); }, .usage_exit_code = 2};
}

}  // namespace streamhouse::apps
