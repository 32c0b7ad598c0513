#include "exporters/http/tls/tls_context.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <sys/stat.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/verify_context.hpp>
#include <string>

#include "exporters/encoding/ascii_case.h"
#include "exporters/http/tls/client_names.h"
#include "exporters/tls/small_file.h"

namespace streamhouse::exporters {
namespace {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using boost::system::error_code;
using metrics::Result;
using metrics::Status;
using metrics::StatusCode;

// A text, and where it is from, for errors.
struct Pem {
  std::string what;  // "key"
  std::string file;  // empty for a text in the configuration
  std::string text;

  Status Bad(const std::string& why) const {
    return Status(StatusCode::kInvalidArgument,
                  "cannot use the " + what + (file.empty() ? "" : " " + file) + ": " + why);
  }
  asio::const_buffer buffer() const { return {text.data(), text.size()}; }
};

// Whether a pass phrase is needed, in the older and in the newer form.
bool IsEncrypted(const std::string& text) {
  return text.find("Proc-Type:") != std::string::npos || text.find("-----BEGIN ENCRYPTED") != std::string::npos;
}

Result<Pem> ReadPem(const std::string& what, const std::string& file, const std::string& text) {
  Pem pem = {.what = what, .file = text.empty() ? file : "", .text = text};
  if (text.empty()) {
    Result<std::string> read = ReadSmallFile(file);
    if (!read.ok()) return pem.Bad(read.status().message());
    pem.text = *std::move(read);
  }
  if (IsEncrypted(pem.text)) return pem.Bad("it needs a pass phrase; a server cannot ask for one");
  return pem;
}

Status UseCertificate(const TlsConfig& config, ssl::context& context) {
  const Result<Pem> certificate = ReadPem("certificate", config.certificate_file, config.certificate);
  if (!certificate.ok()) return certificate.status();
  const Result<Pem> key = ReadPem("key", config.key_file, config.key);
  if (!key.ok()) return key.status();
  error_code error;
  context.use_certificate_chain(certificate->buffer(), error);
  if (error) return certificate->Bad(error.message());
  context.use_private_key(key->buffer(), ssl::context::pem, error);
  if (error) return key->Bad(error.message());
  // Loading has compared them where they are of the same type only.
  ERR_clear_error();
  if (SSL_CTX_check_private_key(context.native_handle()) == 1) return Status::Ok();
  error.assign(static_cast<int>(ERR_get_error()), asio::error::get_ssl_category());
  return key->Bad(error.message());
}

ssl::verify_mode VerifyMode(ClientCertificates certificates) {
  const bool needs_one =
      certificates == ClientCertificates::kRequired || certificates == ClientCertificates::kAnyRequired;
  return needs_one ? ssl::verify_peer | ssl::verify_fail_if_no_peer_cert : ssl::verify_peer;
}

Status UseClientCertificates(const TlsConfig& config, ssl::context& context) {
  context.set_verify_mode(VerifyMode(config.client_certificates));
  // Every connection shows its certificate: a session that is resumed would not be asked again,
  // when the certificate has expired neither. And OpenSSL refuses clients that try, unless sessions
  // are told apart by a context.
  SSL_CTX_set_session_cache_mode(context.native_handle(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(context.native_handle(), SSL_OP_NO_TICKET);
  SSL_CTX_set_num_tickets(context.native_handle(), 0);
  const bool is_verified = config.client_certificates == ClientCertificates::kRequired ||
                           config.client_certificates == ClientCertificates::kVerifiedIfGiven;
  if (!is_verified) {
    // The client still proves that it has the key of its certificate.
    context.set_verify_callback([](auto&&...) { return true; });
    return Status::Ok();
  }
  const Result<Pem> authorities = ReadPem("certificate of clients", config.client_ca_file, config.client_ca);
  if (!authorities.ok()) return authorities.status();
  error_code error;
  context.add_certificate_authority(authorities->buffer(), error);
  if (error) return authorities->Bad(error.message());
  if (config.client_allowed_names.empty()) return Status::Ok();
  context.set_verify_callback([allowed = config.client_allowed_names](bool is_valid, ssl::verify_context& verified) {
    X509_STORE_CTX* const store = verified.native_handle();
    // Those above it are authorities.
    if (!is_valid || X509_STORE_CTX_get_error_depth(store) > 0) return is_valid;
    const std::vector<std::string> names = ClientNames(*X509_STORE_CTX_get_current_cert(store));
    const auto is_allowed = [&](const std::string& name) {
      return std::any_of(allowed.begin(), allowed.end(),
                         [&](const std::string& other) { return EqualsIgnoringCase(name, other); });
    };
    if (std::any_of(names.begin(), names.end(), is_allowed)) return true;
    // The alert then says that it is the certificate.
    X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED);
    return false;
  });
  return Status::Ok();
}

// OpenSSL would ask the terminal, and wait.
int RefusePassPhrase(char*, int, int, void*) {
  return -1;
}

// Those of TLS 1.2 with forward secrecy: a key that is stolen later does not open what was
// recorded.
constexpr const char* kTls12Ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20:ECDHE+AES:!aNULL";

Status UseAlgorithms(const TlsConfig& config, ssl::context& context) {
  SSL_CTX* const handle = context.native_handle();
  const int version = config.version_min == TlsVersion::kTls13 ? TLS1_3_VERSION : TLS1_2_VERSION;
  SSL_CTX_set_min_proto_version(handle, version);
  const char* const tls12_ciphers = config.tls12_ciphers.empty() ? kTls12Ciphers : config.tls12_ciphers.c_str();
  const bool are_known =
      SSL_CTX_set_cipher_list(handle, tls12_ciphers) == 1 &&
      (config.tls13_ciphers.empty() || SSL_CTX_set_ciphersuites(handle, config.tls13_ciphers.c_str()) == 1) &&
      (config.curves.empty() || SSL_CTX_set1_groups_list(handle, config.curves.c_str()) == 1);
  if (are_known) return Status::Ok();
  return Status(StatusCode::kInvalidArgument, "cannot use the cipher suites or curves: OpenSSL knows none of them");
}

Result<std::shared_ptr<ssl::context>> Read(const TlsConfig& config) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  SSL_CTX_set_default_passwd_cb(context->native_handle(), RefusePassPhrase);
  // Thousands of idle connections keep no buffers.
  SSL_CTX_set_mode(context->native_handle(), SSL_MODE_RELEASE_BUFFERS);
  if (Status used = UseAlgorithms(config, *context); !used.ok()) return used;
  if (Status used = UseCertificate(config, *context); !used.ok()) return used;
  if (config.client_certificates == ClientCertificates::kIgnored) return context;
  if (Status used = UseClientCertificates(config, *context); !used.ok()) return used;
  return context;
}

}  // namespace

Status TlsContext::Load() {
  files_ = Files();
  Result<std::shared_ptr<ssl::context>> read = Read(config_);
  if (!read.ok()) return read.status();
  context_ = *read;
  return Status::Ok();
}

std::shared_ptr<ssl::context> TlsContext::Current() {
  // Where it fails, the last good context stays, and the next change is the next attempt.
  if (Files() != files_) reloaded_(Load());
  return context_;
}

std::vector<TlsContext::FileState> TlsContext::Files() const {
  std::vector<FileState> files;
  for (const std::string& file : {config_.certificate_file, config_.key_file, config_.client_ca_file}) {
    struct stat found = {};
    // A file that is not there is all zeros.
    static_cast<void>(stat(file.c_str(), &found));
    files.push_back({.device = found.st_dev,
                     .inode = found.st_ino,
                     .bytes = found.st_size,
                     .written_s = found.st_mtim.tv_sec,
                     .written_ns = found.st_mtim.tv_nsec,
                     .changed_s = found.st_ctim.tv_sec,
                     .changed_ns = found.st_ctim.tv_nsec});
  }
  return files;
}

}  // namespace streamhouse::exporters
