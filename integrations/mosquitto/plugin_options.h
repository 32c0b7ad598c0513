// PluginOptions: what the lines `plugin_opt_…` of mosquitto.conf say.
//
//   plugin_opt_http HOST:PORT                   required; also unix:///PATH?mode=0660&group=NAME and unix:@NAME
//   plugin_opt_web_config FILE                  TLS and passwords of the page (exporters/http/access/web_config.h)
//   plugin_opt_topic_levels N                   0 to kTopicLevelsMax: levels of a topic that make its prefix
//   plugin_opt_topic_rule FILTER                a topic filter of MQTT; may be repeated, up to kTopicRulesMax times
//   plugin_opt_prefix_series_max N              1 to kPrefixSeriesMax
//   plugin_opt_acl_checks with_acl_file         counts ACL checks, which makes the broker ask for an acl_file
//   plugin_opt_auth_checks with_password_file   counts authentications, which makes it ask for a password_file
//   plugin_opt_sys_client IP:PORT               a listener of the broker, to read $SYS through (sys_client.h)
//   plugin_opt_sys_user NAME                    the user name of that client; goes with the next option
//   plugin_opt_sys_password_file FILE           its first line is the password
//
// When to use something else: exporters/exporter_spec.h reads the lines of exporters.
// Guarantees:
// 1. Every option is known, was given once (but for topic_rule), and has a value in its range.
// 2. Blanks around a value do not count: the broker leaves those at its end in place.
// Thread safety: a value and a pure function.
// Cost: at the start only.
// Errors: InvalidArgument, which begins with the name of the option as mosquitto.conf has it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "metrics_core/host_port.h"
#include "metrics_core/sockets/socket_address.h"
#include "metrics_core/status.h"

namespace streamhouse::mosquitto_plugin {

inline constexpr std::uint32_t kTopicLevelsMax = 16;
inline constexpr std::size_t kTopicRulesMax = 32;
inline constexpr std::uint32_t kPrefixSeriesMax = 10'000;

// As the broker hands it over, without `plugin_opt_`.
struct GivenOption {
  std::string_view key;
  std::string_view value;
};

// Whether the plugin registers for checks that change what the broker allows.
enum class Checks : std::uint8_t { kOff, kOn };

struct PluginOptions {
  metrics::SocketAddress http = {};
  std::string web_config_file = {};  // empty: none
  std::uint32_t topic_levels = 1;
  std::vector<std::string> topic_rules = {};
  std::uint32_t prefix_series_max = 1'000;
  Checks acl_checks = Checks::kOff;
  Checks auth_checks = Checks::kOff;
  std::optional<metrics::HostPort> sys_client = {};
  std::string sys_user = {};
  std::string sys_password_file = {};
};

metrics::Result<PluginOptions> ParsePluginOptions(std::span<const GivenOption> given);

}  // namespace streamhouse::mosquitto_plugin
