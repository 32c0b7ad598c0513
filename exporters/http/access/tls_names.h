// FindCipher(), FindCurve(): translate Go's names of TLS ciphers and curves (used in web
// configuration files) to OpenSSL's.
//
// Guarantees: names that Go holds to be insecure are not found, also where OpenSSL has them.
// Thread safety: pure functions.
// Cost: a search in a short table.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace streamhouse::exporters {

enum class CipherUse : std::uint8_t { kTls12, kTls13 };

struct CipherName {
  std::string_view openssl;
  CipherUse use;
};

// "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"; nothing for names that Go holds to be insecure or does
// not know.
std::optional<CipherName> FindCipher(std::string_view go_name);

// "CurveP256"; nothing for one that is unknown.
std::optional<std::string_view> FindCurve(std::string_view go_name);

}  // namespace streamhouse::exporters
