#include "exporters/http/listener.h"

#include <unistd.h>

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <functional>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "exporters/http/message/response.h"
#include "exporters/http/plain_connection.h"
#include "exporters/http/tls_connection.h"
#include "metrics_core/dcheck.h"
#include "metrics_core/sockets/listening_unix_socket.h"

namespace streamhouse::exporters {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using metrics::Status;
using metrics::StatusCode;
using tcp = boost::asio::ip::tcp;

// How long to wait before accepting again when the system has no descriptors or memory left.
constexpr std::chrono::milliseconds kAcceptPause{100};
// What the kernel holds for a client. It would take megabytes, and cut them into tiny packets for a
// client that reads a few bytes at a time, on the time of all other clients.
constexpr int kSendBufferBytes = 512 * 1024;

// How long a client may leave a part of its page where it is, when others want to be sent theirs:
// one that reads takes milliseconds.
constexpr std::chrono::milliseconds kStallTime = std::chrono::seconds(1);

RoutesOptions Completed(RoutesOptions routes, std::function<bool()> make_room) {
  routes.make_room = std::move(make_room);
  return routes;
}

Response Unauthorized() {
  Response response = ErrorResponse(401);
  response.headers.emplace_back("WWW-Authenticate", "Basic realm=\"metrics\"");
  return response;
}

}  // namespace

Listener::Listener(ServerExecutor executor, metrics::Registry& registry, const metrics::Health& health,
                   RoutesOptions routes, WebConfig web_config)
    : limits_(routes.limits),
      web_config_(std::move(web_config)),
      metrics_(routes.metrics),
      auth_(web_config_.users),
      executor_(std::move(executor)),
      routes_(registry, health, Completed(std::move(routes), [this] { return GiveUpAStalledPage(); })),
      checks_(executor_, health, metrics_) {
  if (!web_config_.users.empty()) password_thread_ = std::make_unique<asio::thread_pool>(1);
}

Status Listener::Bind(const metrics::SocketAddress& address) {
  if (Status checked = limits_.Validate(); !checked.ok()) return checked.Within("limits");
  if (web_config_.tls) {
    tls_ = std::make_unique<TlsContext>(*web_config_.tls,
                                        [this](const Status& outcome) { metrics_.CountCertificateReload(outcome); });
    if (Status loaded = tls_->Load(); !loaded.ok()) return loaded;
  }
  const auto* const unix_socket = std::get_if<metrics::UnixSocket>(&address);
  return unix_socket != nullptr ? BindUnix(*unix_socket) : BindTcp(std::get<metrics::HostPort>(address));
}

Status Listener::BindTcp(const metrics::HostPort& address) {
  // To the system an empty name means every address of the machine.
  if (address.host.empty()) return Status(StatusCode::kInvalidArgument, "the host to listen on is empty");
  error_code error;
  const auto refuse = [&](StatusCode code) {
    return Status(code, "cannot listen on " + address.ToString() + ": " + error.message());
  };
  const auto endpoints =
      tcp::resolver(executor_).resolve(address.host, std::to_string(address.port), tcp::resolver::passive, error);
  const bool may_be_found_later = error == asio::error::host_not_found_try_again;
  if (error) return refuse(may_be_found_later ? StatusCode::kUnavailable : StatusCode::kInvalidArgument);
  error = ListenOnOneOf({endpoints.begin(), endpoints.end()}, listening_);
  if (error) return refuse(StatusCode::kUnavailable);
  port_ = PortOf(listening_.native_handle());
  return Status::Ok();
}

Status Listener::BindUnix(const metrics::UnixSocket& address) {
  metrics::Result<metrics::ListeningUnixSocket> made = metrics::ListenOnUnixSocket(address);
  if (!made.ok()) return made.status().Within("unix_socket");
  error_code error;
  listening_.assign(made->descriptor, error);
  if (error) {
    made->file.Remove();
    close(made->descriptor);
    return {StatusCode::kUnavailable, "cannot listen on " + address.ToString() + ": " + error.message()};
  }
  file_ = std::move(made->file);
  return Status::Ok();
}

void Listener::Open() {
  asio::post(executor_, [self = shared_from_this()] { self->Accept(); });
}

