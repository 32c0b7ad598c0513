#include "exporters/push/http/receiver_connection.h"

#include <openssl/err.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/types.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <string>
#include <system_error>
#include <utility>

namespace streamhouse::exporters {
namespace {

using metrics::Result;
using metrics::Status;
using metrics::StatusCode;

Status Broken() {
  return Status(StatusCode::kUnavailable, "the connection broke: " + std::generic_category().message(errno));
}

bool MayComeLater() {
  return errno == EAGAIN || errno == EWOULDBLOCK;
}

int Length(std::size_t bytes) {
  return static_cast<int>(std::min(bytes, std::size_t{INT_MAX}));
}

}  // namespace

Result<std::unique_ptr<ReceiverConnection>> ReceiverConnection::Open(const ReceiverAddress& address,
                                                                     PushDeadline deadline) {
  Result<ReceiverSocket> socket = ReceiverSocket::Connect(address, deadline);
  if (!socket.ok()) return socket.status();
  TlsClient tls;
  if (address.tls) {
    Result<TlsClient> made = MakeTlsClient(*address.tls, address.host, socket->descriptor());
    if (!made.ok()) return made.status();
    tls = *std::move(made);
  }
  std::unique_ptr<ReceiverConnection> opened(new ReceiverConnection(*std::move(socket), std::move(tls)));
  if (opened->tls_ == nullptr) return opened;
  for (;;) {
    ERR_clear_error();
    const int result = SSL_connect(opened->tls_.get());
    if (result == 1) return opened;
    if (Status waited = opened->WaitForTls(result, deadline); !waited.ok()) return waited;
  }
}

Result<ReceiverConnection::Written> ReceiverConnection::Write(std::string_view bytes, PushDeadline deadline) {
  if (tls_ != nullptr) return WriteTls(bytes, deadline);
  while (!bytes.empty()) {
    const ssize_t sent = send(socket_.descriptor(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
      continue;
    }
    if (errno == EINTR) continue;
    if (!MayComeLater()) return Broken();
    const Result<short> ready = socket_.WaitFor(POLLOUT | POLLIN, deadline);
    if (!ready.ok()) return ready.status();
    if ((*ready & POLLIN) != 0) return Written::kAnswered;
  }
  return Written::kAll;
}

Result<std::size_t> ReceiverConnection::Read(std::span<char> buffer, PushDeadline deadline) {
  if (tls_ != nullptr) return ReadTls(buffer, deadline);
  for (;;) {
    const ssize_t received = recv(socket_.descriptor(), buffer.data(), buffer.size(), 0);
    if (received >= 0) return static_cast<std::size_t>(received);
    if (errno == EINTR) continue;
    if (!MayComeLater()) return Broken();
    if (const Result<short> ready = socket_.WaitFor(POLLIN, deadline); !ready.ok()) return ready.status();
  }
}

bool ReceiverConnection::IsIdle() {
  char next = 0;
  if (tls_ == nullptr) return recv(socket_.descriptor(), &next, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && MayComeLater();
  ERR_clear_error();
  const int result = SSL_peek(tls_.get(), &next, 1);
  return result <= 0 && SSL_get_error(tls_.get(), result) == SSL_ERROR_WANT_READ;
}

// Until the operation that gave the result may go on.
Status ReceiverConnection::WaitForTls(int result, PushDeadline deadline) {
  const int outcome = SSL_get_error(tls_.get(), result);
  if (outcome == SSL_ERROR_WANT_READ || outcome == SSL_ERROR_WANT_WRITE) {
    return socket_.WaitFor(outcome == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT, deadline).status();
  }
  if (outcome == SSL_ERROR_SYSCALL && errno != 0) return Broken();
  const bool has_ended = outcome == SSL_ERROR_SYSCALL || outcome == SSL_ERROR_ZERO_RETURN ||
                         ERR_GET_REASON(ERR_peek_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING;
  if (has_ended) return Status(StatusCode::kUnavailable, "the connection ended within TLS");
  return Status(StatusCode::kFailedPrecondition, TlsFailure(*tls_));
}

Result<ReceiverConnection::Written> ReceiverConnection::WriteTls(std::string_view bytes, PushDeadline deadline) {
  while (!bytes.empty()) {
    ERR_clear_error();
    const int written = SSL_write(tls_.get(), bytes.data(), Length(bytes.size()));
    if (written > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
    } else if (Status waited = WaitForTls(written, deadline); !waited.ok()) {
      return waited;
    }
  }
  return Written::kAll;
}

Result<std::size_t> ReceiverConnection::ReadTls(std::span<char> buffer, PushDeadline deadline) {
  for (;;) {
    ERR_clear_error();
    const int received = SSL_read(tls_.get(), buffer.data(), Length(buffer.size()));
    if (received > 0) return static_cast<std::size_t>(received);
    if (SSL_get_error(tls_.get(), received) == SSL_ERROR_ZERO_RETURN) return std::size_t{0};
    if (Status waited = WaitForTls(received, deadline); !waited.ok()) return waited;
  }
}

}  // namespace streamhouse::exporters
