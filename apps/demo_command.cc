#include <fmt/core.h>
#include <signal.h>

#include <CLI/App.hpp>
#include <CLI/Validators.hpp>
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <future>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "apps/agent_client.h"
#include "apps/commands.h"
#include "apps/config_file.h"
#include "apps/delivery_tally.h"
#include "apps/line_loop.h"
#include "apps/metrics_page.h"
#include "apps/output.h"
#include "apps/serving_agent.h"
#include "apps/shutdown_signal.h"
#include "client/broker.h"
#include "client/consumer.h"
#include "client/consumer_metrics.h"
#include "client/offset_reset.h"
#include "client/polled_records.h"
#include "client/producer.h"
#include "client/producer_metrics.h"
#include "client/record.h"
#include "metrics_core/mutex.h"
#include "metrics_core/status.h"

namespace streamhouse::apps {
namespace {

using std::chrono::steady_clock;

constexpr const char* kTopic = "demo";
constexpr const char* kGroup = "demo";
constexpr std::uint32_t kRateMax = 1'000'000;
constexpr std::uint32_t kPartitions = 3;
constexpr std::size_t kLineBytesMax = std::size_t{64} * 1024;
constexpr std::chrono::milliseconds kSendInterval{10};  // lines go in bursts, this far apart
constexpr std::chrono::seconds kProgressInterval{1};
constexpr std::chrono::milliseconds kPollTimeout{100};
constexpr std::chrono::seconds kDrainTimeout{30};

struct DemoFlags {
  std::string path = "/usr/share/common-licenses";
  std::uint32_t records_per_second = 1'000;
  ServingAgentFlags agent;  // topics are the demo's own
};

// The agent, the producer and the consumer, over real gRPC, with one registry.
//
// Thread safety: Run() once.
// Cost: two threads besides those of agent, producer and consumer.
// Errors: one line that names the port or path and the flag that changes it; an error as well when
// a record failed, or was acknowledged and not consumed.
class Demo {
 public:
  explicit Demo(DemoFlags flags)
      : flags_(std::move(flags)), page_(ServiceTarget("streamhouse-demo", flags_.agent.config.agent_id)) {}
  Demo(const Demo&) = delete;
  Demo& operator=(const Demo&) = delete;

  Status Run();

 private:
  Status Start();
  Status StartClients();
  Status PrintAddresses() const;
  Status Stream();
  Status SendLines(const std::stop_token& stop);
  Status PrintProgress(steady_clock::duration since_last);
  void Consume(const std::stop_token& drain);
  bool HasConsumedAll() const;
  std::string DescribeLag() const;
  std::uint64_t consumed() const;
  Status Conclude();

  const ShutdownSignal shutdown_;
  DemoFlags flags_;

  // In the order in which they are made; each uses only those before it.
  std::unique_ptr<LineLoop> lines_;
  MetricsPage page_;
  std::unique_ptr<ServingAgent> agent_;
  std::shared_ptr<client::Broker> broker_;
  std::vector<client::Offset> run_starts_;  // by partition: what lies before is of earlier runs
  DeliveryTally tally_;
  std::unique_ptr<client::Consumer> consumer_;
  std::unique_ptr<client::Producer> producer_;

  // Of the last line of progress.
  std::uint64_t reported_acked_ = 0;
  std::uint64_t reported_consumed_ = 0;

