// Loads an MQTT broker: pairs of a client that publishes and a client that receives its messages.
//
//   mqtt_load PORT PAIRS PREFIXES MESSAGES
//
// Each message is a PUBLISH of QoS 0 with 64 bytes, and is delivered once. Its topic is tNNNN/PAIR.
// NNNN counts from 0 to PREFIXES - 1, and begins again. A pair has at most kWindow messages under
// way, so that no queue of the broker overflows. MESSAGES is the number for each pair; the first
// tenth of all messages is not measured. When all have arrived, the program prints the messages per
// second of the rest, over all pairs.
//
// The program has one thread. It makes all packets before it sends the first one, and counts
// arriving packets by their bytes. So a broker on another processor is the slower side.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr std::size_t kPayloadBytes = 64;
constexpr std::uint64_t kWindow = 200;
constexpr std::uint64_t kMessagesPerWrite = 50;
constexpr int kQuietMillisecondsMax = 10'000;

[[noreturn]] void Fail(std::string_view what) {
  std::fprintf(stderr, "mqtt_load: %.*s\n", static_cast<int>(what.size()), what.data());
  std::exit(1);
}

// The call that has failed, with the reason of the system.
[[noreturn]] void FailCall(const char* call) {
  Fail(std::string(call) + ": " + std::strerror(errno));
}

// All packets here are shorter than 128 bytes: one byte of length.
std::string Packet(int first_byte, const std::string& body) {
  return std::string{static_cast<char>(first_byte), static_cast<char>(body.size())} + body;
}

std::string Text(const std::string& text) {
  return std::string{'\0', static_cast<char>(text.size())} + text;
}

// A blocking connection whose CONNECT was accepted.
int Connect(std::uint16_t port, const std::string& id) {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) FailCall("socket()");
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) FailCall("connect()");
  const int on = 1;
  ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  using namespace std::string_literals;  // NOLINT(google-build-using-namespace)
  const std::string connect = Packet(0x10, Text("MQTT") + "\x04\x02\x00\x00"s + Text(id));
  std::array<char, 4> response = {};
  if (::send(descriptor, connect.data(), connect.size(), MSG_NOSIGNAL) < 0) FailCall("send()");
  if (::recv(descriptor, response.data(), response.size(), MSG_WAITALL) != 4 || response[3] != 0)
    Fail("the broker does not accept a client");
  return descriptor;
}

std::string PublishPacket(std::uint64_t prefix, std::uint64_t pair) {
  std::array<char, 32> topic = {};
  std::snprintf(topic.data(), topic.size(), "t%04llu/%02llu", static_cast<unsigned long long>(prefix),
                static_cast<unsigned long long>(pair));
  return Packet(0x30, Text(topic.data()) + std::string(kPayloadBytes, 'x'));
}

class Pair {
 public:
  Pair(std::uint16_t port, std::uint64_t number, std::uint64_t prefixes, std::uint64_t messages) : messages_(messages) {
    receiver_ = Connect(port, "receiver" + std::to_string(number));
    using namespace std::string_literals;  // NOLINT(google-build-using-namespace)
    std::array<char, 8> filter = {};
    std::snprintf(filter.data(), filter.size(), "+/%02u", static_cast<unsigned>(number));
    const std::string subscribe = Packet(0x82, "\x00\x01"s + Text(filter.data()) + "\x00"s);
    std::array<char, 5> response = {};
    if (::send(receiver_, subscribe.data(), subscribe.size(), MSG_NOSIGNAL) < 0) FailCall("send()");
    if (::recv(receiver_, response.data(), response.size(), MSG_WAITALL) != 5)
      Fail("the broker does not answer a subscription");
    sender_ = Connect(port, "sender" + std::to_string(number));
    // One round, and as many packets again as a write may have: a write that begins in the round
    // never has to begin again at its start.
    for (std::uint64_t i = 0; i < prefixes + kMessagesPerWrite; ++i) packets_ += PublishPacket(i % prefixes, number);
    packet_bytes_ = PublishPacket(0, number).size();
    round_bytes_ = packet_bytes_ * prefixes;
  }
  ~Pair() {
    ::close(sender_);
    ::close(receiver_);
  }
  Pair(const Pair&) = delete;
  Pair& operator=(const Pair&) = delete;

