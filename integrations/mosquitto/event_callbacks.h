// EventCallbacks: the callbacks that a plugin has registered with the broker.
//
// When to use something else: mosquitto_callback_register(), where a callback stays for good.
// Guarantees: the destructor takes back every callback that Add() and TryAdd() registered.
// Thread safety: the thread of the broker.
// Cost: at the start and the end only.
// Errors: FailedPrecondition, with the broker's reason. std::bad_alloc, after which nothing is
// registered.
#pragma once

#include <mosquitto.h>
#include <mosquitto_broker.h>
#include <mosquitto_plugin.h>

#include <string_view>
#include <utility>
#include <vector>

#include "metrics_core/status.h"

namespace streamhouse::mosquitto_plugin {

class EventCallbacks {
 public:
  explicit EventCallbacks(mosquitto_plugin_id_t* identifier) : identifier_(identifier) {}
  ~EventCallbacks();
  EventCallbacks(const EventCallbacks&) = delete;
  EventCallbacks& operator=(const EventCallbacks&) = delete;

  // `name` is the event, for the error.
  metrics::Status Add(int event, MOSQ_FUNC_generic_callback callback, void* user_data, std::string_view name);

  // The same for an event that the broker may not know. False where the broker refuses.
  [[nodiscard]] bool TryAdd(int event, MOSQ_FUNC_generic_callback callback, void* user_data);

 private:
  // The broker's response.
  int Register(int event, MOSQ_FUNC_generic_callback callback, void* user_data);

  mosquitto_plugin_id_t* const identifier_;
  std::vector<std::pair<int, MOSQ_FUNC_generic_callback>> added_;
};

}  // namespace streamhouse::mosquitto_plugin
