#include "bench/crowd.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <string>
#include <thread>
#include <vector>

namespace streamhouse::exporters {
namespace {

constexpr int kMillisecondsBetweenLines = 1000;

bool Send(int descriptor, std::string_view bytes) {
  return send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
}

// Whether the one who started this process still wants it; waits for so long.
bool GoesOn(int milliseconds) {
  pollfd input = {.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
  return poll(&input, 1, milliseconds) == 0;
}

void AllowDescriptors() {
  rlimit limit = {};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

void SayReady() {
  [[maybe_unused]] const ssize_t written = write(STDOUT_FILENO, "\n", 1);
}

// Who was thrown out comes back.
void HoldConnections(int count, std::uint16_t port, std::string_view opening, std::string_view line) {
  std::vector<int> clients(static_cast<std::size_t>(count), -1);
  do {
    for (int& client : clients) {
      if (client >= 0 && Send(client, line)) continue;
      if (client >= 0) close(client);
      client = ConnectTo(port);
      Send(client, opening);
    }
    SayReady();
  } while (GoesOn(kMillisecondsBetweenLines));
}

void Scrape(int count, std::uint16_t port) {
  for (int i = 0; i < count; ++i) {
    std::thread([port] {
      while (true) Fetch(port, "/metrics");
    }).detach();
  }
  SayReady();
  while (GoesOn(kMillisecondsBetweenLines)) {
  }
  _exit(0);
}

}  // namespace

int ConnectTo(std::uint16_t port) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0) return descriptor;
  close(descriptor);
  return -1;
}

std::uint64_t Fetch(std::uint16_t port, std::string_view target) {
  const int client = ConnectTo(port);
  if (client < 0) return 0;
  Send(client, "GET " + std::string(target) + " HTTP/1.0\r\n\r\n");
  std::array<char, 65536> piece;
  std::uint64_t bytes = 0;
  while (true) {
    const ssize_t n = recv(client, piece.data(), piece.size(), 0);
    if (n <= 0) break;
    bytes += static_cast<std::uint64_t>(n);
  }
  close(client);
  return bytes;
}

Crowd::Crowd(std::string_view what, int count, std::uint16_t port) {
  if (what == kNone) return;
  std::array<int, 2> input;
  std::array<int, 2> output;
  if (pipe2(input.data(), O_CLOEXEC) != 0 || pipe2(output.data(), O_CLOEXEC) != 0) return;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output[1], STDOUT_FILENO);
  std::string program = "crowd";
  std::string name(what);
  std::string count_text = std::to_string(count);
  std::string port_text = std::to_string(port);
  std::array<char*, 5> arguments = {program.data(), name.data(), count_text.data(), port_text.data(), nullptr};
  posix_spawn(&process_, "/proc/self/exe", &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(input[0]);
  close(output[1]);
  its_input_ = input[1];
  char ready = 0;
  [[maybe_unused]] const ssize_t n = read(output[0], &ready, 1);
  close(output[0]);
}

Crowd::~Crowd() {
  if (process_ < 0) return;
  close(its_input_);
  waitpid(process_, nullptr, 0);
}

bool RunCrowdIfAsked(int argc, char** argv) {
  if (argc != 4 || std::string_view(argv[0]) != "crowd") return false;
  const std::string_view what = argv[1];
  const int count = std::stoi(argv[2]);
  const auto port = static_cast<std::uint16_t>(std::stoi(argv[3]));
  AllowDescriptors();
  if (what == kScraping) Scrape(count, port);
  if (what == kSilent) HoldConnections(count, port, "", "");
  if (what == kSlowHeaders) HoldConnections(count, port, "GET /metrics HTTP/1.1\r\n", "X-a: b\r\n");
  if (what == kNeverReading) HoldConnections(count, port, "GET /metrics HTTP/1.0\r\n\r\n", "");
  return true;
}

}  // namespace streamhouse::exporters
