// BasicAuth: whether an Authorization header names a user and their password.
//
// Checking a password is slow by design (bcrypt: some tens of milliseconds), so that Recall() answers at once where it can,
// and Check() does the work, on a thread that may be busy. Verdicts are remembered under a keyed digest that is good for
// this process only; passwords are not kept.
// Guarantees: an unknown user costs as much time as a wrong password. Comparisons take the same time wherever they differ.
// Thread safety: all methods from any thread; one check at a time.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace streamhouse::exporters {

// Scrapers of one server are few; guesses push each other out.
inline constexpr std::size_t kRememberedVerdictsMax = 100;

class BasicAuth {
 public:
  // user -> bcrypt hash; where there is none, everybody is allowed.
  explicit BasicAuth(std::map<std::string, std::string> users);

  // The verdict on a header, where it is known without work.
  std::optional<bool> Recall(std::string_view authorization) const;

  // The verdict, which is remembered.
  bool Check(std::string_view authorization);

 private:
  using Digest = std::array<unsigned char, 32>;

  struct Credentials {
    std::string user;
    std::string password;
  };

  static std::optional<Credentials> Parse(std::string_view authorization);
  Digest DigestOf(std::string_view authorization) const;

  const std::map<std::string, std::string> users_;
  Digest key_;

  std::mutex check_mutex_;
  mutable std::mutex mutex_;
  // Guarded by mutex_: a ring, the oldest replaced first.
  std::vector<std::pair<Digest, bool>> verdicts_;
  std::size_t next_verdict_ = 0;
};

}  // namespace streamhouse::exporters
