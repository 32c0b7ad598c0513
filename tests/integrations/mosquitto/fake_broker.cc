#include "tests/integrations/mosquitto/fake_broker.h"

#include <cstdarg>
#include <cstdint>
#include <cstdio>

namespace streamhouse::mosquitto_plugin {
namespace {

FakeBroker* newest = nullptr;  // whose log it is

}  // namespace

FakeBroker::FakeBroker(int last_event) : last_event_(last_event), older_(std::exchange(newest, this)) {}

FakeBroker::~FakeBroker() {
  newest = older_;
}

void FakeBroker::LogToNewest(std::string line) {
  if (newest != nullptr) newest->log_.push_back(std::move(line));
}

int FakeBroker::Tell(int event, void* data) {
  const auto found = callbacks_.find(event);
  return found == callbacks_.end() ? -1 : found->second.first(event, data, found->second.second);
}

int FakeBroker::Publish(const ::mosquitto& client, const char* topic, unsigned qos) {
  mosquitto_evt_message message = {};
  message.client = const_cast<::mosquitto*>(&client);
  message.topic = const_cast<char*>(topic);
  message.payloadlen = 10;
  message.qos = static_cast<std::uint8_t>(qos);
  return Tell(MOSQ_EVT_MESSAGE, &message);
}

int FakeBroker::Disconnect(const ::mosquitto& client) {
  mosquitto_evt_disconnect disconnect = {};
  disconnect.client = const_cast<::mosquitto*>(&client);
  disconnect.reason = -1;
  return Tell(MOSQ_EVT_DISCONNECT, &disconnect);
}

int FakeBroker::Tick() {
  mosquitto_evt_tick tick = {};
  return Tell(MOSQ_EVT_TICK, &tick);
}

int FakeBroker::Register(int event, MOSQ_FUNC_generic_callback callback, void* user_data) {
  if (event > last_event_) return MOSQ_ERR_NOT_SUPPORTED;
  return callbacks_.emplace(event, std::pair(callback, user_data)).second ? MOSQ_ERR_SUCCESS : MOSQ_ERR_ALREADY_EXISTS;
}

int FakeBroker::Unregister(int event, MOSQ_FUNC_generic_callback callback) {
  const auto found = callbacks_.find(event);
  if (found == callbacks_.end() || found->second.first != callback) return MOSQ_ERR_NOT_FOUND;
  callbacks_.erase(found);
  return MOSQ_ERR_SUCCESS;
}

}  // namespace streamhouse::mosquitto_plugin

namespace {

streamhouse::mosquitto_plugin::FakeBroker& BrokerOf(mosquitto_plugin_id_t* identifier) {
  return *reinterpret_cast<streamhouse::mosquitto_plugin::FakeBroker*>(identifier);
}

}  // namespace

extern "C" {

int mosquitto_callback_register(mosquitto_plugin_id_t* identifier, int event, MOSQ_FUNC_generic_callback callback,
                                const void* /*event_data*/, void* user_data) {
  return BrokerOf(identifier).Register(event, callback, user_data);
}

int mosquitto_callback_unregister(mosquitto_plugin_id_t* identifier, int event, MOSQ_FUNC_generic_callback callback,
                                  const void* /*event_data*/) {
  return BrokerOf(identifier).Unregister(event, callback);
}

void mosquitto_log_printf(int /*level*/, const char* format, ...) {
  char line[512];
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  streamhouse::mosquitto_plugin::FakeBroker::LogToNewest(line);
}

const char* mosquitto_client_id(const struct mosquitto* client) {
  return client->id;
}

}  // extern "C"
