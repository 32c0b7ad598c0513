#include "exporters/http/access/basic_auth.h"

#include <crypt.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>

#include "exporters/encoding/ascii_case.h"
#include "metrics_core/status.h"

namespace streamhouse::exporters {
namespace {

// "$2y$", two digits of the cost, "$", salt and digest.
constexpr std::size_t kCostAt = 4;
constexpr std::string_view kLowestCost = "04";
constexpr const char* kUnknownUserSaltAndDigest = "$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi";
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

std::string UnknownUserHash(const std::map<std::string, std::string>& users) {
  std::string cost(kLowestCost);
  for (const auto& [user, hash] : users) cost = std::max(cost, hash.substr(kCostAt, kLowestCost.size()));
  return "$2y$" + cost + kUnknownUserSaltAndDigest;
}

BasicAuth::BasicAuth(std::map<std::string, std::string> users)
    : users_(std::move(users)), unknown_user_hash_(UnknownUserHash(users_)) {
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

// A user has no colon, so that no two credentials are the same text.
BasicAuth::Digest BasicAuth::DigestOf(const Credentials& credentials) const {
  const std::string text = credentials.user + ":" + credentials.password;
  Digest digest;
  HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()), reinterpret_cast<const unsigned char*>(text.data()),
       text.size(), digest.data(), nullptr);
  return digest;
}

std::optional<bool> BasicAuth::Recall(std::string_view authorization) const {
  if (users_.empty()) return true;
  const std::optional<Credentials> credentials = Parse(authorization);
  if (!credentials) return false;
  return Recall(*credentials, DigestOf(*credentials));
}

std::optional<bool> BasicAuth::Recall(const Credentials& credentials, const Digest& digest) const {
  const auto is_same = [&](const Digest& known) {
    return CRYPTO_memcmp(known.data(), digest.data(), digest.size()) == 0;
  };
  const metrics::MutexLock lock(mutex_);
  const auto right = right_.find(credentials.user);
  if (right != right_.end() && is_same(right->second)) return true;
  if (std::any_of(wrong_.begin(), wrong_.end(), is_same)) return false;
  return std::nullopt;
}

BasicAuth::Claim BasicAuth::ClaimOf(std::string_view authorization) const {
  const std::optional<Credentials> credentials = Parse(authorization);
  if (!credentials) return {};
  return {.user = credentials->user, .is_known = users_.count(credentials->user) > 0};
}

bool BasicAuth::Check(std::string_view authorization) {
  // One at a time: guessing must not take all cores.
  const metrics::MutexLock check_lock(check_mutex_);
  if (const std::optional<bool> verdict = Recall(authorization)) return *verdict;
  const std::optional<Credentials> credentials = Parse(authorization);
  const auto user = users_.find(credentials->user);
  const bool is_password = IsPassword(credentials->password, user == users_.end() ? unknown_user_hash_ : user->second);
  const bool is_right = is_password && user != users_.end();
  const Digest digest = DigestOf(*credentials);
  const metrics::MutexLock lock(mutex_);
  if (is_right) {
    right_[credentials->user] = digest;
    return true;
  }
  if (wrong_.size() < kRememberedGuessesMax) wrong_.emplace_back();
  wrong_[next_wrong_] = digest;
  next_wrong_ = (next_wrong_ + 1) % kRememberedGuessesMax;
  return false;
}

}  // namespace streamhouse::exporters
