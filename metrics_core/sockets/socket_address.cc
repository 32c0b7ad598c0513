#include "metrics_core/sockets/socket_address.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>
#include <system_error>

#include "metrics_core/text/percent_encoding.h"

namespace streamhouse::metrics {
namespace {

constexpr std::string_view kUnix = "unix:";
constexpr std::string_view kFileStart = "unix://";
constexpr std::string_view kForFilesOnly = "is for a socket file; an abstract name has no permissions";

Status Refused(std::string_view text, const std::string& why) {
  return {StatusCode::kInvalidArgument, "\"" + std::string(text) + "\" " + why};
}

Status ReadPermissions(std::string_view text, std::string_view options, UnixSocket& socket) {
  while (!options.empty()) {
    const std::string_view option = options.substr(0, options.find('&'));
    options.remove_prefix(std::min(option.size() + 1, options.size()));
    const std::string_view name = option.substr(0, option.find('='));
    const std::optional<std::string> value = PercentDecode(option.substr(std::min(name.size() + 1, option.size())));
    if (!value) return Refused(text, "has a '%' that is not followed by two hexadecimal digits");
    if (Status set = SetUnixPermission(socket, name, *value); !set.ok())
      return Refused(text, "is bad: " + set.message());
  }
  return Status::Ok();
}

}  // namespace

std::string UnixSocket::ToString() const {
  std::string encoded =
      is_abstract() ? "@" + PercentEncodePath(std::string_view(path).substr(1)) : PercentEncodePath(path);
  // A colon before a slash ends the path or name of a socket.
  for (std::size_t i = encoded.find(":/"); i != std::string::npos; i = encoded.find(":/")) encoded.replace(i, 1, "%3A");
  return std::string(is_abstract() ? kUnix : kFileStart) + encoded;
}

std::string ToString(const SocketAddress& address) {
  return std::visit([](const auto& form) { return form.ToString(); }, address);
}

Result<UnixSocket> ParseUnixSocket(std::string_view text) {
  const bool is_file = text.starts_with(std::string(kFileStart) + "/");
  const bool is_abstract = text.starts_with(std::string(kUnix) + "@");
  if (!is_file && !is_abstract) return Refused(text, "is not unix:///PATH with an absolute path, or unix:@NAME");
  std::optional<std::string> path = PercentDecode(text.substr(is_file ? kFileStart.size() : kUnix.size()));
  if (!path) return Refused(text, "has a '%' that is not followed by two hexadecimal digits");
  UnixSocket socket = {.path = *std::move(path)};
  const Status checked = CheckUnixSocket(socket);
  return checked.ok() ? Result<UnixSocket>(socket) : Refused(text, "is bad: " + checked.message());
}

Result<SocketAddress> ParseListenAddress(std::string_view text) {
  if (!text.starts_with(kUnix)) {
    Result<HostPort> parsed = ParseHostPort(text);
    return parsed.ok() ? Result<SocketAddress>(*std::move(parsed)) : parsed.status();
  }
  const std::size_t question = std::min(text.find('?'), text.size());
  Result<UnixSocket> socket = ParseUnixSocket(text.substr(0, question));
  if (!socket.ok()) return socket.status();
  const std::string_view options = text.substr(std::min(question + 1, text.size()));
  if (Status read = ReadPermissions(text, options, *socket); !read.ok()) return read;
  if (Status checked = CheckUnixSocket(*socket); !checked.ok()) return Refused(text, "is bad: " + checked.message());
  return SocketAddress(*std::move(socket));
}

Result<SocketAddress> ParseSocketAddress(std::string_view text) {
  if (text.starts_with(kUnix) && text.find('?') != std::string_view::npos) {
    return Refused(text, "has options, which are for the program that listens; a '?' in the path is %3F");
  }
  return ParseListenAddress(text);
}

UnixUrl SplitUnixUrl(std::string_view text) {
  const std::size_t colon = text.find(":/", text.starts_with(kFileStart) ? kFileStart.size() : kUnix.size());
  if (colon == std::string_view::npos) return {.socket = text, .path = {}};
  return {.socket = text.substr(0, colon), .path = text.substr(colon + 1)};
}

Status SetUnixPermission(UnixSocket& socket, std::string_view name, std::string_view value) {
  constexpr std::uint32_t kModeMax = 0777;
  if (value.empty()) return InvalidField(name, "is empty");
  if (name == "owner") {
    socket.owner = value;
  } else if (name == "group") {
    socket.group = value;
  } else if (name == "mode") {
    const char* const end = value.data() + value.size();
    const auto [parsed_to, error] = std::from_chars(value.data(), end, socket.mode, 8);
    if (error != std::errc() || parsed_to != end || socket.mode > kModeMax) {
      return InvalidField(name, "must be octal, from 0 to 0777, such as 0660");
    }
  } else {
    return InvalidField(name, "is no option; there are mode, owner, group");
  }
  if (socket.is_abstract()) return InvalidField(name, kForFilesOnly);
  return Status::Ok();
}

Status CheckUnixSocket(const UnixSocket& socket) {
  constexpr std::uint32_t kAnyMayWrite = 0222;
  const std::string_view path = socket.path;
  if (path.size() < 2 || (path.front() != '/' && path.front() != '@')) {
    return InvalidField("path", "is neither an absolute path nor '@' and a name");
  }
  const std::size_t bytes = path.size() - (socket.is_abstract() ? 1 : 0);
  if (bytes > kUnixPathBytesMax) {
    return InvalidField("path", "has " + std::to_string(bytes) + " bytes; the system takes at most " +
                                    std::to_string(kUnixPathBytesMax) + " for a Unix socket");
  }
  if (path.find('\0') != std::string_view::npos) return InvalidField("path", "has a NUL");
  if (socket.is_abstract()) {
    if (!socket.owner.empty()) return InvalidField("owner", kForFilesOnly);
    if (!socket.group.empty()) return InvalidField("group", kForFilesOnly);
    if (socket.mode != UnixSocket{}.mode) return InvalidField("mode", kForFilesOnly);
  }
  if ((socket.mode & kAnyMayWrite) == 0) return InvalidField("mode", "lets no user write, which connecting takes");
  return Status::Ok();
}

UnixSocketName::UnixSocketName(const UnixSocket& socket)
    // With the NUL behind a path, or in place of the '@'.
    : size_(static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket.path.size() +
                                   (socket.is_abstract() ? 0 : 1))) {
  Check(CheckUnixSocket(socket).ok(), "the path of a Unix socket is not checked");
  name_.sun_family = AF_UNIX;
  std::memcpy(name_.sun_path, socket.path.data(), socket.path.size());
  if (socket.is_abstract()) name_.sun_path[0] = '\0';
}

}  // namespace streamhouse::metrics