void Listener::Close() {
  metrics::Check(!executor_.IsInside() && !checks_.IsInside(),
                 "a server is stopped by a health check or a callback that it has called");
  executor_.Close([this] {
    file_.Remove();
    error_code ignored;
    listening_.close(ignored);
    pause_.cancel();
    for (const auto& [id, session] : std::exchange(sessions_, {})) session->Abort();
    // Checks that run are waited for; checks that wait are dropped.
    checks_.Close();
    password_thread_.reset();
    password_queue_.Clear();
    delayed_.clear();
  });
}

void Listener::CloseInChild() {
  // It does not change while the listener is open.
  GiveBackCopy(listening_.native_handle());
  executor_.CloseUnlessBusy([this] {
    for (const auto& [id, session] : sessions_) GiveBackCopy(session->descriptor());
  });
}

void Listener::Accept() {
  listening_.async_wait(ListeningSocket::wait_read, [self = shared_from_this()](error_code error) {
    error ? self->AcceptAfter(error) : self->AcceptSome();
  });
}

void Listener::AcceptSome() {
  // Not all of a crowd before the first is answered.
  constexpr int kAcceptsAtOnce = 16;
  for (int i = 0; i < kAcceptsAtOnce; ++i) {
    error_code error;
    StreamSocket socket = AcceptOne(listening_, error);
    if (error == asio::error::would_block) break;
    if (error) return AcceptAfter(error);
    Serve(std::move(socket));
  }
  Accept();
}

void Listener::AcceptAfter(error_code error) {
  // The process has no descriptor left, which a session that waits for its client can spare.
  if (error == asio::error::no_descriptors && MakeRoom()) return Accept();
  pause_.expires_after(kAcceptPause);
  pause_.async_wait([self = shared_from_this()](error_code) { self->Accept(); });
}

void Listener::Serve(StreamSocket socket) {
  error_code ignored;  // the buffer is a matter of cost
  socket.set_option(asio::socket_base::send_buffer_size(kSendBufferBytes), ignored);
  const auto client = std::make_shared<Client>();
  if (!web_config_.users.empty()) client->address = PeerName(socket.native_handle());
  std::unique_ptr<Connection> connection = MakeConnection(std::move(socket));
  if (sessions_.size() >= limits_.connections && !MakeRoom()) return connection->Abort();
  const std::uint64_t id = next_id_++;
  const auto session = std::make_shared<Session>(
      std::move(connection),
      [self = shared_from_this(), client](const Request& request, Session::Respond respond) {
        self->Handle(request, *client, std::move(respond));
      },
      limits_, web_config_.headers, metrics_, [this, id](Session&) { sessions_.erase(id); });
  sessions_.emplace(id, session);
  // Invariant 1.
  metrics::DCheck([this] { return sessions_.size() <= limits_.connections; }, "connections are bounded");
  session->Start();
}

std::unique_ptr<Connection> Listener::MakeConnection(StreamSocket socket) {
  if (tls_ != nullptr) return std::make_unique<TlsConnection>(std::move(socket), tls_->Current());
  return std::make_unique<PlainConnection>(std::move(socket));
}

// Gives up the oldest session that waits for its client. So a crowd of slow clients makes room for
// a quick one, which is answered long before it is the oldest. False when all are being answered.
bool Listener::MakeRoom() {
  metrics_.CountLimit(Limit::kConnections);
  const auto oldest =
      std::find_if(sessions_.begin(), sessions_.end(), [](const auto& entry) { return entry.second->is_waiting(); });
  if (oldest == sessions_.end()) return false;
  const std::shared_ptr<Session> session = oldest->second;
  session->Abort();
  return true;
}

// So a crowd that asks for pages and does not read them cannot keep all permits.
bool Listener::GiveUpAStalledPage() {
  const auto stalled_since = [](const auto& entry) {
    return entry.second->stalled_since().value_or(std::chrono::steady_clock::time_point::max());
  };
  const auto longest = std::min_element(sessions_.begin(), sessions_.end(), [&](const auto& a, const auto& b) {
    return stalled_since(a) < stalled_since(b);
  });
  if (longest == sessions_.end() || stalled_since(*longest) > std::chrono::steady_clock::now() - kStallTime)
    return false;
  const std::shared_ptr<Session> session = longest->second;
  session->Abort();
  return true;
}

