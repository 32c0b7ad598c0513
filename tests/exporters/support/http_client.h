// HttpClient: a blocking socket to a server on this machine, for tests that care about bytes.
//
// Every wait has a deadline, after which it counts as the end of what there is to read.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "metrics_core/sockets/socket_address.h"

namespace streamhouse::exporters {

struct HttpReply {
  int status = 0;                              // 0: there was no reply
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
  bool complete = false;  // whether the body came to its declared end
};

class HttpClient {
 public:
  explicit HttpClient(std::uint16_t port, std::string_view host = "127.0.0.1");
  explicit HttpClient(const metrics::UnixSocket& server);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  bool connected() const { return connected_; }

  // False when the server has closed.
  bool Send(std::string_view bytes);
  void ShutDownSending();

  // The next reply; `method` tells whether it has a body.
  HttpReply Receive(std::string_view method = "GET");

  // Everything until the server closes. Where it does not close in time, the text ends with saying
  // so.
  std::string ReceiveAll();

  // The same, without keeping or allocating anything; how many bytes they were.
  std::size_t DiscardAll() const;

  // Sends a request with a Host header and what else is given, each line ended by CRLF, and
  // receives the reply.
  HttpReply Ask(std::string_view method, std::string_view target, std::string_view headers = "");

  // Whether a read met the end of the connection, and not its deadline.
  bool has_ended() const { return has_ended_; }

  int descriptor() const { return descriptor_; }

 private:
  bool ReceiveMore();
  bool ReceiveUntil(std::string_view mark, std::string& taken);
  bool ReceiveBytes(std::size_t n, std::string& taken);
  bool ReceiveChunks(std::string& body);

  int descriptor_ = -1;
  bool connected_ = false;
  bool has_ended_ = false;
  std::string received_;
};

// One request on a connection of its own.
HttpReply Get(std::uint16_t port, std::string_view target, std::string_view headers = "");
HttpReply Get(const metrics::UnixSocket& server, std::string_view target, std::string_view headers = "");

}  // namespace streamhouse::exporters
