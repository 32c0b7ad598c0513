#include "exporters/exporter_spec.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <system_error>

#include "metrics_core/duration_text.h"
#include "metrics_core/text/percent_encoding.h"

namespace streamhouse::exporters {
namespace {

using metrics::Result;
using metrics::Status;
using metrics::StatusCode;

constexpr std::string_view kSchemeEnd = "://";
constexpr std::string_view kUnixEnd = "+unix";

// All of `text` as a number.
template <typename Integer>
std::optional<Integer> ParseWhole(std::string_view text) {
  Integer value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// Concatenation of a literal and a temporary string makes GCC 12 warn of overlapping memory at -O3.
std::string Quoted(std::string_view text) {
  std::string quoted = "'";
  quoted += text;
  quoted += "'";
  return quoted;
}

bool IsScheme(std::string_view text) {
  return !text.empty() && text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789+-.") == std::string_view::npos;
}

// A name, or an IPv4 address.
bool IsName(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
           c == '_';
  });
}

// With its zone, where it has one: "fe80::1%eth0".
bool IsIpv6Address(std::string_view text) {
  const std::size_t percent = std::min(text.find('%'), text.size());
  const std::string_view address = text.substr(0, percent);
  return address.find(':') != std::string_view::npos &&
         address.find_first_not_of("0123456789abcdefABCDEF:.") == std::string_view::npos &&
         (percent == text.size() || IsName(text.substr(percent + 1)));
}

// "host", "host:port", "[ipv6]:port" or nothing.
Status ParseAuthority(std::string_view authority, ExporterSpec& spec) {
  if (authority.starts_with('[')) {
    const std::size_t end = authority.find(']');
    if (end == std::string_view::npos) return BadSpec(spec, "host", "the host has no closing bracket");
    spec.host = authority.substr(1, end - 1);
    if (!IsIpv6Address(spec.host)) return BadSpec(spec, "host", "between the brackets is no IPv6 address");
    authority.remove_prefix(end + 1);
  } else {
    spec.host = authority.substr(0, authority.find(':'));
    if (!IsName(spec.host)) return BadSpec(spec, "host", Quoted(spec.host) + " is not a host");
    authority.remove_prefix(spec.host.size());
  }
  if (authority.empty()) return Status::Ok();
  spec.port = authority.front() == ':' ? ParseWhole<std::uint16_t>(authority.substr(1)) : std::nullopt;
  return spec.port ? Status::Ok() : BadSpec(spec, "port", Quoted(authority) + " is not a port from 0 to 65535");
}

// "host:port/path"; `path` is not decoded, here and below.
Status ParseInternet(std::string_view text, ExporterSpec& spec, std::string_view& path) {
  const std::size_t slash = std::min(text.find('/'), text.size());
  path = text.substr(slash);
  return ParseAuthority(text.substr(0, slash), spec);
}

// "unix:///socket:/path" or "unix:@name:/path".
Status ParseUnix(std::string_view text, ExporterSpec& spec, std::string_view& path) {
  const metrics::UnixUrl url = metrics::SplitUnixUrl(text);
  path = url.path;
  Result<metrics::UnixSocket> socket = metrics::ParseUnixSocket(url.socket);
  if (!socket.ok()) return BadSpec(spec, "unix_socket", socket.status().message());
  spec.unix_socket = *std::move(socket);
  return Status::Ok();
}

Status ParseOptions(std::string_view query, ExporterSpec& spec) {
  while (!query.empty()) {
    const std::string_view option = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(option.size() + 1, query.size()));
    const std::size_t equals = option.find('=');
    std::optional<std::string> value;
    if (equals != std::string_view::npos) value = metrics::PercentDecode(option.substr(equals + 1));
    if (!value || equals == 0) return BadSpec(spec, "options", Quoted(option) + " is not of the form option=value");
    spec.options.emplace_back(option.substr(0, equals), *std::move(value));
  }
  return Status::Ok();
}

}  // namespace

Status BadSpec(const ExporterSpec& spec, std::string_view field, std::string_view what) {
  return Status(StatusCode::kInvalidArgument, "exporter " + spec.text + ": " + std::string(what))
      .WithField(std::string(field));
}

Status BadOption(const ExporterSpec& spec, std::string_view name, std::string_view what) {
  return BadSpec(spec, name, "option " + std::string(name) + " " + std::string(what)).Within("options");
}

