// BasicAuth: whether an Authorization header names a user and their password.
//
// Checking a password is slow by design (bcrypt: some tens of milliseconds). So Recall() answers at
// once where it can, and Check() does the work, on a thread that may be busy. Verdicts are
// remembered under a keyed digest that is good for this process only; passwords are not kept.
// When to use something else: PasswordQueue (password_queue.h) decides which request is checked
// next.
// Guarantees:
// 1. An unknown user costs as much time as a wrong password of the user whose hash is the dearest,
//    so give all users the same cost.
// 2. A comparison takes the same time for any position of the first difference.
// 3. No number of guesses makes it forget that a user's password was right.
// 4. A header that cannot be read names no user: Recall() returns false, and there is nothing to
//    check.
// Thread safety: all methods from any thread. Check() waits for a Check() of another thread, so
// that guesses never take more than one core. Recall() waits for none.
// Cost: Recall() is a digest and a look at kRememberedGuessesMax verdicts. Check() adds one bcrypt,
// unless Recall() knows the verdict.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "metrics_core/mutex.h"

namespace streamhouse::exporters {

// Guesses push each other out.
inline constexpr std::size_t kRememberedGuessesMax = 100;

// What an unknown user's password is compared with: a hash that no password has, at the highest
// cost among `users`.
std::string UnknownUserHash(const std::map<std::string, std::string>& users);

class BasicAuth {
 public:
  // user -> bcrypt hash; without users, every client is allowed.
  explicit BasicAuth(std::map<std::string, std::string> users);

  // The verdict on a header, where it is known without work: it was checked before, or cannot be
  // read.
  std::optional<bool> Recall(std::string_view authorization) const;

  struct Claim {
    std::string user;
    bool is_known = false;  // whether the user exists
  };
  // Returns the user that a header names, unverified; an empty name if the header cannot be read.
  Claim ClaimOf(std::string_view authorization) const;

  // The verdict, which is remembered. False for a header that cannot be read.
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

  // Immutable after construction.
  const std::map<std::string, std::string> users_;
  const std::string unknown_user_hash_;
  Digest key_;

  metrics::Mutex check_mutex_;  // held by the check that runs; taken before mutex_

  mutable metrics::Mutex mutex_;
  // By user, the password that was right.
  std::map<std::string, Digest, std::less<>> right_ STREAMHOUSE_GUARDED_BY(mutex_);
  // A ring, the oldest replaced first.
  std::vector<Digest> wrong_ STREAMHOUSE_GUARDED_BY(mutex_);
  std::size_t next_wrong_ STREAMHOUSE_GUARDED_BY(mutex_) = 0;
};

}  // namespace streamhouse::exporters
