// FakeListener: a listener of a broker, for one client of MQTT at a time. The test gives its
// responses.
//
// When to use something else: brokers.py, for a real broker.
// Guarantees: the kernel picks the port. A call that waits for the client ends the test program
// where nothing comes for kPatience of eventually.h.
// Thread safety: one thread.
#pragma once

#include <string>
#include <string_view>

#include "metrics_core/host_port.h"

namespace streamhouse::mosquitto_plugin {

class FakeListener {
 public:
  FakeListener();
  ~FakeListener();
  FakeListener(const FakeListener&) = delete;
  FakeListener& operator=(const FakeListener&) = delete;

  const metrics::HostPort& address() const { return address_; }

  // Takes the next connection; the one before ends.
  void Accept();
  // What the client has sent on it, to the end of its SUBSCRIBE for $SYS/broker/#.
  std::string ReadToSubscription();
  // What the client has sent since, without a wait.
  std::string Arrived();
  void Send(std::string_view bytes);
  void End();

  // Takes the next connection and lets its client subscribe.
  void Welcome();
  // Takes the next connection and answers the CONNECT with a code that is not 0.
  void Refuse(char code);

 private:
  const int descriptor_;
  int connection_ = -1;
  metrics::HostPort address_;
};

}  // namespace streamhouse::mosquitto_plugin
