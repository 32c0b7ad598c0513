#include "exporters/otlp/otlp_environment.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <initializer_list>
#include <system_error>

#include "exporters/encoding/ascii_case.h"
#include "exporters/push/http/http_request.h"
#include "metrics_core/duration_text.h"
#include "metrics_core/text/percent_encoding.h"
#include "metrics_core/text/utf8.h"

namespace streamhouse::exporters {
namespace {

using std::chrono::milliseconds;

using Pairs = std::vector<std::pair<std::string, std::string>>;

std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t";
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  return text.substr(0, text.find_last_not_of(kBlanks) + 1);
}

// "k=v,k2=v2", with percent-encoded values; nothing where that is not so.
std::optional<Pairs> ParsePairs(std::string_view text) {
  Pairs pairs;
  while (!text.empty()) {
    const std::string_view item = text.substr(0, text.find(','));
    text.remove_prefix(std::min(item.size() + 1, text.size()));
    if (Trimmed(item).empty()) continue;
    const std::size_t equals = item.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    std::optional<std::string> key = metrics::PercentDecode(Trimmed(item.substr(0, equals)));
    std::optional<std::string> value = metrics::PercentDecode(Trimmed(item.substr(equals + 1)));
    if (!key || key->empty() || !value) return std::nullopt;
    if (!metrics::IsValidUtf8(*key) || !metrics::IsValidUtf8(*value)) return std::nullopt;
    pairs.emplace_back(*std::move(key), *std::move(value));
  }
  return pairs;
}

// Those of a request's frame are the exporter's own.
bool IsHeaderName(std::string_view name) {
  return !IsFrameHeader(name) && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

bool IsHeaderValue(std::string_view value) {
  return std::all_of(value.begin(), value.end(),
                     [](char c) { return c == '\t' || (c >= ' ' && c != '\x7F') || c < 0; });
}

// Takes "http://" or "https://" from the beginning.
std::optional<bool> TakeScheme(std::string_view& url) {
  for (const bool is_https : {false, true}) {
    const std::string_view scheme = is_https ? "https://" : "http://";
    if (!EqualsIgnoringCase(url.substr(0, scheme.size()), scheme)) continue;
    url.remove_prefix(scheme.size());
    return is_https;
  }
  return std::nullopt;
}

constexpr std::string_view kIpv6Characters = "0123456789abcdefABCDEF:.";
constexpr std::string_view kNameCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._";

bool IsHost(std::string_view host, std::string_view allowed) {
  return !host.empty() && host.find_first_not_of(allowed) == std::string_view::npos;
}

bool ParseHostAndPort(std::string_view authority, OtlpEndpoint& endpoint) {
  const bool is_ipv6 = authority.starts_with('[');
  const std::size_t host_end = is_ipv6 ? authority.find(']') : std::min(authority.find(':'), authority.size());
  if (host_end == std::string_view::npos) return false;
  endpoint.host = authority.substr(is_ipv6 ? 1 : 0, host_end - (is_ipv6 ? 1 : 0));
  authority.remove_prefix(host_end + (is_ipv6 ? 1 : 0));
  if (!IsHost(endpoint.host, is_ipv6 ? kIpv6Characters : kNameCharacters)) return false;
  endpoint.port = endpoint.is_https ? 443 : 80;
  if (authority.empty()) return true;
  const char* const end = authority.data() + authority.size();
  const auto [at, error] = std::from_chars(authority.data() + 1, end, endpoint.port);
  return authority.front() == ':' && error == std::errc() && at == end && endpoint.port > 0;
}

// A path without blanks and control characters, which would end a request's line.
bool IsRequestTarget(std::string_view path) {
  return std::all_of(path.begin(), path.end(), [](char c) { return c > ' ' && c < '\x7F' && c != '#'; });
}

std::optional<OtlpEndpoint> ParseUrl(std::string_view url) {
  OtlpEndpoint endpoint;
  const std::optional<bool> is_https = TakeScheme(url);
  if (!is_https) return std::nullopt;
  endpoint.is_https = *is_https;
  const std::size_t authority_end = std::min(url.find_first_of("/?#"), url.size());
  if (!ParseHostAndPort(url.substr(0, authority_end), endpoint)) return std::nullopt;
  endpoint.path = url.substr(authority_end);
  if (!IsRequestTarget(endpoint.path)) return std::nullopt;
  return endpoint;
}

class Reader {
 public:
  explicit Reader(const EnvironmentLookup& look_up) : look_up_(look_up) {}

  OtlpEnvironment Read() {
    if (HasConfigFile()) return std::move(read_);
    ReadEndpoint();
    ReadHeaders();
    if (const auto found = FindOfMetrics("COMPRESSION")) {
      read_.compression =
          OneOf<ContentCoding>(*found, {{"none", ContentCoding::kIdentity}, {"gzip", ContentCoding::kGzip}});
    }
    read_.timeout = Milliseconds(FindOfMetrics("TIMEOUT"));
    if (read_.timeout == milliseconds(0)) {
      read_.timeout = kOtlpTimeoutOfZero;
      Note("a timeout of 0, which means no limit, is " + std::to_string(kOtlpTimeoutOfZero.count()) + " s here");
    }
    read_.interval = Milliseconds(Find("OTEL_METRIC_EXPORT_INTERVAL"));
    if (read_.interval == milliseconds(0)) {
      Ignore("OTEL_METRIC_EXPORT_INTERVAL");
      read_.interval.reset();
    }
    if (const auto found = FindOfMetrics("PROTOCOL")) {
      read_.encoding =
          OneOf<OtlpEncoding>(*found, {{"http/protobuf", OtlpEncoding::kProtobuf}, {"http/json", OtlpEncoding::kJson}});
    }
    if (const auto found = Find("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE")) {
      read_.deltas = OneOf<DeltaFamilies>(*found, {{"cumulative", DeltaFamilies::kNone},
                                                   {"delta", DeltaFamilies::kAll},
                                                   {"lowmemory", DeltaFamilies::kRecorded}});
    }
    const std::string aggregation = "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION";
    if (Find(aggregation)) Note(aggregation + " is ignored: the program decides the buckets of its histograms");
    read_.certificate = TextOf("CERTIFICATE");
    read_.client_certificate = TextOf("CLIENT_CERTIFICATE");
    read_.client_key = TextOf("CLIENT_KEY");
    ReadResource();
    return std::move(read_);
  }

  ResourceEnvironment ReadResourceAlone() {
    if (!HasConfigFile()) ReadResource();
    return {.resource = std::move(read_.resource), .notes = std::move(read_.notes)};
  }

 private:
  struct Variable {
    std::string name;
    std::string value;
  };

  std::optional<Variable> Find(const std::string& name) const {
    std::optional<std::string> value = look_up_(name.c_str());
    if (!value || value->empty()) return std::nullopt;
    return Variable{name, *std::move(value)};
  }

  std::optional<Variable> FindOfMetrics(const std::string& end) const {
    auto found = Find("OTEL_EXPORTER_OTLP_METRICS_" + end);
    return found ? found : Find("OTEL_EXPORTER_OTLP_" + end);
  }

  std::string TextOf(const std::string& end) const {
    const auto found = FindOfMetrics(end);
    return found ? found->value : "";
  }

  void Note(std::string line) { read_.notes.push_back(std::move(line)); }
  void Ignore(const std::string& name) { Note(name + " is ignored: it has a value that cannot be used"); }

  bool HasConfigFile() {
    if (!Find("OTEL_CONFIG_FILE")) return false;
    Note("OTEL_CONFIG_FILE is set and is not read; the other OTEL_ variables are ignored");
    return true;
  }

  template <typename Value>
  std::optional<Value> OneOf(const Variable& variable,
                             std::initializer_list<std::pair<std::string_view, Value>> choices) {
    for (const auto& [name, value] : choices) {
      if (EqualsIgnoringCase(Trimmed(variable.value), name)) return value;
    }
    Ignore(variable.name);
    return std::nullopt;
  }

  std::optional<milliseconds> Milliseconds(const std::optional<Variable>& variable) {
    if (!variable) return std::nullopt;
    const std::string_view text = Trimmed(variable->value);
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc() && end == text.data() + text.size() && milliseconds(value) <= metrics::kIntervalMax) {
      return milliseconds(value);
    }
    Ignore(variable->name);
    return std::nullopt;
  }

  void ReadEndpoint() {
    const auto of_metrics = Find("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT");
    const auto found = of_metrics ? of_metrics : Find("OTEL_EXPORTER_OTLP_ENDPOINT");
    if (!found) return;
    read_.endpoint = ParseUrl(Trimmed(found->value));
    // A base has no query.
    if (read_.endpoint && !of_metrics && read_.endpoint->path.find('?') != std::string::npos) read_.endpoint.reset();
    if (!read_.endpoint) return Ignore(found->name);
    read_.endpoint->variable = found->name;
    std::string& path = read_.endpoint->path;
    if (!of_metrics) {
      if (path.ends_with('/')) path.pop_back();
      path += "/v1/metrics";
    } else if (!path.starts_with('/')) {
      path.insert(0, "/");
    }
  }

  void ReadHeaders() {
    const auto found = FindOfMetrics("HEADERS");
    if (!found) return;
    auto pairs = ParsePairs(found->value);
    const bool is_good = pairs && std::all_of(pairs->begin(), pairs->end(), [](const auto& pair) {
                           return IsHeaderName(pair.first) && IsHeaderValue(pair.second);
                         });
    if (!is_good) return Ignore(found->name);
    read_.headers = *std::move(pairs);
  }

  void ReadResource() {
    if (const auto found = Find("OTEL_SERVICE_NAME")) read_.resource.emplace_back("service.name", found->value);
    const auto found = Find("OTEL_RESOURCE_ATTRIBUTES");
    if (!found) return;
    const auto pairs = ParsePairs(found->value);
    if (!pairs) return Ignore(found->name);
    read_.resource.insert(read_.resource.end(), pairs->begin(), pairs->end());
  }

  const EnvironmentLookup& look_up_;
  OtlpEnvironment read_;
};

}  // namespace

std::optional<std::string> LookUpEnvironment(const char* name) {
  const char* const value = std::getenv(name);
  if (value == nullptr) return std::nullopt;
  return value;
}

OtlpEnvironment ReadOtlpEnvironment(const EnvironmentLookup& look_up) {
  return Reader(look_up).Read();
}

ResourceEnvironment ReadResourceEnvironment(const EnvironmentLookup& look_up) {
  return Reader(look_up).ReadResourceAlone();
}

}  // namespace streamhouse::exporters
