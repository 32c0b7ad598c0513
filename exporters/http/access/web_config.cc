#include "exporters/http/access/web_config.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <functional>
#include <iterator>
#include <optional>
#include <set>
#include <sstream>
#include <tuple>
#include <utility>

#include "exporters/http/access/go_duration.h"
#include "exporters/http/access/tls_names.h"
#include "exporters/tls/small_file.h"

namespace streamhouse::exporters {
namespace {

using metrics::Result;
using metrics::Status;
using metrics::StatusCode;

Status Bad(const std::string& path, const YAML::Mark& mark, const std::string& what) {
  return Status(StatusCode::kInvalidArgument, path + ":" + std::to_string(std::max(mark.line, 0) + 1) + ": " + what);
}

// Where one begins, which YAML::Load passes over. YAML::LoadAll does not, but never ends on some
// texts that are no YAML.
std::optional<YAML::Mark> SecondDocument(const std::string& text) {
  std::istringstream lines(text);
  bool has_begun = false;
  bool has_ended = false;
  YAML::Mark mark;
  for (std::string line; std::getline(lines, line); ++mark.line) {
    const bool is_marker = line.size() == 3 || line.find_first_of(" \t\r", 3) == 3;
    const bool begins = line.starts_with("---") && is_marker;
    const std::size_t first = line.find_first_not_of(" \t\r");
    const bool is_empty = first == std::string::npos || line[first] == '#' || (line[0] == '%' && !has_begun);
    if (is_empty) continue;
    if (has_ended || (begins && has_begun)) return mark;
    has_begun = true;
    has_ended = line.starts_with("...") && is_marker;
  }
  return std::nullopt;
}

// Reads maps key by key, and keeps the first thing that was wrong.
class Reader {
 public:
  explicit Reader(std::string path) : path_(std::move(path)) {}

  // Calls `take` for each entry of a map; it returns whether it knows the key.
  template <typename Take>
  void Map(const YAML::Node& node, const std::string& name, const Take& take) {
    // Its author meant to say something, and without it a door would be open.
    if (node.IsNull() || (node.IsMap() && node.size() == 0)) return Object(node, name + " is empty");
    if (!node.IsMap()) return Object(node, name + " must be a map");
    std::set<std::string> keys;
    for (const auto& entry : node) {
      if (!entry.first.IsScalar()) return Object(entry.first, name + " has a key that is no text");
      const std::string& key = entry.first.Scalar();
      if (!keys.insert(key).second) Object(entry.first, key + " is given twice in " + name);
      if (entry.second.IsNull()) {
        Object(entry.first, key + " is empty");
        continue;
      }
      if (!take(key, entry.second)) Object(entry.first, "unknown key " + key + " in " + name);
    }
  }

  std::string Text(const YAML::Node& node, const std::string& key) {
    if (node.IsScalar() && !node.Scalar().empty()) return node.Scalar();
    const bool is_empty = node.IsScalar() || node.IsNull();
    Object(node, key + (is_empty ? " is empty" : " must be a text"));
    return "";
  }

  // One of the choices, by its name.
  template <typename Value>
  Value Choice(const YAML::Node& node, const std::string& key,
               std::initializer_list<std::pair<std::string_view, Value>> choices) {
    const std::string text = Text(node, key);
    std::string names;
    for (const auto& [name, value] : choices) {
      if (name == text) return value;
      names.append(names.empty() ? "" : " or ").append(name);
    }
    Object(node, key + " must be " + names);
    return choices.begin()->second;
  }

  // Each item of a list, for `take`, with the node it stands at.
  template <typename Take>
  void List(const YAML::Node& node, const std::string& key, const Take& take) {
    if (node.IsNull() || (node.IsSequence() && node.size() == 0)) return Object(node, key + " is empty");
    if (!node.IsSequence()) return Object(node, key + " must be a list");
    for (const YAML::Node& item : node) take(Text(item, key), item);
  }

