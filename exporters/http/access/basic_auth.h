// BasicAuth: whether an Authorization header names a user and their password.
//
// Checking a password is slow by design (bcrypt: some tens of milliseconds), so that Recall() answers at once where it
// can, and Check() does the work, on a thread that may be busy. Verdicts are remembered under a keyed digest that is
// good for this process only; passwords are not kept.
// Guarantees: an unknown user costs as much time as a wrong password of the user whose hash is the dearest, so give all
// users the same cost. Comparisons take the same time wherever they differ. No number of guesses makes it forget that a
// user's password was right.
// Thread safety: all methods from any thread; one check at a time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace streamhouse::exporters {

// Guesses push each other out.
inline constexpr std::size_t kRememberedGuessesMax = 100;

// What an unknown user's password is compared with: nobody's hash, at the highest cost among `users`.
std::string NobodysHash(const std::map<std::string, std::string>& users);

class BasicAuth {
 public:
  // user -> bcrypt hash; where there is none, everybody is allowed.
  explicit BasicAuth(std::map<std::string, std::string> users);

  // The verdict on a header, where it is known without work.
  std::optional<bool> Recall(std::string_view authorization) const;

  struct Claim {
    std::string user;
    bool is_known = false;  // whether the user exists
  };
  // Returns the user that a header names, unverified; an empty name if the header cannot be read.
  Claim ClaimOf(std::string_view authorization) const;

  // The verdict, which is remembered.
  bool Check(std::string_view authorization);

 private:
  using Digest = std::array<unsigned char, 32>;

  struct Credentials {
    std::string user;
    std::string password;
  };

  static std::optional<Credentials> Parse(std::string_view authorization);
  Digest DigestOf(const Credentials& credentials) const;
  std::optional<bool> Recall(const Credentials& credentials, const Digest& digest) const;

  const std::map<std::string, std::string> users_;
  const std::string nobodys_hash_;
  Digest key_;

  std::mutex check_mutex_;
  mutable std::mutex mutex_;
  // Guarded by mutex_.
  std::map<std::string, Digest, std::less<>> right_;  // by user, the password that was
  std::vector<Digest> wrong_;                         // a ring, the oldest replaced first
  std::size_t next_wrong_ = 0;
};

}  // namespace streamhouse::exporters
