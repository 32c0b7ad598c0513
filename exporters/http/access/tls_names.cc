#include "exporters/http/access/tls_names.h"

#include <utility>

namespace streamhouse::exporters {
namespace {

constexpr std::pair<std::string_view, CipherName> kCiphers[] = {
    {"TLS_AES_128_GCM_SHA256", {"TLS_AES_128_GCM_SHA256", CipherUse::kTls13}},
    {"TLS_AES_256_GCM_SHA384", {"TLS_AES_256_GCM_SHA384", CipherUse::kTls13}},
    {"TLS_CHACHA20_POLY1305_SHA256", {"TLS_CHACHA20_POLY1305_SHA256", CipherUse::kTls13}},
    {"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", {"ECDHE-ECDSA-AES128-SHA", CipherUse::kTls12}},
    {"TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", {"ECDHE-ECDSA-AES256-SHA", CipherUse::kTls12}},
    {"TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", {"ECDHE-RSA-AES128-SHA", CipherUse::kTls12}},
    {"TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", {"ECDHE-RSA-AES256-SHA", CipherUse::kTls12}},
    {"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", {"ECDHE-ECDSA-AES128-GCM-SHA256", CipherUse::kTls12}},
    {"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", {"ECDHE-ECDSA-AES256-GCM-SHA384", CipherUse::kTls12}},
    {"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", {"ECDHE-RSA-AES128-GCM-SHA256", CipherUse::kTls12}},
    {"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", {"ECDHE-RSA-AES256-GCM-SHA384", CipherUse::kTls12}},
    {"TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", {"ECDHE-RSA-CHACHA20-POLY1305", CipherUse::kTls12}},
    {"TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", {"ECDHE-ECDSA-CHACHA20-POLY1305", CipherUse::kTls12}},
};

constexpr std::pair<std::string_view, std::string_view> kCurves[] = {
    {"CurveP256", "P-256"},
    {"CurveP384", "P-384"},
    {"CurveP521", "P-521"},
    {"X25519", "X25519"},
};

}  // namespace

std::optional<CipherName> FindCipher(std::string_view go_name) {
  for (const auto& [name, cipher] : kCiphers) {
    if (name == go_name) return cipher;
  }
  return std::nullopt;
}

std::optional<std::string_view> FindCurve(std::string_view go_name) {
  for (const auto& [name, curve] : kCurves) {
    if (name == go_name) return curve;
  }
  return std::nullopt;
}

}  // namespace streamhouse::exporters
