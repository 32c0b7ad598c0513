#include "exporters/push/http/tls_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/x509_vfy.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/system/error_code.hpp>

#include "exporters/tls/small_file.h"
#include "exporters/tls/socket_bio.h"

namespace streamhouse::exporters {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using metrics::Result;
using metrics::Status;
using metrics::StatusCode;

Status Unusable(const std::string& file, const std::string& why) {
  return Status(StatusCode::kFailedPrecondition, "cannot use " + file + ": " + why);
}

// Reads a file and gives its text to `use`, which sets an error.
template <typename Use>
Status UseFile(const std::string& file, const Use& use) {
  const Result<std::string> text = ReadSmallFile(file);
  if (!text.ok()) return Unusable(file, text.status().message());
  error_code error;
  use(asio::buffer(*text), error);
  return error ? Unusable(file, error.message()) : Status::Ok();
}

// OpenSSL would ask the terminal, and wait.
int RefusePassPhrase(char*, int, int, void*) {
  return -1;
}

Status UseAuthorities(const ReceiverTlsFiles& files, asio::ssl::context& context) {
  context.set_verify_mode(asio::ssl::verify_peer);
  if (!files.ca.empty()) {
    return UseFile(files.ca,
                   [&](asio::const_buffer text, error_code& error) { context.add_certificate_authority(text, error); });
  }
  error_code error;
  context.set_default_verify_paths(error);
  return error ? Unusable("the system's authorities", error.message()) : Status::Ok();
}

Status UseCertificate(const ReceiverTlsFiles& files, asio::ssl::context& context) {
  if (files.certificate.empty()) return Status::Ok();
  Status used = UseFile(files.certificate, [&](asio::const_buffer text, error_code& error) {
    context.use_certificate_chain(text, error);
  });
  if (!used.ok()) return used;
  used = UseFile(files.key, [&](asio::const_buffer text, error_code& error) {
    context.use_private_key(text, asio::ssl::context::pem, error);
  });
  if (!used.ok()) return used;
  ERR_clear_error();
  if (SSL_CTX_check_private_key(context.native_handle()) == 1) return Status::Ok();
  return Unusable(files.key, "it does not belong to " + files.certificate);
}

bool IsAddress(const std::string& host) {
  in6_addr unused;  // large enough for both
  return inet_pton(AF_INET, host.c_str(), &unused) == 1 || inet_pton(AF_INET6, host.c_str(), &unused) == 1;
}

bool ExpectHost(SSL* ssl, const std::string& host) {
  if (IsAddress(host)) return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str()) == 1;
  return SSL_set1_host(ssl, host.c_str()) == 1 && SSL_set_tlsext_host_name(ssl, host.c_str()) == 1;
}

}  // namespace

Result<TlsClient> MakeTlsClient(const ReceiverTlsFiles& files, const std::string& host, int descriptor) {
  // The SSL keeps what it needs of it.
  asio::ssl::context context(asio::ssl::context::tls_client);
  SSL_CTX_set_default_passwd_cb(context.native_handle(), RefusePassPhrase);
  SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
  SSL_CTX_set_mode(context.native_handle(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  if (Status used = UseAuthorities(files, context); !used.ok()) return used;
  if (Status used = UseCertificate(files, context); !used.ok()) return used;
  ERR_clear_error();
  TlsClient ssl(SSL_new(context.native_handle()));
  if (ssl == nullptr || !ExpectHost(ssl.get(), host)) {
    return Status(StatusCode::kFailedPrecondition, "TLS cannot be used with the host " + host);
  }
  BIO* const bio = NewSocketBio(descriptor);
  SSL_set_bio(ssl.get(), bio, bio);
  SSL_set_connect_state(ssl.get());
  return ssl;
}

std::string TlsFailure(const SSL& ssl) {
  const long verified = SSL_get_verify_result(&ssl);
  const unsigned long error = ERR_get_error();
  const char* const reason = ERR_reason_error_string(error);
  ERR_clear_error();
  if (verified != X509_V_OK) {
    return std::string("the certificate of the receiver is not good: ") + X509_verify_cert_error_string(verified);
  }
  if (ERR_GET_REASON(error) == SSL_R_WRONG_VERSION_NUMBER) return "the receiver does not speak TLS";
  return std::string("TLS fails: ") + (reason == nullptr ? "unknown reason" : reason);
}

}  // namespace streamhouse::exporters
