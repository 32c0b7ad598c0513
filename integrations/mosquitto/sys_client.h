// SysClient: an MQTT client of the broker that it runs in, for what the broker publishes under
// $SYS.
//
// A plugin is not told of $SYS. This client subscribes to it over TCP, as any other client: it is
// one of the broker's clients, and what it gets counts as sent.
// When to use something else: none; without plugin_opt_sys_client there is none.
// Guarantees:
// 1. It connects again after an error: the listener opens after plugins are loaded. It waits for
//    SysClientOptions::retry_first, then for twice as long each time, at most retry_max. Once it
//    has been subscribed for keep_alive, it begins again with retry_first.
// 2. It sends a packet at least every keep_alive / 2, however many packets arrive. The broker ends
//    the connection of a client that sends none for keep_alive and a half of it.
// 3. Its client id is the same for each of its connections. No other client that lives in this
//    process has the same.
// 4. Figures are forgotten when a connection ends.
// 5. When the destructor returns, its thread has ended. It waits for no peer.
// Thread safety: one thread. Its own thread calls `log`.
// Cost: a thread, and about fifty messages each sys_interval.
// Errors: Start(), Unavailable where there is no thread or no descriptor. Later failures, as a
// refused connection, are counted in `failures`. What is thrown on its thread, as without memory,
// ends the connection and is such a failure. The log has a line for the second failure in a row,
// and for the first one after a connection that was subscribed for keep_alive. It has another line
// when a connection after that has been subscribed for keep_alive. Where `log` throws, the line
// comes with the next failure, or with the next connection that was subscribed for as long.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "integrations/mosquitto/packet_reader.h"
#include "integrations/mosquitto/sys_figures.h"
#include "metrics_core/counter.h"
#include "metrics_core/gauge.h"
#include "metrics_core/host_port.h"
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
  std::chrono::seconds keep_alive = kSysKeepAlive;  // positive
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
  // Sends a ping where one is due. Not Ok where the broker has not responded in kSysAnswerTime.
  metrics::Status DoWhatIsDue(int connection);
  metrics::Status Receive(int connection, PacketReader& reader);
  metrics::Status Send(int connection, const std::string& packet);
  metrics::Status Handle(const ReadPacket& packet);
  // The connection was subscribed for keep_alive: what failed before it is over.
  void EndFailures();
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

  // Used by the thread alone, for the connection that it has.
  bool is_subscribed_ = false;
  std::chrono::steady_clock::time_point ping_due_;
  std::chrono::steady_clock::time_point check_due_;  // of the response to SUBSCRIBE, then of EndFailures()

  // Used by the thread alone, for all connections.
  // The listener opens after plugins are loaded, so the first failure is expected.
  bool expects_failure_ = true;
  bool has_reported_ = false;  // a failure, and not yet its end
  std::chrono::milliseconds retry_time_;

  std::thread thread_;
};

}  // namespace streamhouse::mosquitto_plugin
