// Secrets: texts of a request that no message may have.
//
// When to use something else: SecretHeaders (credentials.h), for what is read from files.
// Guarantees:
// 1. It knows a value without the blanks at its ends, and without a scheme before it, such as
//    "Bearer": receivers repeat it so.
// 2. It knows a value of a query unchanged, and percent-decoded.
// 3. A text of less than kSecretBytesMin bytes is no secret: it stands in any message by chance.
//    Nor is a query, or a value in it, of less than kQuerySecretBytesMin: most are no secrets, such
//    as a version or a tenant.
// 4. It does not find a part of a secret, or a secret in another spelling.
// Thread safety: a value.
// Cost: a copy of each text; a search for each.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "metrics_core/text/percent_encoding.h"

namespace streamhouse::exporters {

inline constexpr std::size_t kSecretBytesMin = 4;
inline constexpr std::size_t kQuerySecretBytesMin = 8;

class Secrets {
 public:
  // The value of a header, or a part of one.
  void Add(std::string_view value) {
    value = Trimmed(value);
    Keep(value);
    if (const std::size_t blank = value.find_first_of(kBlanks); blank != std::string_view::npos) {
      Keep(Trimmed(value.substr(blank)));
    }
  }

  // The query of a path, and each value in it: a key may stand there.
  void AddQueryOf(std::string_view path) {
    const std::size_t mark = path.find('?');
    if (mark == std::string_view::npos) return;
    std::string_view rest = path.substr(mark + 1);
    Keep(rest, kQuerySecretBytesMin);
    while (!rest.empty()) {
      const std::string_view parameter = rest.substr(0, rest.find('&'));
      rest.remove_prefix(std::min(parameter.size() + 1, rest.size()));
      const std::string_view value = parameter.substr(parameter.find('=') + 1);
      Keep(value, kQuerySecretBytesMin);
      if (const auto decoded = metrics::PercentDecode(value)) Keep(*decoded, kQuerySecretBytesMin);
    }
  }

  // Whether the text has one of them.
  bool AreToldBy(std::string_view text) const {
    return std::any_of(secrets_.begin(), secrets_.end(),
                       [text](const std::string& secret) { return text.find(secret) != std::string_view::npos; });
  }

  // Without the blanks at both ends, which are no part of a header's value.
  static std::string_view Trimmed(std::string_view value) {
    value.remove_prefix(std::min(value.find_first_not_of(kBlanks), value.size()));
    return value.substr(0, value.find_last_not_of(kBlanks) + 1);
  }

 private:
  static constexpr std::string_view kBlanks = " \t";

  void Keep(std::string_view secret, std::size_t bytes_min = kSecretBytesMin) {
    if (secret.size() >= bytes_min) secrets_.emplace_back(secret);
  }

  std::vector<std::string> secrets_;
};

}  // namespace streamhouse::exporters
