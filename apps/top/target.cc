#include "apps/top/target.h"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/system/error_code.hpp>
#include <cstddef>
#include <utility>
#include <variant>

#include "metrics_core/host_port.h"

namespace streamhouse::apps {

using metrics::HostPort;
using metrics::Result;
using metrics::Status;
using metrics::StatusCode;

namespace {

constexpr std::string_view kPagePath = "/metrics";

Status RefuseUrl(std::string_view url, std::string_view why) {
  return Status(StatusCode::kInvalidArgument,
                "\"" + std::string(url) + "\" is not http://HOST:PORT" + std::string(why));
}

bool IsGraphic(char c) {
  return c > 0x20 && c < 0x7F;
}

void SetPaths(std::string_view path, Target& target) {
  target.page_path = path.empty() || path == "/" ? kPagePath : path;
  const std::string folder = target.page_path.substr(0, target.page_path.find('?'));
  target.readiness_path = folder.substr(0, folder.rfind('/')) + "/ready";
}

Result<Target> ParseUnixTarget(std::string_view url) {
  const metrics::UnixUrl parts = metrics::SplitUnixUrl(url);
  const Result<metrics::SocketAddress> address = metrics::ParseSocketAddress(parts.socket);
  if (!address.ok()) return address.status();
  const auto& socket = std::get<metrics::UnixSocket>(address.value());
  Target target;
  SetPaths(parts.path, target);
  target.url = socket.ToString();
  if (target.page_path != kPagePath) target.url += ":" + target.page_path;
  target.address = socket;
  return target;
}

}  // namespace

Result<Target> ParseTarget(std::string_view url) {
  constexpr std::string_view kHttp = "http://";
  constexpr std::string_view kHttps = "https://";
  if (!std::all_of(url.begin(), url.end(), IsGraphic)) return RefuseUrl("?", ": it has spaces or other characters");
  if (url.starts_with("unix:")) return ParseUnixTarget(url);
  Target target;
  target.has_tls = url.starts_with(kHttps);
  std::string_view rest = url;
  if (target.has_tls || url.starts_with(kHttp)) rest.remove_prefix((target.has_tls ? kHttps : kHttp).size());
  const std::size_t authority_end = std::min(rest.find_first_of("/?#"), rest.size());
  std::string authority(rest.substr(0, authority_end));
  const std::string_view path = rest.substr(authority_end);
  if (authority.find('@') != std::string::npos) return RefuseUrl("…@…", "; --user and --password-file say who asks");
  if (path.find('#') != std::string_view::npos || path.starts_with('?'))
    return RefuseUrl(url, " or http://HOST:PORT/PATH");
  const std::size_t bracket = authority.rfind(']');
  if (authority.find(':', bracket == std::string::npos ? 0 : bracket) == std::string::npos) {
    authority += target.has_tls ? ":443" : ":80";
  }
  Result<HostPort> address = metrics::ParseHostPort(authority);
  if (!address.ok()) return RefuseUrl(url, "");
  if (address->port == 0) return RefuseUrl(url, " with a port above 0");
  SetPaths(path, target);
  target.url = std::string(target.has_tls ? kHttps : kHttp) + address->ToString();
  target.address = *std::move(address);
  if (target.page_path != kPagePath) target.url += target.page_path;
  return target;
}

bool IsLoopback(const Target& target) {
  const auto* const address = std::get_if<HostPort>(&target.address);
  if (address == nullptr) return true;
  boost::system::error_code is_name;
  const boost::asio::ip::address literal = boost::asio::ip::make_address(address->host, is_name);
  return is_name ? address->host == "localhost" : literal.is_loopback();
}

}  // namespace streamhouse::apps
