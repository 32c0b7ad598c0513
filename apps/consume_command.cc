#include <poll.h>

#include <CLI/App.hpp>
#include <CLI/Validators.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "apps/agent_client.h"
#include "apps/commands.h"
#include "apps/config_file.h"
#include "apps/flag_values.h"
#include "apps/metrics_page.h"
#include "apps/output.h"
#include "apps/shutdown_signal.h"
#include "apps/topic_end.h"
#include "client/broker.h"
#include "client/consumer.h"
#include "client/consumer_metrics.h"
#include "client/offset_reset.h"
#include "client/polled_records.h"
#include "client/record.h"

namespace streamhouse::apps {
namespace {

using std::chrono::steady_clock;

// How soon a signal is noticed.
constexpr std::chrono::milliseconds kPollTimeout{200};
constexpr std::chrono::seconds kCommitInterval{1};
// How long the last commit is tried: an agent that has just come back needs a heartbeat to know its
// members again.
constexpr std::chrono::seconds kLastCommitTimeout{5};
constexpr std::chrono::milliseconds kCommitBackoff{100};
// How soon --exit-at-end notices that a log has lost its end, or that the topic is gone.
constexpr std::chrono::seconds kEndRefreshInterval{1};
// Of a fetch or commit: with an agent that hangs, a signal ends this command within three of them.
constexpr std::chrono::seconds kRequestTimeout{5};

struct ConsumeFlags {
  AgentClientFlags client;
  std::string group;
  client::OffsetReset from = client::OffsetReset::kEarliest;
  std::uint64_t max = UINT64_MAX;
  bool exit_at_end = false;
  bool skip_damaged = false;
  std::optional<SocketAddress> http;
};

class Printer {
 public:
  Printer(const ConsumeFlags& flags, client::Consumer& consumer) : flags_(flags), consumer_(consumer) {}

  bool full() const { return printed_ == flags_.max; }

  // Prints up to the maximum, and takes the consumer back to the first record that was not printed.
  Status Print(const client::PolledRecords& polled) {
    for (const client::PartitionRecords& batch : polled.batches()) {
      std::size_t i = 0;
      for (; i < batch.records.size() && !full(); ++i, ++printed_) WriteLine(batch.records[i].value);
      if (i == batch.records.size()) continue;
      Status sought = consumer_.Seek(batch.partition.topic, batch.partition.partition, batch.base_offset + i);
      if (!sought.ok()) return sought;
    }
    return FlushOutput();
  }

 private:
  const ConsumeFlags& flags_;
  client::Consumer& consumer_;
  std::uint64_t printed_ = 0;
};

// A failure that is being retried: each new kind is told once.
class Warnings {
 public:
  void Note(const Status& status) {
    if (!status.ok() && status.message() != last_) PrintNotice("streamhouse consume: " + status.message());
    last_ = status.message();
  }

 private:
  std::string last_;
};

void ReportDamage(const client::TopicPartition& partition, const client::DamagedRange& skipped) {
  PrintNotice("streamhouse consume: " + partition.ToString() + ": skipped damaged records, offsets " +
              std::to_string(skipped.first) + " to " + std::to_string(skipped.next - 1));
}

Status CommitAtLast(client::Consumer& consumer) {
  const auto deadline = steady_clock::now() + kLastCommitTimeout;
  while (true) {
    Status committed = consumer.Commit();
    if (committed.ok() || steady_clock::now() > deadline) return committed;
    ::poll(nullptr, 0, static_cast<int>(kCommitBackoff.count()));
  }
}

// Automatic commits are of what was returned before the last Poll(), which by then has left the
// process.
Status PrintUntilDone(const ConsumeFlags& flags, std::optional<TopicEnd> end, const ShutdownSignal& shutdown,
                      client::Consumer& consumer) {
  Printer printer(flags, consumer);
  Warnings warnings;
  auto refresh_at = steady_clock::now() + kEndRefreshInterval;
  while (!shutdown.requested() && !printer.full() && !(end && end->IsReachedBy(consumer, flags.group))) {
    if (end && steady_clock::now() >= refresh_at) {
      if (Status there = end->Refresh(); !there.ok()) {
        // What the group had committed has gone with the topic.
        static_cast<void>(consumer.Close());
        return there;
      }
      refresh_at = steady_clock::now() + kEndRefreshInterval;
    }
    const auto polled = consumer.Poll(kPollTimeout);
    warnings.Note(polled.status());
    if (!polled.ok()) continue;
    if (Status printed = printer.Print(polled.value()); !printed.ok()) return printed;
  }
  if (Status committed = CommitAtLast(consumer); !committed.ok()) return committed;
  return consumer.Close();
}

Status Consume(const ConsumeFlags& flags) {
  auto broker = MakeBroker(flags.client.agent);
  if (!broker.ok()) return broker.status();
  const Result<std::uint32_t> partitions = CountPartitions(**broker, flags.client);
  if (!partitions.ok()) return partitions.status();
  std::optional<TopicEnd> end;
  if (flags.exit_at_end) {
    auto read = TopicEnd::Read(**broker, flags.client.topic, partitions.value());
    if (!read.ok()) return read.status();
    end.emplace(*std::move(read));
  }

  // From here on there is something to bring to an end.
  const ShutdownSignal shutdown;
  MetricsPage page(ServiceTarget("streamhouse-consume"));
  const auto metrics = client::ConsumerMetrics::Register(page.registry());
  if (!metrics.ok()) return metrics.status();
  if (Status serving = page.Serve(flags.http); !serving.ok()) return serving;
  client::ConsumerOptions options = {.topics = {flags.client.topic},
                                     .group = flags.group,
                                     .fetch = {.request_timeout = kRequestTimeout, .offset_reset = flags.from},
                                     .auto_commit_interval = kCommitInterval};
  if (flags.skip_damaged) options.fetch.report_damage = ReportDamage;
  auto consumer =
      client::Consumer::Builder().broker(*broker).metrics(metrics.value()).options(std::move(options)).Build();
  if (!consumer.ok()) return consumer.status();
  return PrintUntilDone(flags, std::move(end), shutdown, **consumer);
}

}  // namespace

Command AddConsumeCommand(CLI::App& program) {
  CLI::App& parser = *program.add_subcommand("consume", "Print the values of records, a line each");
  const auto flags = std::make_shared<ConsumeFlags>();
  AddConfigFlag(parser);
  AddAgentClientFlags(parser, flags->client);
  parser.add_option("--group", flags->group, "The consumer group: remembers how far it has read")
      ->required()
      ->type_name("NAME");
  AddChoiceFlag(parser, "--from", flags->from,
                {{"earliest", client::OffsetReset::kEarliest}, {"latest", client::OffsetReset::kLatest}},
                "Where a group begins that has never committed");
  parser.add_option("--max", flags->max, "Stop after so many records")
      ->check(CLI::NonNegativeNumber.description(""))
      ->type_name("N");
  parser.add_flag("--exit-at-end", flags->exit_at_end,
                  "Stop at what is the end of the topic now, or at what is left of it; fail if the topic is deleted");
  parser.add_flag(
      "--skip-damaged", flags->skip_damaged,
      "Go on behind damaged records, and print on stderr which were skipped; without it, they are waited for");
  AddListenFlag(parser, "--http", flags->http, "Where to serve this command's own /metrics; nowhere by default");
  return {.parser = &parser, .run = [flags] { return Consume(*flags); }};
}

}  // namespace streamhouse::apps
