// DatagramReceiver: a receiver of StatsD lines on this machine, which can go away and come back at
// the same address.
//
// Guarantees: the kernel picks the port; a Unix socket has a short path below /tmp. Away() reads
// what has come, and only then returns: what the system took is counted, but for datagrams that the
// system itself drops. While it is unreachable, the system refuses datagrams.
// Thread safety: Away() and Back() from one thread; the rest from any.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "metrics_core/mutex.h"
#include "metrics_core/sockets/socket_address.h"

namespace streamhouse::exporters {

class DatagramReceiver {
 public:
  enum class Kind : std::uint8_t { kUdp, kUnix };
  enum class Reading : std::uint8_t { kAtOnce, kNever };

  explicit DatagramReceiver(Kind kind, Reading reading = Reading::kAtOnce);
  ~DatagramReceiver();
  DatagramReceiver(const DatagramReceiver&) = delete;
  DatagramReceiver& operator=(const DatagramReceiver&) = delete;

  std::uint16_t port() const { return port_; }       // of UDP
  const std::string& path() const { return path_; }  // of the Unix socket
  metrics::SocketAddress address() const;

  void Away();
  void Back();
  // Of a receiver that has read nothing.
  void StartReading();

  std::vector<std::string> datagrams() const;
  // The sum of all counts of that name.
  std::int64_t CountOf(const std::string& name) const;
  // The last gauge of that name.
  std::string GaugeOf(const std::string& name) const;

 private:
  // Takes no more; what has come can still be read.
  void Refuse();
  void Run();
  void Keep(const std::string& datagram);

  const Kind kind_;
  const Reading reading_;
  std::string folder_;
  std::string path_;
  std::uint16_t port_ = 0;
  int descriptor_ = -1;
  int leaving_ = -1;  // an eventfd: readable when the thread has to read the rest and end
  std::thread thread_;
  mutable metrics::Mutex mutex_;
  std::vector<std::string> datagrams_ STREAMHOUSE_GUARDED_BY(mutex_);
  std::map<std::string, std::int64_t> counts_ STREAMHOUSE_GUARDED_BY(mutex_);
  std::map<std::string, std::string> gauges_ STREAMHOUSE_GUARDED_BY(mutex_);
};

}  // namespace streamhouse::exporters
