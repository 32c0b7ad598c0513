// StatisticsMetrics: the families that are made of statistics documents of all clients.
//
// When to use something else: RdkafkaMetrics (rdkafka_metrics.h) is what programs use.
// Guarantees:
// 1. Clients with the same labels add up, in counters and in gauges. A partition that two clients
//    of a group have counts once, as the newer of their documents has it: it has just moved.
// 2. Gauges of a client leave the page when its newest document is older than
//    kStatisticsIntervals of its intervals and kStatisticsSlack (three, and two seconds).
//    rdkafka_statistics_timestamp_seconds stays.
// 3. Forget() takes the gauges of a client off the page. Its counters stay. Later documents of the
//    client are ignored, because its totals would count twice. The names of the last kForgottenMax
//    forgotten clients are kept for this.
// Thread safety: all methods from any thread, also while a page is made.
// Cost: Take() holds a lock for the time of ClientState::Take(); a page holds it while it collects
// a family.
// Errors: AlreadyExists where the registry has a StatisticsMetrics that lives: the newer one would
// hide the summaries of the other. Take(), Change() and Forget() throw std::bad_alloc. What
// ClientState says of that holds; a client that Forget() throws for is not forgotten.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "integrations/librdkafka/client_state.h"
#include "integrations/librdkafka/statistics.h"
#include "metrics_core/callback_family.h"
#include "metrics_core/metric_options.h"
#include "metrics_core/mutex.h"
#include "metrics_core/registry.h"
#include "metrics_core/status.h"

namespace streamhouse::librdkafka {

// A document of a forgotten client comes at most a few polls after Forget().
inline constexpr std::size_t kForgottenMax = 1024;

class StatisticsMetrics {
 public:
  using SecondsClock = std::function<std::chrono::seconds()>;  // since the Unix epoch
  using SettingsOfClient = std::function<ClientSettings()>;

  // `registry` must outlive it. `now` is the system's clock unless set.
  static metrics::Result<std::unique_ptr<StatisticsMetrics>> Register(metrics::Registry& registry,
                                                                      SecondsClock now = {});

  // `settings` is asked for once a name.
  void Take(const Statistics& statistics, const SettingsOfClient& settings);

  // What ClientState has under these names, where there is no memory for Change(). Of a client
  // without a state, it holds for each client that gets its state later. Not for one that was
  // forgotten.
  void NoteLostDocument(std::string_view name);
  void NoteLostPause(std::string_view name);

  // Calls `change` with the state of a client, which is made if need be. Not for one that was
  // forgotten.
  void Change(std::string_view name, const SettingsOfClient& settings, const std::function<void(ClientState&)>& change);

  void Forget(std::string_view name);

 private:
  template <std::size_t kLabels>
  using Sums = std::map<std::array<std::string, kLabels>, double>;
  using Clients = std::vector<const ClientState*>;  // the one with the newest document last
  enum class Shown : std::uint8_t { kWhileYoung, kAlways };
  enum class Of : std::uint8_t { kProducers, kConsumers, kAll };

  // Of a registry, for one living object.
  class Claim {
   public:
    explicit Claim(const metrics::Registry& registry);
    ~Claim();
    Claim(const Claim&) = delete;
    Claim& operator=(const Claim&) = delete;

    bool is_first() const { return is_first_; }

   private:
    const metrics::Registry* const registry_;
    const bool is_first_;
  };

  StatisticsMetrics(const metrics::Registry& registry, SecondsClock now) : claim_(registry), now_(std::move(now)) {}

  // The state of a client; nothing for one that was forgotten.
  ClientState* StateOf(std::string_view name, const SettingsOfClient& settings) STREAMHOUSE_REQUIRES(mutex_);
  bool IsForgotten(std::string_view name) const STREAMHOUSE_REQUIRES(mutex_);
  metrics::Status RegisterGauges(metrics::Registry& registry);
  metrics::Status RegisterPartitionGauges(metrics::Registry& registry);
  // A gauge whose samples `collect` makes of all clients that are shown.
  template <std::size_t kLabels>
  metrics::Status AddGauge(metrics::Registry& registry, metrics::MetricOptions options, Of of, Shown shown,
                           std::function<void(const Clients&, Sums<kLabels>&)> collect);

  const Claim claim_;
  const SecondsClock now_;
  metrics::Mutex mutex_;
  // By the name of the instance. A look-up needs no memory.
  std::map<std::string, ClientState, std::less<>> clients_ STREAMHOUSE_GUARDED_BY(mutex_);
  // Names, the newest last. No other instance gets them.
  std::deque<std::string> forgotten_ STREAMHOUSE_GUARDED_BY(mutex_);
  StatisticsCounters counters_ STREAMHOUSE_GUARDED_BY(mutex_);
  // Of clients without a state.
  bool has_lost_document_ STREAMHOUSE_GUARDED_BY(mutex_) = false;
  bool has_lost_pause_ STREAMHOUSE_GUARDED_BY(mutex_) = false;
  std::vector<metrics::CallbackFamily::Token> tokens_;  // the last member: callbacks read the others
};

}  // namespace streamhouse::librdkafka
