#include "exporters/http/basic_auth.h"

#include <crypt.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <cstddef>
#include <memory>

#include "exporters/encoding/weighted_list.h"
#include "metrics_core/status.h"

namespace streamhouse::exporters {
namespace {

// Nobody's password: what an unknown user's is compared with, for the time it takes.
constexpr const char* kNobodysHash = "$2y$10$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi";
// A header that is longer holds no password that bcrypt would look at.
constexpr std::size_t kAuthorizationBytesMax = 1024;

std::optional<std::string> DecodeBase64(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0) return std::nullopt;
  std::string decoded(text.size() / 4 * 3, '\0');
  const int bytes = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(decoded.data()),
                                    reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  if (bytes < 0) return std::nullopt;
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
  decoded.resize(static_cast<std::size_t>(bytes) - padding);
  return decoded;
}

bool IsPassword(const std::string& password, const std::string& hash) {
  const auto data = std::make_unique<crypt_data>();
  const char* const hashed = crypt_r(password.c_str(), hash.c_str(), data.get());
  const std::string_view found = hashed == nullptr ? std::string_view() : std::string_view(hashed);
  return found.size() == hash.size() && CRYPTO_memcmp(found.data(), hash.data(), hash.size()) == 0;
}

}  // namespace

BasicAuth::BasicAuth(std::map<std::string, std::string> users) : users_(std::move(users)) {
  metrics::Check(RAND_bytes(key_.data(), static_cast<int>(key_.size())) == 1, "no random numbers for a key");
}

std::optional<BasicAuth::Credentials> BasicAuth::Parse(std::string_view authorization) {
  constexpr std::string_view kScheme = "Basic ";
  if (authorization.size() > kAuthorizationBytesMax) return std::nullopt;
  if (!EqualsIgnoringCase(authorization.substr(0, kScheme.size()), kScheme)) return std::nullopt;
  const std::optional<std::string> decoded = DecodeBase64(authorization.substr(kScheme.size()));
  const std::size_t colon = decoded ? decoded->find(':') : std::string::npos;
  // bcrypt ends a password at a NUL: one that holds more would pass for its beginning.
  if (colon == std::string::npos || decoded->find('\0') != std::string::npos) return std::nullopt;
  return Credentials{decoded->substr(0, colon), decoded->substr(colon + 1)};
}

BasicAuth::Digest BasicAuth::DigestOf(std::string_view authorization) const {
  Digest digest;
  HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()),
       reinterpret_cast<const unsigned char*>(authorization.data()), authorization.size(), digest.data(), nullptr);
  return digest;
}

std::optional<bool> BasicAuth::Recall(std::string_view authorization) const {
  if (users_.empty()) return true;
  if (!Parse(authorization)) return false;
  const Digest digest = DigestOf(authorization);
  const std::lock_guard lock(mutex_);
  for (const auto& [known, verdict] : verdicts_) {
    if (CRYPTO_memcmp(known.data(), digest.data(), digest.size()) == 0) return verdict;
  }
  return std::nullopt;
}

bool BasicAuth::Check(std::string_view authorization) {
  // One at a time: guessing must not take all cores.
  const std::lock_guard check_lock(check_mutex_);
  if (const std::optional<bool> verdict = Recall(authorization)) return *verdict;
  const std::optional<Credentials> credentials = Parse(authorization);
  const auto user = users_.find(credentials->user);
  const bool is_password = IsPassword(credentials->password, user == users_.end() ? kNobodysHash : user->second);
  const bool verdict = is_password && user != users_.end();
  const std::lock_guard lock(mutex_);
  if (verdicts_.size() < kRememberedVerdictsMax) verdicts_.emplace_back();
  verdicts_[next_verdict_] = {DigestOf(authorization), verdict};
  next_verdict_ = (next_verdict_ + 1) % kRememberedVerdictsMax;
  return verdict;
}

}  // namespace streamhouse::exporters
