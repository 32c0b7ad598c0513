// HttpReceiver: a connection to the receiver of a push exporter, over HTTP/1.1.
//
// When to use something else: HttpSender, which retries by the rule of a protocol.
// Invariants:
// 1. A connection on which a request failed is not kept.
// Guarantees:
// 1. A response of any status is a response, not an error. A redirect is not followed, and no proxy
//    is used. No environment variable is read, but SSL_CERT_FILE and SSL_CERT_DIR: by these OpenSSL
//    finds the system's authorities, where ReceiverTlsFiles names none.
// 2. The connection is kept for the next request, for quiet_time_max. Where the receiver has closed
//    it meanwhile, the request is sent over a new one; this retry is made once. The receiver may
//    have taken the request before it closed: a body may arrive twice.
// 3. Send() returns by its deadline. The look-up of a host name has no deadline: it may add the
//    resolver's time. So may a disk that hangs, with the files of Credentials and ReceiverTlsFiles.
// 4. At most kResponseBytesMax of a body and kResponseHeadBytesMax of headers are kept
//    (response_reader.h).
// 5. Over TLS, 1.2 is the oldest version. The certificate must be signed by the CA and have the
//    name of the host; there is no way to skip that.
// 6. No message has a secret of Credentials, a value of HttpRequest::secret_fields, or a secret of
//    the query of its path (secrets.h).
// 7. In the child of a fork the connection stays the parent's: the destructor leaves it alone.
// Thread safety: one thread at a time.
// Cost: a descriptor; a page of memory beside the bodies.
// Errors:
// - Unavailable: no connection, or one that ended before the response. A later request may succeed.
// - DeadlineExceeded: no response by the deadline.
// - FailedPrecondition: TLS or the credentials do not work.
// - DataLoss: the response is not HTTP.
// - ResourceExhausted: the response is too large.
// - Internal: the page of HttpRequest::make_body failed.
//
//   HttpReceiver receiver({.address = {.host = "localhost", .port = 4318}});
//   Result<HttpResponse> response = receiver.Send({.path = "/v1/metrics", .body = body}, deadline);
//   if (response.ok() && response->is_success()) …
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string_view>

#include "exporters/push/http/credentials.h"
#include "exporters/push/http/http_request.h"
#include "exporters/push/http/http_response.h"
#include "exporters/push/http/receiver_address.h"
#include "exporters/push/push_deadline.h"
#include "metrics_core/status.h"

namespace streamhouse::exporters {

class ResponseReader;
class ReceiverConnection;

struct HttpReceiverOptions {
  ReceiverAddress address;
  Credentials credentials = {};
  // A connection that was quiet so long is not used again: firewalls forget it, and tell neither
  // end.
  std::chrono::milliseconds quiet_time_max = std::chrono::seconds(60);
};

class HttpReceiver {
 public:
  explicit HttpReceiver(HttpReceiverOptions options);
  ~HttpReceiver();
  HttpReceiver(const HttpReceiver&) = delete;
  HttpReceiver& operator=(const HttpReceiver&) = delete;

  // Whether the files of credentials and of TLS can be used: for the start of an exporter.
  metrics::Status CheckFiles() const;

  metrics::Result<HttpResponse> Send(const HttpRequest& request, PushDeadline deadline);

  // Whether the last request was sent a second time, over a new connection.
  bool has_sent_again() const { return has_sent_again_; }

  // Of the body of the last request, as it was sent: compressed, without headers.
  std::uint64_t body_bytes() const { return body_bytes_; }

 private:
  // What became of a request on one connection.
  struct Exchanged {
    metrics::Result<HttpResponse> response;
    bool was_silent = false;  // the receiver has not sent a byte
  };

  metrics::Status Connect(PushDeadline deadline);
  Exchanged Exchange(const HttpRequest& request, const SecretHeaders& headers, PushDeadline deadline);
  // False: the receiver has not taken all of it, and may have sent a response.
  metrics::Result<bool> SendRequest(const HttpRequest& request, const SecretHeaders& headers, PushDeadline deadline);
  metrics::Result<bool> SendPage(PageSource& page, PushDeadline deadline);
  metrics::Result<bool> Write(std::string_view bytes, PushDeadline deadline);
  metrics::Status ReadResponse(ResponseReader& reader, PushDeadline deadline);
  void LeaveToParent();

  const HttpReceiverOptions options_;
  std::unique_ptr<ReceiverConnection> connection_;  // null until the first request, and after a failure
  pid_t process_ = 0;                               // that has made the connection
  std::chrono::steady_clock::time_point last_response_;
  std::uint64_t body_bytes_ = 0;
  bool has_sent_again_ = false;
};

}  // namespace streamhouse::exporters
