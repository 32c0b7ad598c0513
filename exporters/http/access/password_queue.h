// PasswordQueue: the order in which requests have their passwords checked, and which ones are
// refused when it is full.
//
// A check takes some tens of milliseconds by design, and one check runs at a time.
// Invariants:
// 1. Requests wait in the order of 2 below, within the limits of 3.
// 2. At most one check runs, and is decided once.
// 3. At most kGuessesRemembered wrong passwords are remembered.
// Guarantees:
// 1. A request is trusted unless it looks like a guess. It looks like a guess if
//    - its user does not exist, or
//    - the same user gave a wrong password from the same address within kGuessMemory, or
//    - another request of the same user and address waits or is being checked, or
//    - a guess on the same connection was refused. Each such refusal makes the request more suspect.
// 2. The least suspect request is checked first. Trusted requests keep the order of their arrival.
//    Among equally suspect requests the newest is first: the older ones may be a crowd of guesses.
// 3. At most kGuessChecksMax suspect requests wait. When there is no room, a new request replaces
//    the last one of the queue, or is refused if it would be the last itself.
//    Example: 8 guesses wait, each refused before. A ninth of the kind replaces one of them. A
//    trusted request waits for the check that runs, and for no guess.
// Limits of these rules:
// - A scraper cannot be told from a guesser that gives the same user, has the same address (as
//   behind a proxy), and opens a connection for each guess. A guesser that changes its address each
//   time is not found either. The listener delays its refusals to slow both down.
// - While guesses wait, the time of a response tells whether a user exists: only an existing user
//   is trusted.
// Thread safety: one thread at a time.
// Cost: linear in the queue, and in the remembered guesses.
// Memory: at most kGuessesRemembered addresses with their users.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <optional>
#include <string>
#include <utility>

namespace streamhouse::exporters {

// Requests that wait for a check; of these, requests that look like guesses.
inline constexpr std::size_t kPasswordChecksMax = 16;
inline constexpr std::size_t kGuessChecksMax = 8;
static_assert(kGuessChecksMax <= kPasswordChecksMax / 2);
// Wrong passwords that make later requests suspect: how many, and for how long.
inline constexpr std::size_t kGuessesRemembered = 1024;
inline constexpr std::chrono::minutes kGuessMemory{5};

// The higher, the more a request looks like a guess.
using Suspicion = std::uint64_t;
inline constexpr Suspicion kTrusted = 0;

class PasswordQueue {
 public:
  using Time = std::chrono::steady_clock::time_point;

  enum class Action { kCheck, kRefuse };
  enum class User { kKnown, kUnknown };
  enum class Password { kRight, kWrong };

  struct Waiting {
    std::string origin;  // an address and a user
    Suspicion suspicion;
    std::function<void(Action)> act;  // the caller calls it, once
  };

  // `refusals` counts the guesses on the same connection that were refused.
  Suspicion SuspicionOf(const std::string& origin, User user, std::uint64_t refusals, Time now) const {
    const bool is_suspect = refusals > 0 || user == User::kUnknown || HasGuessed(origin, now) || IsUndecided(origin);
    return is_suspect ? 1 + refusals : kTrusted;
  }

  // Returns the request to refuse, if there is one: the new request or the one that it replaces.
  std::optional<Waiting> Push(Waiting request);

  // Returns the request to check now. Returns nullopt until Decide() ends the check before.
  std::optional<Waiting> Next();
  // Ends the check of the request that Next() returned last.
  void Decide(Password password, Time now);

  // Drops the requests that wait.
  void Clear() { waiting_.clear(); }

 private:
  static bool IsSuspect(const Waiting& request);
  static bool GoesBefore(const Waiting& newer, const Waiting& older);
  bool IsSound() const;

  bool HasGuessed(const std::string& origin, Time now) const {
    const auto guess =
        std::find_if(guesses_.begin(), guesses_.end(), [&](const auto& any) { return any.first == origin; });
    return guess != guesses_.end() && now - guess->second < kGuessMemory;
  }
  bool IsUndecided(const std::string& origin) const {
    return checked_ == origin ||
           std::any_of(waiting_.begin(), waiting_.end(), [&](const Waiting& any) { return any.origin == origin; });
  }

  std::list<Waiting> waiting_;                        // the next request first
  std::optional<std::string> checked_;                // the origin of the request that is being checked
  std::deque<std::pair<std::string, Time>> guesses_;  // the oldest first
};

}  // namespace streamhouse::exporters
