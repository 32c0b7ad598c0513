// ScriptedReceiver: a receiver of pushes on this machine, which does to each request what a script
// says. Behind the script it answers 200.
//
// Guarantees: the kernel picks the port. One connection is served at a time. The destructor ends
// the wait of a step.
// Thread safety: Then() before the request that it is for; the rest from any thread.
//
//   ScriptedReceiver receiver;
//   receiver.Then(Respond(503, "Retry-After: 1\r\n")).Then(Reset());
//   … the exporter pushes to receiver.port() …
//   EXPECT_EQ(receiver.requests().at(0).path, "/v1/metrics");
#pragma once

#include <openssl/ssl.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "metrics_core/mutex.h"
#include "tests/exporters/support/certificates.h"

namespace streamhouse::exporters {

struct ReceivedRequest {
  std::string method;
  std::string path;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;                            // without the frames of chunks

  std::string Header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? "" : found->second;
  }
};

// One connection, as a step of a script sees it.
class ScriptedConnection {
 public:
  ScriptedConnection(int descriptor, SSL* tls) : descriptor_(descriptor), tls_(tls) {}

  // False where the exporter has gone.
  bool Send(std::string_view bytes);
  // Sends it again and again until the exporter has gone.
  void SendEndlessly(std::string_view bytes);
  // Waits until the exporter closes.
  void WaitForClose();
  void Close() { is_open_ = false; }
  // Ends it with a reset.
  void Reset();

  bool is_open() const { return is_open_; }
  std::size_t Receive(char* bytes, std::size_t size);

 private:
  const int descriptor_;
  SSL* const tls_;  // null without TLS
  bool is_open_ = true;
};

struct ScriptStep {
  std::function<void(ScriptedConnection&)> run;
  bool reads_request = true;  // before it runs
};

// `headers`: lines that end with CRLF.
ScriptStep Respond(int status, std::string_view headers = "", std::string_view body = "");
ScriptStep RespondAndClose(int status, std::string_view headers = "", std::string_view body = "");
ScriptStep SendAndClose(std::string bytes);  // as they are
ScriptStep SendAndReset(std::string bytes);
ScriptStep SendAndWait(std::string bytes);  // until the exporter closes
ScriptStep ReadNothing();                   // and wait until the exporter closes

class ScriptedReceiver {
 public:
  struct Options {
    std::string host = "127.0.0.1";
    std::string socket = {};               // path of a Unix socket, in place of the host
    const Certificate* tls = nullptr;      // the receiver's
    const Certificate* clients = nullptr;  // that exporters must show
  };

  ScriptedReceiver() : ScriptedReceiver(Options()) {}
  explicit ScriptedReceiver(const Options& options);
  ~ScriptedReceiver();
  ScriptedReceiver(const ScriptedReceiver&) = delete;
  ScriptedReceiver& operator=(const ScriptedReceiver&) = delete;

  // What happens to the next request that no step is for yet.
  ScriptedReceiver& Then(ScriptStep step);

  std::uint16_t port() const { return port_; }
  std::size_t connections() const;
  // The requests that were read to their end.
  std::vector<ReceivedRequest> requests() const;

 private:
  struct FreeContext {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };

  void UseTls(const Options& options);
  void Listen(const Options& options);
  void Run();
  void Serve(int descriptor);
  void Converse(ScriptedConnection& connection);
  ScriptStep NextStep();
  bool Keep(int descriptor);

  int listening_ = -1;
  std::uint16_t port_ = 0;
  std::unique_ptr<SSL_CTX, FreeContext> context_;
  mutable metrics::Mutex mutex_;
  std::deque<ScriptStep> script_ STREAMHOUSE_GUARDED_BY(mutex_);
  std::vector<ReceivedRequest> requests_ STREAMHOUSE_GUARDED_BY(mutex_);
  std::size_t connections_ STREAMHOUSE_GUARDED_BY(mutex_) = 0;
  int current_ STREAMHOUSE_GUARDED_BY(mutex_) = -1;  // the connection that is served
  bool is_ending_ STREAMHOUSE_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace streamhouse::exporters
