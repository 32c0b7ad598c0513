// SysClient: an MQTT client of the broker that it runs in, for what the broker publishes under
// $SYS.
//
// A plugin is not told of $SYS. This client subscribes to it over TCP, as any other client: it is
// one of the broker's clients, and what it gets counts as sent.
// When to use something else: none; without plugin_opt_sys_client there is none.
// Guarantees:
// 1. It connects again after an error: the listener opens after plugins are loaded. It waits for
//    SysClientOptions::retry_first, then for twice as long each time, at most retry_max.
//    Once it has subscribed, it begins again with retry_first.
// 2. Figures are forgotten when a connection ends.
// 3. When the destructor returns, its thread has ended. It waits for no peer.
// Thread safety: one thread. Its own thread calls `log`.
// Cost: a thread, and about fifty messages each sys_interval.
// Errors: Start(), Unavailable where there is no thread or no descriptor. Later ones, as a refused
// connection, are lines of the log: one for the second failure, and one when a connection is up
// again. `failures` counts all of them. What is thrown on its thread, as without memory, ends the
// connection and is such a failure.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "integrations/mosquitto/mqtt_packets.h"
#include "integrations/mosquitto/sys_figures.h"
#include "metrics_core/counter.h"
#include "metrics_core/gauge.h"
#include "metrics_core/settings.h"
#include "metrics_core/status.h"

namespace streamhouse::mosquitto_plugin {

inline constexpr std::chrono::seconds kSysRetryFirst{1};
inline constexpr std::chrono::seconds kSysRetryMax{60};
inline constexpr std::chrono::seconds kSysAnswerTime{5};
inline constexpr std::chrono::seconds kSysKeepAlive{30};

struct SysClientOptions {
  metrics::HostPort address = {};  // an IP address
  std::string user = {};           // empty: none
  std::string password = {};
  std::chrono::milliseconds retry_first = kSysRetryFirst;
  std::chrono::milliseconds retry_max = kSysRetryMax;
};

// What a client of $SYS records of itself.
struct SysClientMetrics {
  metrics::Gauge subscribed;  // 1 while it is subscribed to $SYS, else 0
  metrics::Counter failures;  // connections that failed or have ended
};

class SysClient {
 public:
  using LogLine = std::function<void(std::string_view line)>;

  // `figures` must outlive the client.
  static metrics::Result<std::unique_ptr<SysClient>> Start(SysClientOptions options, SysFigures& figures,
                                                           SysClientMetrics own, LogLine log);
  ~SysClient();
  SysClient(const SysClient&) = delete;
  SysClient& operator=(const SysClient&) = delete;

 private:
  SysClient(SysClientOptions options, SysFigures& figures, SysClientMetrics own, LogLine log);

  void Run();
  // A connection from its begin to its end. False where the client is to stop.
  bool RunConnection() noexcept;
  // Until the connection ends, or Ok where the client is to stop.
  metrics::Status Listen(int connection);
  metrics::Status Handle(const ReadPacket& packet);
  // Whether the descriptor has one of the events within the time; Ok where the client is to stop.
  enum class Waited : std::uint8_t { kReady, kTimeOut, kStop };
  Waited Wait(int descriptor, short events, std::chrono::milliseconds time) const;
  metrics::Result<int> Connect() const;
  void Report(const metrics::Status& ended);

  // Immutable after construction.
  const SysClientOptions options_;
  SysFigures& figures_;
  const SysClientMetrics own_;
  const LogLine log_;
  int stop_ = -1;  // an eventfd that can be read once the client is to stop

  // Used by the thread alone.
  bool is_subscribed_ = false;
  int failures_ = 0;  // since the last subscription
  std::chrono::milliseconds retry_time_;

  std::thread thread_;
};

}  // namespace streamhouse::mosquitto_plugin
