#include <errno.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <stop_token>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "apps/agent_client.h"
#include "apps/commands.h"
#include "apps/config_file.h"
#include "apps/delivery_tally.h"
#include "apps/flag_values.h"
#include "apps/line_reader.h"
#include "apps/metrics_page.h"
#include "apps/output.h"
#include "apps/shutdown_signal.h"
#include "client/compression.h"
#include "client/producer.h"
#include "client/producer_metrics.h"
#include "metrics_core/mutex.h"

namespace streamhouse::apps {
namespace {

// Longer lines are cut here, which is over what a producer takes: it refuses them, and counts them
// as refused.
constexpr std::size_t kLineBytesMax = (std::size_t{1} << 20) + 1;

// How soon a signal is noticed, and how long the agent may then take for what was read before.
constexpr std::chrono::milliseconds kSignalNotice{50};
constexpr std::chrono::seconds kSignalPatience{3};

struct ProduceFlags {
  AgentClientFlags client;
  std::optional<SocketAddress> http;
  client::Compression compression = client::Compression::kNone;
  std::vector<std::string> files;
};

Status SendLines(int input, const std::string& topic, const ShutdownSignal& shutdown, client::Producer& producer,
                 DeliveryTally& tally) {
  LineReader lines(input, shutdown.fd(), kLineBytesMax);
  while (true) {
    const auto line = lines.Next();
    if (!line.ok()) return line.status();
    if (!line.value()) return Status::Ok();
    tally.Send(producer, topic, *line.value());
  }
}

Status SendFile(const std::string& file, const std::string& topic, const ShutdownSignal& shutdown,
                client::Producer& producer, DeliveryTally& tally) {
  // Without waiting for a FIFO's writer, which no signal could end: the reader waits, and hears
  // signals.
  const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) return {StatusCode::kNotFound, "cannot read " + file + ": " + std::generic_category().message(errno)};
  Status sent = SendLines(fd, topic, shutdown, producer, tally);
  ::close(fd);
  return sent.ok() ? sent : sent.WithMessage(file + ": " + sent.message());
}

Status SendAll(const ProduceFlags& flags, const ShutdownSignal& shutdown, client::Producer& producer,
               DeliveryTally& tally) {
  if (flags.files.empty()) return SendLines(STDIN_FILENO, flags.client.topic, shutdown, producer, tally);
  for (const std::string& file : flags.files) {
    if (shutdown.requested()) break;
    if (Status sent = SendFile(file, flags.client.topic, shutdown, producer, tally); !sent.ok()) return sent;
  }
  return Status::Ok();
}

// Ends a delivery that a signal finds under way and that does not end in time: with an agent that
// hangs, for example. What is then without a result has failed, and Send() refuses.
void GiveUpAfterSignal(const std::stop_token& done, const ShutdownSignal& shutdown, client::Producer& producer) {
  metrics::Mutex mutex;
  metrics::CondVar ended;
  const metrics::MutexLock lock(mutex);
  const auto never = [] { return false; };
  while (!done.stop_requested() && !shutdown.requested()) {
    ended.WaitUntil(mutex, done, std::chrono::steady_clock::now() + kSignalNotice, never);
  }
  ended.WaitUntil(mutex, done, std::chrono::steady_clock::now() + kSignalPatience, never);
  if (!done.stop_requested()) producer.Close(std::chrono::seconds(0));
}

Status Produce(const ProduceFlags& flags) {
  auto broker = MakeBroker(flags.client.agent);
  if (!broker.ok()) return broker.status();
  if (const auto partitions = CountPartitions(**broker, flags.client); !partitions.ok()) return partitions.status();

  // From here on there is something to bring to an end.
  const ShutdownSignal shutdown;
  MetricsPage page(ServiceTarget("streamhouse-produce"));
  const auto metrics = client::ProducerMetrics::Register(page.registry());
  if (!metrics.ok()) return metrics.status();
  if (Status serving = page.Serve(flags.http); !serving.ok()) return serving;
  DeliveryTally tally;
  auto producer = client::Producer::Builder()
                      .broker(*broker)
                      .metrics(metrics.value())
                      .options({.compression = flags.compression})
                      .Build();
  if (!producer.ok()) return producer.status();

  Status read;
  {
    const std::jthread watcher([&](const std::stop_token& done) { GiveUpAfterSignal(done, shutdown, **producer); });
    read = SendAll(flags, shutdown, **producer, tally);
    // What it leaves without a result, Close() gives up.
    static_cast<void>((*producer)->Flush(client::Producer::kCloseTimeout));
  }
  (*producer)->Close(std::chrono::seconds(0));
  const DeliveryTally::Counts counts = tally.counts();
  if (Status printed = PrintLine(counts.ToString()); !printed.ok()) return printed;
  if (!read.ok()) return read;
  if (counts.failed == 0) return Status::Ok();
  return {StatusCode::kUnavailable, fmt::format("{} of {} records failed, the first because: {}", counts.failed,
                                                counts.sent, counts.first_failure.message())};
}

}  // namespace

Command AddProduceCommand(CLI::App& program) {
  CLI::App& parser = *program.add_subcommand("produce", "Send lines of text as records");
  const auto flags = std::make_shared<ProduceFlags>();
  AddConfigFlag(parser);
  AddAgentClientFlags(parser, flags->client);
  AddListenFlag(parser, "--http", flags->http, "Where to serve this command's own /metrics; nowhere by default");
  AddChoiceFlag(
      parser, "--compression", flags->compression,
      {{"none", client::Compression::kNone}, {"lz4", client::Compression::kLz4}, {"zstd", client::Compression::kZstd}},
      "How batches travel to the agent");
  parser.add_option("FILE", flags->files, "Files to read, a record a line; stdin by default")->type_name("");
  return {.parser = &parser, .run = [flags] { return Produce(*flags); }};
}

}  // namespace streamhouse::apps
