#include "integrations/mosquitto/event_callbacks.h"

#include <string>

namespace streamhouse::mosquitto_plugin {

using metrics::Status;
using metrics::StatusCode;

namespace {

std::string ReasonOf(int error) {
  if (error == MOSQ_ERR_ALREADY_EXISTS) return "this file is loaded by another `plugin` line already";
  return "error " + std::to_string(error);
}

}  // namespace

EventCallbacks::~EventCallbacks() {
  for (const auto& [event, callback] : added_) {
    mosquitto_callback_unregister(identifier_, event, callback, nullptr);
  }
}

Status EventCallbacks::Add(int event, MOSQ_FUNC_generic_callback callback, void* user_data, std::string_view name) {
  const int error = Register(event, callback, user_data);
  if (error == MOSQ_ERR_SUCCESS) return Status::Ok();
  return Status(StatusCode::kFailedPrecondition,
                "the broker does not tell this plugin of " + std::string(name) + ": " + ReasonOf(error));
}

bool EventCallbacks::TryAdd(int event, MOSQ_FUNC_generic_callback callback, void* user_data) {
  return Register(event, callback, user_data) == MOSQ_ERR_SUCCESS;
}

int EventCallbacks::Register(int event, MOSQ_FUNC_generic_callback callback, void* user_data) {
  added_.emplace_back(event, callback);  // throws first, if at all
  const int error = mosquitto_callback_register(identifier_, event, callback, nullptr, user_data);
  if (error != MOSQ_ERR_SUCCESS) added_.pop_back();
  return error;
}

}  // namespace streamhouse::mosquitto_plugin
