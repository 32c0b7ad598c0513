// FakeBroker: what a plugin calls in Mosquitto, as functions of the test program.
//
// A broker of either release: it knows the events up to `last_event`, and calls what was registered
// for them.
// Guarantees: as the broker, it refuses an event that it does not know, and a callback that is
// registered twice.
// Thread safety: one thread; one at a time.
#pragma once

#include <mosquitto.h>
#include <mosquitto_broker.h>
#include <mosquitto_plugin.h>

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

// The broker's own type, which plugins know by pointers alone.
struct mosquitto {
  const char* id = nullptr;
};

namespace streamhouse::mosquitto_plugin {

class FakeBroker {
 public:
  static constexpr int kLastEventOf20 = MOSQ_EVT_DISCONNECT;
  static constexpr int kLastEventOf21 = 30;

  explicit FakeBroker(int last_event);
  ~FakeBroker();
  FakeBroker(const FakeBroker&) = delete;
  FakeBroker& operator=(const FakeBroker&) = delete;

  mosquitto_plugin_id_t* identifier() { return reinterpret_cast<mosquitto_plugin_id_t*>(this); }

  // The result of the callback; -1 where none is registered.
  int Tell(int event, void* data);
  int Publish(const ::mosquitto& client, const char* topic, unsigned qos);
  int Disconnect(const ::mosquitto& client);
  // A pass of the loop.
  int Tick();

  std::size_t callbacks() const { return callbacks_.size(); }
  const std::vector<std::string>& log() const { return log_; }

  int Register(int event, MOSQ_FUNC_generic_callback callback, void* user_data);
  int Unregister(int event, MOSQ_FUNC_generic_callback callback);
  // The broker's log knows no identifier: of several brokers, the newest one that lives gets it.
  static void LogToNewest(std::string line);

 private:
  const int last_event_;
  FakeBroker* const older_;
  std::map<int, std::pair<MOSQ_FUNC_generic_callback, void*>> callbacks_;
  std::vector<std::string> log_;
};

}  // namespace streamhouse::mosquitto_plugin
