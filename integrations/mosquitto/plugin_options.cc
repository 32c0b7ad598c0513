#include "integrations/mosquitto/plugin_options.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <charconv>
#include <set>
#include <system_error>
#include <utility>

#include "integrations/mosquitto/take.h"
#include "integrations/mosquitto/topic_filter.h"

namespace streamhouse::mosquitto_plugin {

using metrics::Result;
using metrics::Status;
using metrics::StatusCode;

namespace {

constexpr std::string_view kWithAclFile = "with_acl_file";
constexpr std::string_view kWithPasswordFile = "with_password_file";

Status Refuse(std::string_view key, std::string_view why) {
  return Status(StatusCode::kInvalidArgument, "plugin_opt_" + std::string(key) + ": " + std::string(why))
      .WithField(std::string(key));
}

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

Result<std::uint32_t> ParseNumber(const GivenOption& option, std::uint32_t least, std::uint32_t most) {
  std::uint32_t number = 0;
  const char* const end = option.value.data() + option.value.size();
  const auto [rest, error] = std::from_chars(option.value.data(), end, number);
  if (error != std::errc() || rest != end || number < least || number > most) {
    return Refuse(option.key, "\"" + std::string(option.value) + "\" is no whole number from " + std::to_string(least) +
                                  " to " + std::to_string(most));
  }
  return number;
}

// The word says that the operator knows what registering for the checks does to the broker.
Result<Checks> ParseChecks(const GivenOption& option, std::string_view word, std::string_view file) {
  if (option.value == word) return Checks::kOn;
  return Refuse(option.key, "the value must be " + std::string(word) +
                                ": with this option the broker refuses clients unless it has a " + std::string(file));
}

Status AddRule(const GivenOption& option, std::vector<std::string>& rules) {
  if (rules.size() == kTopicRulesMax) {
    return Refuse(option.key, "there are more than " + std::to_string(kTopicRulesMax));
  }
  if (Status checked = CheckTopicFilter(option.value); !checked.ok()) return Refuse(option.key, checked.message());
  rules.emplace_back(option.value);
  return Status::Ok();
}

// Without a look-up of names, which may take long and fail later.
Status ReadSysClient(const GivenOption& option, std::optional<metrics::HostPort>& to) {
  Result<metrics::HostPort> address = metrics::ParseHostPort(option.value);
  if (!address.ok()) return Refuse(option.key, address.status().message());
  in6_addr ignored;
  const char* const host = address->host.c_str();
  if (::inet_pton(AF_INET, host, &ignored) != 1 && ::inet_pton(AF_INET6, host, &ignored) != 1) {
    return Refuse(option.key, "\"" + address->host + "\" is no IP address");
  }
  to = *std::move(address);
  return Status::Ok();
}

Status Read(const GivenOption& option, PluginOptions& options) {
  if (option.value.empty()) return Refuse(option.key, "a value is missing");
  if (option.key == "http") {
    Result<metrics::SocketAddress> address = metrics::ParseListenAddress(option.value);
    if (!address.ok()) return Refuse(option.key, address.status().message());
    options.http = *std::move(address);
    return Status::Ok();
  }
  if (option.key == "web_config") {
    options.web_config_file = option.value;
    return Status::Ok();
  }
  if (option.key == "topic_levels") return Take(ParseNumber(option, 0, kTopicLevelsMax), options.topic_levels);
  if (option.key == "topic_rule") return AddRule(option, options.topic_rules);
  if (option.key == "prefix_series_max") {
    return Take(ParseNumber(option, 1, kPrefixSeriesMax), options.prefix_series_max);
  }
  if (option.key == "acl_checks") return Take(ParseChecks(option, kWithAclFile, "acl_file"), options.acl_checks);
  if (option.key == "auth_checks") {
    return Take(ParseChecks(option, kWithPasswordFile, "password_file"), options.auth_checks);
  }
  if (option.key == "sys_client") return ReadSysClient(option, options.sys_client);
  if (option.key == "sys_user") {
    options.sys_user = option.value;
    return Status::Ok();
  }
  if (option.key == "sys_password_file") {
    options.sys_password_file = option.value;
    return Status::Ok();
  }
  return Refuse(option.key, "there is no such option");
}

// The options of the client of $SYS belong together.
Status CheckSysOptions(const PluginOptions& options) {
  if (options.sys_user.empty() != options.sys_password_file.empty()) {
    return Refuse(options.sys_user.empty() ? "sys_password_file" : "sys_user",
                  "plugin_opt_sys_user and plugin_opt_sys_password_file go together");
  }
  if (!options.sys_user.empty() && !options.sys_client) {
    return Refuse("sys_user", "there is no plugin_opt_sys_client that would use it");
  }
  return Status::Ok();
}

}  // namespace

Result<PluginOptions> ParsePluginOptions(std::span<const GivenOption> given) {
  PluginOptions options;
  std::set<std::string_view> seen;
  for (const auto& [key, value] : given) {
    if (!seen.insert(key).second && key != "topic_rule") return Refuse(key, "the option was given twice");
    if (Status read = Read({.key = key, .value = Trim(value)}, options); !read.ok()) return read;
  }
  if (!seen.contains("http")) return Refuse("http", "the option is missing: say where to serve the metrics, HOST:PORT");
  if (Status checked = CheckSysOptions(options); !checked.ok()) return checked;
  return options;
}

}  // namespace streamhouse::mosquitto_plugin