  mutable metrics::Mutex mutex_;
  std::uint64_t consumed_ STREAMHOUSE_GUARDED_BY(mutex_) = 0;  // of this run
};

Status Demo::Run() {
  // A reader of stdout that goes away ends the demo like a signal, so that the temporary folder is
  // removed.
  ::signal(SIGPIPE, SIG_IGN);
  if (Status started = Start(); !started.ok()) return started;
  if (Status printed = PrintAddresses(); !printed.ok()) return printed;

  std::jthread consuming([this](const std::stop_token& drain) { Consume(drain); });
  Status streamed = Stream();
  PrintNotice("Draining; Ctrl-C again ends at once");
  producer_->Close(client::Producer::kCloseTimeout);
  consuming.request_stop();
  consuming.join();
  const Status committed = consumer_->Close();
  const Status stopped = agent_->Stop();
  const Status concluded = Conclude();
  for (const Status& outcome : {streamed, committed, concluded}) {
    if (!outcome.ok()) return outcome;
  }
  return stopped;
}

Status Demo::Start() {
  auto lines = LineLoop::Open(flags_.path, kLineBytesMax);
  if (!lines.ok()) return lines.status();
  lines_ = *std::move(lines);
  flags_.agent.topics = {{.name = kTopic, .partitions = kPartitions}};
  auto agent = ServingAgent::Start(flags_.agent, page_.registry(), page_.health());
  if (!agent.ok()) return agent.status();
  agent_ = *std::move(agent);
  return StartClients();
}

Status Demo::StartClients() {
  auto broker = MakeBroker({.address = agent_->grpc()});
  if (!broker.ok()) return broker.status();
  broker_ = *std::move(broker);
  for (std::uint32_t i = 0; i < kPartitions; ++i) {
    const auto ends = broker_->ReadWatermarks({kTopic, i}, {}, client::CallLimits::Within(kQuestionTimeout));
    if (!ends.ok()) return ends.status();
    run_starts_.push_back(ends.value().high_watermark);
  }

  const auto consumer_metrics = client::ConsumerMetrics::Register(page_.registry());
  if (!consumer_metrics.ok()) return consumer_metrics.status();
  auto consumer = client::Consumer::Builder()
                      .broker(broker_)
                      .metrics(consumer_metrics.value())
                      .options({.topics = {kTopic},
                                .group = kGroup,
                                .fetch = {.offset_reset = client::OffsetReset::kEarliest},
                                .auto_commit_interval = std::chrono::seconds(1),
                                .lag_refresh_interval = std::chrono::seconds(1)})
                      .Build();
  if (!consumer.ok()) return consumer.status();
  consumer_ = *std::move(consumer);

  const auto producer_metrics = client::ProducerMetrics::Register(page_.registry());
  if (!producer_metrics.ok()) return producer_metrics.status();
  auto producer = client::Producer::Builder().broker(broker_).metrics(producer_metrics.value()).Build();
  if (!producer.ok()) return producer.status();
  producer_ = *std::move(producer);
  return Status::Ok();
}

Status Demo::PrintAddresses() const {
  const SocketAddress address = agent_->http();
  const bool is_unix = std::holds_alternative<metrics::UnixSocket>(address);
  const std::string http = (is_unix ? "" : "http://") + metrics::ToString(address) + (is_unix ? ":" : "");
  return PrintLine(fmt::format(
      "Streaming {} at {} records/s into topic \"{}\" of the agent at {}\n"
      "Records are kept in {}{}\n"
      "{}/metrics\n{}/health\n{}/ready\n"
      "Ctrl-C ends it",
      flags_.path, flags_.records_per_second, kTopic, metrics::ToString(agent_->grpc()), agent_->data_folder(),
      flags_.agent.config.data_folder.empty() ? ", removed at the end (--data FOLDER keeps them)" : "", http, http,
      http));
}

// Until a signal, or until lines cannot be read or progress not printed.
Status Demo::Stream() {
  std::stop_source stop;
  std::future<Status> sending =
      std::async(std::launch::async, [this, token = stop.get_token()] { return SendLines(token); });
  Status printed;
  auto last = steady_clock::now();
  while (printed.ok() && !shutdown_.WaitFor(kProgressInterval) &&
         sending.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
    const auto now = steady_clock::now();
    printed = PrintProgress(now - last);
    last = now;
  }
  stop.request_stop();
  Status sent = sending.get();
  return sent.ok() ? printed : sent;
}

Status Demo::SendLines(const std::stop_token& stop) {
  const auto start = steady_clock::now();
  std::uint64_t sent = 0;
  do {
    const std::chrono::duration<double> elapsed = steady_clock::now() - start;
    const auto due = static_cast<std::uint64_t>(elapsed.count() * flags_.records_per_second);
    for (; sent < due; ++sent) {
      const Result<std::string_view> line = lines_->Next();
      if (!line.ok()) return line.status();
      tally_.Send(*producer_, kTopic, line.value());
      if (stop.stop_requested()) return Status::Ok();
    }
  } while (!shutdown_.WaitFor(kSendInterval) && !stop.stop_requested());
  return Status::Ok();
}

Status Demo::PrintProgress(steady_clock::duration since_last) {
  const double seconds = std::chrono::duration<double>(since_last).count();
  const std::uint64_t acked = tally_.counts().acked;
  const std::uint64_t consumed_now = consumed();
  Status printed =
      PrintLine(fmt::format("{:8.0f} records/s sent {:8.0f} records/s consumed   lag {}",
                            static_cast<double>(acked - reported_acked_) / seconds,
                            static_cast<double>(consumed_now - reported_consumed_) / seconds, DescribeLag()));
  reported_acked_ = acked;
  reported_consumed_ = consumed_now;
  return printed;
}

void Demo::Consume(const std::stop_token& drain) {
  std::optional<steady_clock::time_point> give_up;
  while (!drain.stop_requested() || !HasConsumedAll()) {
    if (drain.stop_requested() && !give_up) give_up = steady_clock::now() + kDrainTimeout;
    if (give_up && steady_clock::now() > *give_up) return;
    const auto polled = consumer_->Poll(kPollTimeout);
    if (!polled.ok()) continue;  // retried; what is never read is missing from the last line
    std::uint64_t of_this_run = 0;
    for (const client::ConsumedRecord& record : polled.value()) {
      if (record.offset >= run_starts_[record.partition.partition]) ++of_this_run;
    }
    const metrics::MutexLock lock(mutex_);
    consumed_ += of_this_run;
  }
}

bool Demo::HasConsumedAll() const {
  for (std::uint32_t i = 0; i < kPartitions; ++i) {
    const auto lag = consumer_->Lag(kTopic, i);
    if (!lag.ok() || lag.value() > 0) return false;
  }
  return true;
}

std::string Demo::DescribeLag() const {
  std::uint64_t sum = 0;
  for (std::uint32_t i = 0; i < kPartitions; ++i) {
    const auto lag = consumer_->Lag(kTopic, i);
    if (!lag.ok()) return "unknown";
    sum += lag.value();
  }
  return std::to_string(sum);
}

std::uint64_t Demo::consumed() const {
  const metrics::MutexLock lock(mutex_);
  return consumed_;
}

Status Demo::Conclude() {
  const DeliveryTally::Counts counts = tally_.counts();
  const std::uint64_t consumed_now = consumed();
  if (Status printed = PrintLine(fmt::format("{} consumed={}", counts.ToString(), consumed_now)); !printed.ok()) {
    return printed;
  }
  if (counts.failed > 0) {
    return {StatusCode::kUnavailable,
            fmt::format("{} records failed, the first because: {}", counts.failed, counts.first_failure.message())};
  }
  if (consumed_now >= counts.acked) return Status::Ok();
  return {StatusCode::kDeadlineExceeded,
          fmt::format("{} acknowledged records were not consumed in time", counts.acked - consumed_now)};
}

}  // namespace

Command AddDemoCommand(CLI::App& program) {
  CLI::App& parser = *program.add_subcommand("demo", "Run an agent, a producer and a consumer with real text");
  const auto flags = std::make_shared<DemoFlags>();
  AddConfigFlag(parser);
  parser.add_option("PATH", flags->path, "A file, or a folder, whose lines are streamed over and over")
      ->type_name("")
      ->capture_default_str();
  parser.add_option("--rate", flags->records_per_second, "Records a second")
      ->check(CLI::Range(std::uint32_t{1}, kRateMax).description(""))
      ->type_name("N")
      ->capture_default_str();
  parser
      .add_option("--data", flags->agent.config.data_folder,
                  "The folder that keeps the records; by default a temporary one that is removed at the end")
      ->type_name("FOLDER");
  AddAddressFlags(parser, flags->agent);
  return {.parser = &parser, .run = [flags] { return Demo(*flags).Run(); }};
}

}  // namespace streamhouse::apps