  // Relative to the folder of the configuration.
  std::string File(const YAML::Node& node, const std::string& key) {
    const std::string file = Text(node, key);
    return file.starts_with('/') ? file : path_.substr(0, path_.rfind('/') + 1) + file;
  }

  void Object(const YAML::Node& node, const std::string& what) {
    if (status_.ok()) status_ = Bad(path_, node.Mark(), what);
  }

  // A message about the node, with its place.
  std::string At(const YAML::Node& node, const std::string& what) const {
    return Bad(path_, node.Mark(), what).message();
  }

  const Status& status() const { return status_; }

 private:
  const std::string path_;
  Status status_;
};

// A list as OpenSSL has it, with one more item.
std::string Joined(const std::string& list, std::string_view item) {
  return (list.empty() ? "" : list + ":").append(item);
}

void ReadCiphers(const YAML::Node& node, const std::string& key, Reader& reader, TlsConfig& tls) {
  reader.List(node, key, [&](const std::string& name, const YAML::Node& item) {
    const std::optional<CipherName> cipher = FindCipher(name);
    if (!cipher) return reader.Object(item, "unknown cipher suite " + name);
    if (cipher->use == CipherUse::kTls12) {
      tls.tls12_ciphers = Joined(tls.tls12_ciphers, cipher->openssl);
    } else {
      tls.tls13_ciphers = Joined(tls.tls13_ciphers, cipher->openssl);
    }
  });
}

void ReadCurves(const YAML::Node& node, const std::string& key, Reader& reader, TlsConfig& tls) {
  reader.List(node, key, [&](const std::string& name, const YAML::Node& item) {
    const std::optional<std::string_view> curve = FindCurve(name);
    if (!curve) return reader.Object(item, "unknown curve " + name);
    tls.curves = Joined(tls.curves, *curve);
  });
}

// A file, or a text in the configuration itself.
bool ReadPem(const std::string& key, const YAML::Node& value, Reader& reader, TlsConfig& tls) {
  if (key == "cert_file") {
    tls.certificate_file = reader.File(value, key);
  } else if (key == "cert") {
    tls.certificate = reader.Text(value, key);
  } else if (key == "key_file") {
    tls.key_file = reader.File(value, key);
  } else if (key == "key") {
    tls.key = reader.Text(value, key);
  } else if (key == "client_ca_file") {
    tls.client_ca_file = reader.File(value, key);
  } else if (key == "client_ca") {
    tls.client_ca = reader.Text(value, key);
  } else {
    return false;
  }
  return true;
}

void CheckWhole(const YAML::Node& node, const TlsConfig& tls, Reader& reader) {
  for (const auto& [key, file, text] :
       {std::tuple("cert", &tls.certificate_file, &tls.certificate), std::tuple("key", &tls.key_file, &tls.key),
        std::tuple("client_ca", &tls.client_ca_file, &tls.client_ca)}) {
    const std::string name = key;
    if (!file->empty() && !text->empty()) reader.Object(node, name + " and " + name + "_file are both given");
  }
  const bool has_certificate = !tls.certificate_file.empty() || !tls.certificate.empty();
  const bool has_key = !tls.key_file.empty() || !tls.key.empty();
  if (!has_certificate || !has_key) reader.Object(node, "cert_file and key_file are needed");
  const bool needs_ca = tls.client_certificates == ClientCertificates::kRequired ||
                        tls.client_certificates == ClientCertificates::kVerifiedIfGiven;
  const bool has_ca = !tls.client_ca_file.empty() || !tls.client_ca.empty();
  const std::string verifying = "client_auth_type: RequireAndVerifyClientCert or VerifyClientCertIfGiven";
  if (needs_ca && !has_ca) reader.Object(node, "client_auth_type needs a client_ca_file");
  if (!needs_ca && has_ca) reader.Object(node, "client_ca_file needs " + verifying);
  if (!needs_ca && !tls.client_allowed_names.empty()) reader.Object(node, "client_allowed_sans needs " + verifying);
}

TlsConfig ReadTls(const YAML::Node& node, Reader& reader) {
  TlsConfig tls;
  reader.Map(node, "tls_server_config", [&](const std::string& key, const YAML::Node& value) {
    if (ReadPem(key, value, reader, tls)) return true;
    if (key == "cipher_suites") {
      ReadCiphers(value, key, reader, tls);
    } else if (key == "curve_preferences") {
      ReadCurves(value, key, reader, tls);
    } else if (key == "client_allowed_sans") {
      reader.List(value, key,
                  [&](const std::string& name, const YAML::Node&) { tls.client_allowed_names.push_back(name); });
    } else if (key == "min_version") {
      tls.version_min =
          reader.Choice<TlsVersion>(value, key, {{"TLS12", TlsVersion::kTls12}, {"TLS13", TlsVersion::kTls13}});
    } else if (key == "client_auth_type") {
      tls.client_certificates =
          reader.Choice<ClientCertificates>(value, key,
                                            {{"NoClientCert", ClientCertificates::kIgnored},
                                             {"RequestClientCert", ClientCertificates::kRequested},
                                             {"RequireAnyClientCert", ClientCertificates::kAnyRequired},
                                             // The name of the one before, of old.
                                             {"RequireClientCert", ClientCertificates::kAnyRequired},
                                             {"VerifyClientCertIfGiven", ClientCertificates::kVerifiedIfGiven},
                                             {"RequireAndVerifyClientCert", ClientCertificates::kRequired}});
    } else {
      return false;
    }
    return true;
  });
  CheckWhole(node, tls, reader);
  return tls;
}

// What may go into a header: visible characters and spaces.
bool IsHeaderValue(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c != '\x7F'; });
}