  std::uint64_t received() const { return received_bytes_ / packet_bytes_; }
  bool done() const { return received() == messages_; }
  int receiver() const { return receiver_; }

  void Send() {
    const std::uint64_t end = std::min(messages_, received() + kWindow) * packet_bytes_;
    while (sent_bytes_ < end) {
      const std::uint64_t size = std::min(end - sent_bytes_, kMessagesPerWrite * packet_bytes_ / 2);
      const ssize_t sent =
          ::send(sender_, packets_.data() + sent_bytes_ % round_bytes_, size, MSG_DONTWAIT | MSG_NOSIGNAL);
      if (sent < 0 && errno == EAGAIN) return;
      if (sent < 0) FailCall("send()");
      sent_bytes_ += static_cast<std::uint64_t>(sent);
    }
  }

  void Receive() {
    std::array<char, 65536> buffer;
    const ssize_t size = ::recv(receiver_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (size < 0 && errno == EAGAIN) return;
    if (size < 0) FailCall("recv()");
    if (size == 0) Fail("the broker has ended a connection");
    received_bytes_ += static_cast<std::uint64_t>(size);
  }

 private:
  const std::uint64_t messages_;
  int sender_ = -1;
  int receiver_ = -1;
  std::string packets_;
  std::uint64_t packet_bytes_ = 0;
  std::uint64_t round_bytes_ = 0;
  std::uint64_t sent_bytes_ = 0;
  std::uint64_t received_bytes_ = 0;
};

std::uint64_t Received(const std::vector<std::unique_ptr<Pair>>& pairs) {
  std::uint64_t sum = 0;
  for (const auto& pair : pairs) sum += pair->received();
  return sum;
}

void Run(std::uint16_t port, std::uint64_t pair_count, std::uint64_t prefixes, std::uint64_t messages) {
  std::vector<std::unique_ptr<Pair>> pairs;
  std::vector<pollfd> polled;
  for (std::uint64_t i = 0; i < pair_count; ++i) {
    pairs.push_back(std::make_unique<Pair>(port, i, prefixes, messages));
    polled.push_back({.fd = pairs.back()->receiver(), .events = POLLIN, .revents = 0});
  }
  const std::uint64_t all = pair_count * messages;
  std::uint64_t warm = 0;
  std::chrono::steady_clock::time_point began;
  for (std::uint64_t received = 0; received < all; received = Received(pairs)) {
    if (warm == 0 && received >= all / 10) {
      warm = received;
      began = std::chrono::steady_clock::now();
    }
    for (const auto& pair : pairs) pair->Send();
    if (::poll(polled.data(), polled.size(), kQuietMillisecondsMax) == 0)
      Fail("no message has arrived for " + std::to_string(kQuietMillisecondsMax) + " ms, and some are missing");
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      if (polled[i].revents != 0) pairs[i]->Receive();
    }
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  std::printf("%.1f\n", static_cast<double>(all - warm) / took.count());
}

std::uint64_t Argument(const char* text) {
  char* end = nullptr;
  const std::uint64_t number = std::strtoull(text, &end, 10);
  if (*end != '\0' || number == 0) Fail("\"" + std::string(text) + "\" is no number above 0");
  return number;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 5) {
    std::fprintf(stderr, "mqtt_load PORT PAIRS PREFIXES MESSAGES\n");
    return 2;
  }
  Run(static_cast<std::uint16_t>(Argument(arguments[1])), Argument(arguments[2]), Argument(arguments[3]),
      Argument(arguments[4]));
  return 0;
}