void Listener::Handle(const Request& request, Client& client, Session::Respond respond) {
  // Before the password, so that guesses count too.
  if (!rate_limit_.Take(std::chrono::steady_clock::now())) {
    metrics_.CountLimit(Limit::kRate);
    return AnswerWith(ErrorResponse(429), respond);
  }
  const std::optional<bool> verdict = auth_.Recall(request.authorization);
  if (!verdict) return QueuePassword(request, client, std::move(respond));
  if (*verdict) return AnswerAllowed(request, respond);
  // A request without a password is not a guess.
  if (request.authorization.empty()) return AnswerWith(Unauthorized(), respond);
  RefuseGuess(Unauthorized(), client, std::move(respond));
}

// The text that a request shows lives until the response, and so does the session, which keeps
// client and listener. `respond` keeps the session, and is moved on, so that the session ends in a
// handler.
void Listener::QueuePassword(const Request& request, Client& client, Session::Respond respond) {
  using Action = PasswordQueue::Action;
  const BasicAuth::Claim claim = auth_.ClaimOf(request.authorization);
  const std::string origin = client.address + " " + claim.user;
  const auto user = claim.is_known ? PasswordQueue::User::kKnown : PasswordQueue::User::kUnknown;
  const Suspicion suspicion =
      password_queue_.SuspicionOf(origin, user, client.refusals, std::chrono::steady_clock::now());
  const auto refused =
      password_queue_.Push({.origin = origin,
                            .suspicion = suspicion,
                            .act = [this, request, &client, respond = std::move(respond)](Action action) mutable {
                              if (action == Action::kCheck) return CheckPassword(request, client, std::move(respond));
                              metrics_.CountLimit(Limit::kPasswordChecks);
                              RefuseGuess(ErrorResponse(503), client, std::move(respond));
                            }});
  if (refused) refused->act(Action::kRefuse);
  CheckNextPassword();
}

void Listener::CheckNextPassword() {
  if (const auto next = password_queue_.Next()) next->act(PasswordQueue::Action::kCheck);
}

void Listener::CheckPassword(Request request, Client& client, Session::Respond respond) {
  asio::post(*password_thread_, [this, request, &client, respond = std::move(respond)]() mutable {
    const bool is_allowed = auth_.Check(request.authorization);
    asio::post(executor_, [this, is_allowed, request, &client, respond = std::move(respond)]() mutable {
      const auto password = is_allowed ? PasswordQueue::Password::kRight : PasswordQueue::Password::kWrong;
      password_queue_.Decide(password, std::chrono::steady_clock::now());
      is_allowed ? AnswerAllowed(request, respond) : RefuseGuess(Unauthorized(), client, std::move(respond));
      CheckNextPassword();
    });
  });
}

void Listener::AnswerAllowed(const Request& request, const Session::Respond& respond) {
  if (std::optional<Response> response = routes_.HandleUnlessReady(request)) return respond(*std::move(response));
  // A copy: what its views show lives until it is answered, the request itself does not.
  checks_.Ask([this, request, respond](const metrics::Health::Report& report) {
    respond(routes_.AnswerReady(request, report));
  });
}

// Delays the refusal, so that a refused client cannot fill the queue again at once. Delayed
// connections make no room for others, so only a part of the connections is delayed.
void Listener::RefuseGuess(Response refusal, Client& client, Session::Respond respond) {
  ++client.refusals;
  if (delayed_.size() >= limits_.connections / kRefusalsDelayedPart) return AnswerWith(std::move(refusal), respond);
  const std::uint64_t id = next_id_++;
  asio::steady_timer& timer = delayed_.try_emplace(id, executor_).first->second;
  // Invariant 2.
  metrics::DCheck([this] { return delayed_.size() <= limits_.connections / kRefusalsDelayedPart; },
                  "delayed refusals are bounded");
  timer.expires_after(std::min(kRefusalDelay * static_cast<int>(delayed_.size()), kRefusalDelayMax));
  timer.async_wait([this, id, refusal = std::move(refusal), respond = std::move(respond)](error_code) mutable {
    delayed_.erase(id);
    AnswerWith(std::move(refusal), respond);
  });
}

void Listener::AnswerWith(Response refusal, const Session::Respond& respond) {
  metrics_.CountRequest("other", refusal.status);
  respond(std::move(refusal));
}

}  // namespace streamhouse::exporters
