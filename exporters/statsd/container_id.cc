#include "exporters/statsd/container_id.h"

#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <optional>
#include <sstream>
#include <string_view>
#include <vector>

namespace streamhouse::exporters {
namespace {

constexpr std::size_t kIdDigits = 64;
constexpr std::size_t kTaskDigits = 32;  // of ECS, before a dash and a number

bool IsHex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool IsNumber(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::string_view Last(std::string_view text, std::size_t count) {
  return text.substr(text.size() - std::min(count, text.size()));
}

bool IsUuid(std::string_view text) {
  constexpr std::string_view kForm = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  if (text.size() != kForm.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_separator = text[i] == '-' || text[i] == '_';
    if (kForm[i] == '-' ? !is_separator : !IsHex(text.substr(i, 1))) return false;
  }
  return true;
}

// "0123456789abcdef0123456789abcdef-1234567890" at the end of the text.
std::string_view TaskIdAtEnd(std::string_view text) {
  const std::size_t dash = text.rfind('-');
  if (dash == std::string_view::npos || !IsNumber(text.substr(dash + 1))) return {};
  const std::string_view digits = Last(text.substr(0, dash), kTaskDigits);
  if (digits.size() < kTaskDigits || !IsHex(digits)) return {};
  return text.substr(dash - kTaskDigits);
}

std::string_view IdAtEnd(std::string_view text) {
  if (const std::string_view id = Last(text, kIdDigits); id.size() == kIdDigits && IsHex(id)) return id;
  constexpr std::size_t kUuidBytes = 36;
  if (const std::string_view uuid = Last(text, kUuidBytes); IsUuid(uuid)) return uuid;
  return TaskIdAtEnd(text);
}

bool IsId(std::string_view text) {
  return !text.empty() && IdAtEnd(text) == text;
}

std::vector<std::string_view> SplitPath(std::string_view path) {
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    if (end > begin) parts.push_back(path.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

// The path of a line "ID:CONTROLLERS:PATH", where the controllers are these.
std::optional<std::string> PathOfCgroup(std::istream& lines, std::string_view controllers) {
  for (std::string line; std::getline(lines, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    if (std::string_view(line).substr(first + 1, second - first - 1) == controllers) return line.substr(second + 1);
  }
  return std::nullopt;
}

std::optional<std::uint64_t> InodeOf(const std::string& path) {
  struct stat found = {};
  if (stat(path.c_str(), &found) != 0) return std::nullopt;
  return found.st_ino;
}

// Of version 1 the cgroup of memory, else that of version 2.
std::string InodeOfCgroup(const ContainerFiles& files) {
  for (const char* const controllers : {"memory", ""}) {
    std::ifstream lines(files.cgroups);
    const std::optional<std::string> path = PathOfCgroup(lines, controllers);
    if (!path) continue;
    if (const auto inode = InodeOf(files.cgroup_folder + "/" + controllers + *path)) {
      return "in-" + std::to_string(*inode);
    }
  }
  return {};
}

}  // namespace

std::string ContainerIdOfCgroups(std::istream& lines) {
  constexpr std::string_view kScope = ".scope";
  for (std::string line; std::getline(lines, line);) {
    std::string_view path = line;
    if (path.ends_with(kScope)) path.remove_suffix(kScope.size());
    if (const std::string_view id = IdAtEnd(path); !id.empty()) return std::string(id);
  }
  return {};
}

std::string ContainerIdOfMounts(std::istream& lines) {
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    std::string mount;
    std::string parent;
    std::string device;
    std::string root;
    if (!(fields >> mount >> parent >> device >> root) || !root.ends_with("hostname")) continue;
    const std::vector<std::string_view> parts = SplitPath(root);
    for (std::size_t i = parts.size() - 1; i > 0; --i) {
      if (!IsId(parts[i - 1])) continue;
      const bool is_sandbox = i >= 2 && parts[i - 2] == "sandboxes";
      if (!is_sandbox) return std::string(parts[i - 1]);
      break;
    }
  }
  return {};
}

std::string FindContainerId(const ContainerFiles& files) {
  std::ifstream cgroups(files.cgroups);
  if (std::string id = ContainerIdOfCgroups(cgroups); !id.empty()) return id;
  std::ifstream mounts(files.mounts);
  if (std::string id = ContainerIdOfMounts(mounts); !id.empty()) return id;
  const std::optional<std::uint64_t> cgroup_namespace = InodeOf(files.cgroup_namespace);
  if (!cgroup_namespace || *cgroup_namespace == files.first_namespace) return {};
  return InodeOfCgroup(files);
}

}  // namespace streamhouse::exporters
