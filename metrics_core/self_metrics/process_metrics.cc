#include "metrics_core/self_metrics/process_metrics.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace streamhouse::metrics {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

std::string ReadFile(const char* path) {
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return {};
  std::string text;
  std::array<char, 4096> part;
  for (ssize_t size; (size = read(file, part.data(), part.size())) > 0;) text.append(part.data(), size);
  close(file);
  return text;
}

// A number in the words of a text, counted from 0.
double NumberAt(std::string_view text, int word) {
  for (; word > 0; --word) {
    const std::size_t space = text.find(' ');
    if (space == std::string_view::npos) return kUnknown;
    text.remove_prefix(space + 1);
  }
  double number = kUnknown;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// Fields of /proc/self/stat by their numbers in proc(5).
constexpr int kUserTime = 14;
constexpr int kSystemTime = 15;
constexpr int kThreads = 20;
constexpr int kStartTime = 22;
constexpr int kVirtualBytes = 23;
constexpr int kResidentPages = 24;

double StatField(int field) {
  constexpr int kFirstAfterName = 3;
  const std::string text = ReadFile("/proc/self/stat");
  // The second field is the program's name in parentheses, which may hold anything.
  const std::size_t name_end = text.rfind(") ");
  if (name_end == std::string::npos) return kUnknown;
  return NumberAt(std::string_view(text).substr(name_end + 2), field - kFirstAfterName);
}

double TicksPerSecond() {
  return static_cast<double>(sysconf(_SC_CLK_TCK));
}

double CpuSeconds() {
  return (StatField(kUserTime) + StatField(kSystemTime)) / TicksPerSecond();
}

// Reads all of /proc/stat, for what never changes.
double StartTimeSeconds() {
  const std::string text = ReadFile("/proc/stat");
  const std::size_t boot = text.find("btime ");
  if (boot == std::string::npos) return kUnknown;
  return NumberAt(std::string_view(text).substr(boot), 1) + StatField(kStartTime) / TicksPerSecond();
}

double ResidentBytes() {
  return StatField(kResidentPages) * static_cast<double>(sysconf(_SC_PAGESIZE));
}

bool AreSameFile(const struct stat& a, const struct stat& b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

// Those of the thread that began the process. A thread that has left its table, as by
// unshare(CLONE_FILES), reads through a descriptor that is not among them.
double OpenFiles() {
  DIR* const folder = opendir("/proc/self/fd");
  if (folder == nullptr) return kUnknown;
  struct stat own = {};
  fstat(dirfd(folder), &own);
  double count = 0;
  while (const dirent* const entry = readdir(folder)) {
    if (entry->d_name[0] == '.') continue;
    int number = -1;
    std::from_chars(entry->d_name, entry->d_name + std::strlen(entry->d_name), number);
    struct stat found = {};
    const bool is_own =
        number == dirfd(folder) && fstatat(number, entry->d_name, &found, 0) == 0 && AreSameFile(own, found);
    if (!is_own) ++count;
  }
  closedir(folder);
  return count;
}

double Limit(__rlimit_resource resource) {
  rlimit limit;
  if (getrlimit(resource, &limit) != 0) return kUnknown;
  // As client_golang prints "unlimited".
  return limit.rlim_cur == RLIM_INFINITY ? 18446744073709551615.0 : static_cast<double>(limit.rlim_cur);
}

}  // namespace

Result<ProcessMetrics> ProcessMetrics::Register(Registry& registry) {
  using Add = Result<CallbackFamily> (Registry::*)(MetricOptions);
  struct Metric {
    Add add;
    const char* name;
    const char* help;
    const char* unit;
    std::function<double()> read;
  };
  const double start = StartTimeSeconds();
  const Metric metrics[] = {
      {&Registry::AddCallbackCounter, "process_cpu_seconds_total", "Total user and system CPU time spent in seconds.",
       "seconds", &CpuSeconds},
      {&Registry::AddCallbackGauge, "process_resident_memory_bytes", "Resident memory size in bytes.", "bytes",
       &ResidentBytes},
      {&Registry::AddCallbackGauge, "process_virtual_memory_bytes", "Virtual memory size in bytes.", "bytes",
       [] { return StatField(kVirtualBytes); }},
      {&Registry::AddCallbackGauge, "process_virtual_memory_max_bytes",
       "Maximum amount of virtual memory available in bytes.", "bytes", [] { return Limit(RLIMIT_AS); }},
      {&Registry::AddCallbackGauge, "process_open_fds", "Number of open file descriptors.", "", &OpenFiles},
      {&Registry::AddCallbackGauge, "process_max_fds", "Maximum number of open file descriptors.", "",
       [] { return Limit(RLIMIT_NOFILE); }},
      {&Registry::AddCallbackGauge, "process_start_time_seconds",
       "Start time of the process since unix epoch in seconds.", "seconds", [start] { return start; }},
      {&Registry::AddCallbackGauge, "process_threads", "Number of OS threads in the process.", "",
       [] { return StatField(kThreads); }},
  };
  // What the kernel counts for a process begins with the process; where its start is unknown, now.
  using std::chrono::system_clock;
  const std::chrono::duration<double> since_epoch(start);
  const system_clock::time_point began =
      std::isnan(start) ? system_clock::now()
                        : system_clock::time_point(std::chrono::duration_cast<system_clock::duration>(since_epoch));
  ProcessMetrics made;
  for (const Metric& metric : metrics) {
    auto family = (registry.*metric.add)({.name = metric.name, .help = metric.help, .unit = metric.unit});
    if (!family.ok()) return family.status();
    made.tokens_.push_back(family->AddSince(began, metric.read));
  }
  return made;
}

}  // namespace streamhouse::metrics
