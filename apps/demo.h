// Demo: an agent, a producer and a consumer in one process, over real gRPC, with one registry and
// one page.
//
// Streams the lines of a path over and over at a stated rate, and prints a line a second. Run()
// ends on SIGINT or SIGTERM, drained: no new lines, what was sent is acknowledged, what was
// acknowledged is consumed and committed. Its last line says how many of each.
// Guarantees: without a data folder of the user's, nothing is left behind, unless the process is
// killed.
// Thread safety: Run() once.
// Cost: two threads besides those of agent, producer and consumer.
// Errors: one line that names the port or path and the flag that changes it; an error as well when
// a record failed, or was acknowledged and not consumed.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "apps/delivery_tally.h"
#include "apps/metrics_page.h"
#include "apps/scratch_folder.h"
#include "apps/serving_agent.h"
#include "apps/shutdown_signal.h"
#include "apps/text_lines.h"
#include "client/broker.h"
#include "client/consumer.h"
#include "client/producer.h"
#include "client/record.h"
#include "metrics_core/status.h"

namespace streamhouse::apps {

struct DemoFlags {
  std::string path = "/usr/share/common-licenses";
  std::uint32_t records_per_second = 1'000;
  ServingAgentFlags agent;  // a scratch folder unless config.data_folder is set; topics are the demo's own
};

class Demo {
 public:
  explicit Demo(DemoFlags flags)
      : flags_(std::move(flags)), page_(ServiceTarget("streamhouse-demo", flags_.agent.config.agent_id)) {}
  Demo(const Demo&) = delete;
  Demo& operator=(const Demo&) = delete;

  metrics::Status Run();

 private:
  metrics::Status Start();
  metrics::Status StartClients();
  metrics::Status PrintAddresses() const;
  metrics::Status Stream();
  metrics::Status SendLines(const std::stop_token& stop);
  metrics::Status PrintProgress(std::chrono::steady_clock::duration since_last);
  void Consume(const std::stop_token& drain);
  bool HasConsumedAll() const;
  std::string DescribeLag() const;
  std::uint64_t consumed() const;
  metrics::Status Conclude();

  const ShutdownSignal shutdown_;
  DemoFlags flags_;

  // In the order in which they are made; each uses only those before it.
  std::unique_ptr<LineLoop> lines_;
  std::unique_ptr<ScratchFolder> scratch_;
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

  mutable std::mutex mutex_;
  std::uint64_t consumed_ = 0;  // of this run; guarded by mutex_
};

}  // namespace streamhouse::apps