void ReadHeaders(const YAML::Node& node, Reader& reader, WebConfig& config) {
  reader.Map(node, "headers", [&](const std::string& name, const YAML::Node& value) {
    if (std::find(std::begin(kWebConfigHeaders), std::end(kWebConfigHeaders), name) == std::end(kWebConfigHeaders)) {
      return false;
    }
    config.headers.emplace_back(name, reader.Text(value, name));
    if (!IsHeaderValue(config.headers.back().second)) reader.Object(value, name + " is no header value");
    return true;
  });
}

enum class Switch : std::uint8_t { kOff, kOn };

// A boolean of YAML 1.1, as Go reads it.
Switch ReadSwitch(const YAML::Node& node, const std::string& key, Reader& reader) {
  static constexpr std::string_view kOn[] = {"y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"};
  static constexpr std::string_view kOff[] = {"n",     "N",     "no",  "No",  "NO", "false",
                                              "False", "FALSE", "off", "Off", "OFF"};
  const std::string text = reader.Text(node, key);
  if (std::find(std::begin(kOn), std::end(kOn), text) != std::end(kOn)) return Switch::kOn;
  if (std::find(std::begin(kOff), std::end(kOff), text) == std::end(kOff)) {
    reader.Object(node, key + " must be true or false");
  }
  return Switch::kOff;
}

bool ReadHttpServer(const std::string& key, const YAML::Node& value, Reader& reader, WebConfig& config) {
  if (key == "headers") {
    ReadHeaders(value, reader, config);
  } else if (key == "http2") {
    if (ReadSwitch(value, key, reader) == Switch::kOn) {
      config.warnings.push_back(reader.At(value, "http2 is not served: the server speaks HTTP/1.1"));
    }
  } else {
    return false;
  }
  return true;
}

// A number of nanoseconds, or a duration as Go has it.
std::optional<std::chrono::nanoseconds> ParseInterval(const std::string& text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size() && number >= 0) return std::chrono::nanoseconds(number);
  return ParseGoDuration(text);
}