Result<ExporterSpec> ParseExporterSpec(std::string_view text) {
  ExporterSpec spec;
  spec.text = text;
  const std::size_t question = std::min(text.find('?'), text.size());
  const std::string_view query = text.substr(std::min(question + 1, text.size()));
  text = text.substr(0, question);
  const std::size_t colon = std::min(text.find(':'), text.size());
  spec.scheme = text.substr(0, colon);
  const bool is_unix = spec.scheme.ends_with(kUnixEnd);
  if (!IsScheme(spec.scheme) || !text.substr(colon).starts_with(is_unix ? ":" : kSchemeEnd)) {
    return BadSpec(spec, "scheme", "it does not start with scheme://");
  }
  std::string_view path;
  Status parsed = is_unix ? ParseUnix(text.substr(colon + 1 - kUnixEnd.size()), spec, path)
                          : ParseInternet(text.substr(colon + kSchemeEnd.size()), spec, path);
  if (!parsed.ok()) return parsed;
  const std::optional<std::string> decoded = metrics::PercentDecode(path);
  if (!decoded) return BadSpec(spec, "path", "a '%' in the path is not followed by two hexadecimal digits");
  spec.path = *decoded;
  if (parsed = ParseOptions(query, spec); !parsed.ok()) return parsed;
  return spec;
}

const std::string* SpecOptions::Find(std::string_view name) {
  known_.push_back(name);
  const std::string* found = nullptr;
  for (const auto& [given, value] : spec_.options) {
    if (given != name) continue;
    if (found != nullptr) Object(name, "is given twice");
    if (value.empty()) Object(name, "is empty");
    found = &value;
  }
  return found;
}

void SpecOptions::Object(std::string_view name, std::string_view wants) {
  if (status_.ok()) status_ = BadOption(spec_, name, wants);
}

void SpecOptions::ObjectToChoice(std::string_view name, const std::vector<std::string_view>& choices) {
  std::string wants = "must be ";
  for (std::size_t i = 0; i < choices.size(); ++i) {
    if (i > 0) wants += i + 1 < choices.size() ? ", " : " or ";
    wants += choices[i];
  }
  Object(name, wants);
}

std::string SpecOptions::Text(std::string_view name, std::string_view otherwise) {
  const std::string* const value = Find(name);
  return value == nullptr ? std::string(otherwise) : *value;
}

std::vector<std::string> SpecOptions::List(std::string_view name) {
  const std::string* const value = Find(name);
  std::vector<std::string> items;
  for (std::string_view rest = value == nullptr ? std::string_view() : *value; !rest.empty();) {
    items.emplace_back(rest.substr(0, rest.find(',')));
    rest.remove_prefix(std::min(items.back().size() + 1, rest.size()));
  }
  return items;
}

std::vector<std::pair<std::string, std::string>> SpecOptions::Pairs(std::string_view name) {
  known_.push_back(name);
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const auto& [given, value] : spec_.options) {
    if (given != name) continue;
    const std::size_t colon = value.find(':');
    if (colon == std::string::npos) {
      Object(name, "must be of the form NAME:VALUE");
    } else {
      pairs.emplace_back(value.substr(0, colon), value.substr(colon + 1));
    }
  }
  return pairs;
}

std::uint64_t SpecOptions::Number(std::string_view name, std::uint64_t otherwise) {
  const std::string* const text = Find(name);
  if (text == nullptr) return otherwise;
  const auto value = ParseWhole<std::uint64_t>(*text);
  if (value && *value > 0) return *value;
  Object(name, "must be a whole number, at least 1");
  return otherwise;
}

std::chrono::milliseconds SpecOptions::Duration(std::string_view name, std::chrono::milliseconds otherwise) {
  const std::string* const text = Find(name);
  if (text == nullptr) return otherwise;
  const Result<std::chrono::milliseconds> value = metrics::ParseDuration(*text);
  if (!value.ok() || value->count() == 0) {
    Object(name, "must be a duration such as 500ms, 15s or 2m");
    return otherwise;
  }
  if (*value <= metrics::kIntervalMax) return *value;
  Object(name, "must be at most " + std::to_string(metrics::kIntervalMax.count()) + " days");
  return otherwise;
}

Status SpecOptions::Check() const {
  if (!status_.ok()) return status_;
  for (const auto& [given, value] : spec_.options) {
    if (std::find(known_.begin(), known_.end(), given) != known_.end()) continue;
    std::string names;
    for (const std::string_view name : known_) names.append(names.empty() ? "" : ", ").append(name);
    return BadSpec(spec_, given, "there is no option " + given + (names.empty() ? "" : "; there are " + names))
        .Within("options");
  }
  return Status::Ok();
}

}  // namespace streamhouse::exporters
