// The functions that Mosquitto looks up in a plugin, by names and types of its own.
#include <exception>
#include <memory>
#include <string_view>
#include <vector>

#include <mosquitto.h>
#include <mosquitto_broker.h>
#include <mosquitto_plugin.h>

#include "integrations/mosquitto/broker_plugin.h"
#include "integrations/mosquitto/plugin_options.h"
#include "metrics_core/status.h"

namespace streamhouse::mosquitto_plugin {
namespace {

constexpr int kInterfaceVersion = 5;

metrics::Result<std::unique_ptr<BrokerPlugin>> Start(mosquitto_plugin_id_t* identifier, const mosquitto_opt* options,
                                                     int option_count) {
  std::vector<GivenOption> given;
  for (int i = 0; i < option_count; ++i) {
    const auto& [key, value] = options[i];
    given.push_back({.key = key, .value = value == nullptr ? "" : value});
  }
  metrics::Result<PluginOptions> parsed = ParsePluginOptions(given);
  if (!parsed.ok()) return parsed.status();
  return BrokerPlugin::Start(identifier, *parsed);
}

}  // namespace
}  // namespace streamhouse::mosquitto_plugin

extern "C" {

int mosquitto_plugin_version(int supported_version_count, const int* supported_versions) {
  for (int i = 0; i < supported_version_count; ++i) {
    if (supported_versions[i] == streamhouse::mosquitto_plugin::kInterfaceVersion) return supported_versions[i];
  }
  return -1;
}

int mosquitto_plugin_init(mosquitto_plugin_id_t* identifier, void** user_data, mosquitto_opt* options,
                          int option_count) {
  try {
    auto started = streamhouse::mosquitto_plugin::Start(identifier, options, option_count);
    if (!started.ok()) {
      mosquitto_log_printf(MOSQ_LOG_ERR, "Error: streamhouse_mosquitto: %s", started.status().message().c_str());
      return MOSQ_ERR_INVAL;
    }
    *user_data = (*std::move(started)).release();
    return MOSQ_ERR_SUCCESS;
  } catch (const std::exception& error) {
    mosquitto_log_printf(MOSQ_LOG_ERR, "Error: streamhouse_mosquitto: the start failed: %s", error.what());
    return MOSQ_ERR_NOMEM;
  }
}

int mosquitto_plugin_cleanup(void* user_data, mosquitto_opt* /*options*/, int /*option_count*/) {
  delete static_cast<streamhouse::mosquitto_plugin::BrokerPlugin*>(user_data);
  return MOSQ_ERR_SUCCESS;
}

}  // extern "C"