// As exporter-toolkit has it, but for a limit that would refuse every request.
void ReadRateLimit(const YAML::Node& node, Reader& reader, WebConfig& config) {
  std::optional<std::chrono::nanoseconds> interval(0);
  std::uint32_t burst = 0;
  reader.Map(node, "rate_limit", [&](const std::string& key, const YAML::Node& value) {
    const std::string text = reader.Text(value, key);
    if (key == "interval") {
      interval = ParseInterval(text);
      if (!interval) reader.Object(value, "interval must be a duration such as 100ms");
    } else if (key == "burst") {
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), burst);
      if (error != std::errc() || end != text.data() + text.size()) reader.Object(value, "burst must be a number");
    } else {
      return false;
    }
    return true;
  });
  if (!interval) return;
  if (interval->count() > 0 && burst == 0) {
    reader.Object(node, "rate_limit needs a burst: without one every request would be refused");
  }
  config.rate_limit = {.interval = *interval, .burst = burst};
}

// "$2y$", the cost in two digits, "$", and 53 characters of salt and digest.
constexpr std::size_t kBcryptBytes = 60;
constexpr std::size_t kBcryptCostAt = 4;
constexpr std::size_t kBcryptSaltAt = 7;
constexpr std::string_view kBcryptCharacters = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
// Each more doubles the time: some 5 s for one password here, and with 31 days, during which no
// other client is let in.
constexpr int kBcryptCostMax = 16;

// What is wrong with it; empty when nothing is.
std::string ObjectionToHash(std::string_view hash) {
  const bool known = hash.starts_with("$2y$") || hash.starts_with("$2b$") || hash.starts_with("$2a$");
  if (!known || hash.size() != kBcryptBytes || hash[kBcryptSaltAt - 1] != '$' ||
      hash.find_first_not_of(kBcryptCharacters, kBcryptSaltAt) != std::string_view::npos) {
    return "is not a bcrypt hash";
  }
  int cost = 0;
  const char* const digits = hash.data() + kBcryptCostAt;
  const auto [end, error] = std::from_chars(digits, digits + 2, cost);
  if (error == std::errc() && end == digits + 2 && cost >= 4 && cost <= kBcryptCostMax) return "";
  return "must have a cost of 04 to " + std::to_string(kBcryptCostMax);
}

void ReadUsers(const YAML::Node& node, Reader& reader, WebConfig& config) {
  reader.Map(node, "basic_auth_users", [&](const std::string& user, const YAML::Node& value) {
    if (user.empty()) reader.Object(value, "the name of a user is empty");
    const std::string hash = reader.Text(value, user);
    const std::string objection = ObjectionToHash(hash);
    if (!objection.empty()) reader.Object(value, "the password of " + user + " " + objection);
    config.users[user] = hash;
    return true;
  });
}

}  // namespace

Result<WebConfig> ParseWebConfig(const std::string& text, const std::string& path) {
  WebConfig config;
  Reader reader(path);
  try {
    if (const auto second = SecondDocument(text)) return Bad(path, *second, "a second document");
    reader.Map(YAML::Load(text), "the configuration", [&](const std::string& key, const YAML::Node& value) {
      if (key == "tls_server_config") {
        config.tls = ReadTls(value, reader);
      } else if (key == "basic_auth_users") {
        ReadUsers(value, reader, config);
      } else if (key == "http_server_config") {
        reader.Map(value, key, [&](const std::string& inner, const YAML::Node& inner_value) {
          return ReadHttpServer(inner, inner_value, reader, config);
        });
      } else if (key == "rate_limit") {
        ReadRateLimit(value, reader, config);
      } else {
        return false;
      }
      return true;
    });
  } catch (const YAML::Exception& error) {
    return Bad(path, error.mark, error.msg);
  }
  if (!reader.status().ok()) return reader.status();
  return config;
}

Result<WebConfig> LoadWebConfig(const std::string& path) {
  const Result<std::string> text = ReadSmallFile(path);
  if (!text.ok()) return text.status().WithMessage("cannot read " + path + ": " + text.status().message());
  return ParseWebConfig(text.value(), path);
}

}  // namespace streamhouse::exporters
