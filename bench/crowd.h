// A crowd of hostile clients, as a process of its own, so that it costs the one that is measured
// only what the server does.
//
// Crowd starts this binary again, whose main() hands over to RunCrowdIfAsked() first.
// Thread safety: one thread at a time.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string_view>

namespace streamhouse::exporters {

inline constexpr std::string_view kNone = "nobody";
inline constexpr std::string_view kSilent = "silent";               // connect, and send nothing
inline constexpr std::string_view kSlowHeaders = "slow_headers";    // send a header a second, and never the last
inline constexpr std::string_view kNeverReading = "never_reading";  // ask for the page, and do not read it
inline constexpr std::string_view kScraping = "scraping";           // read whole pages, one after the other

class Crowd {
 public:
  // Returns when all have connected.
  Crowd(std::string_view what, int count, std::uint16_t port);
  ~Crowd();
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;

 private:
  pid_t process_ = -1;
  int its_input_ = -1;  // ends the process when it is closed
};

// True when this process was started by Crowd, and has done what it was to do.
bool RunCrowdIfAsked(int argc, char** argv);

// A connection to the server on this machine; negative where there is none.
int ConnectTo(std::uint16_t port);

// Sends a request, and reads and drops the reply until the server closes; the number of bytes.
std::uint64_t Fetch(std::uint16_t port, std::string_view target);

}  // namespace streamhouse::exporters
