#include "exporters/http/tls_context.h"

#include <string>
#include <system_error>

namespace streamhouse::exporters {
namespace {

namespace ssl = boost::asio::ssl;
using boost::system::error_code;
using metrics::Result;
using metrics::Status;
using metrics::StatusCode;

Status Bad(const std::string& what, const std::string& file, const error_code& error) {
  return Status(StatusCode::kInvalidArgument, "cannot use the " + what + " " + file + ": " + error.message());
}

Result<std::shared_ptr<ssl::context>> Read(const TlsConfig& config) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  const int version = config.version_min == TlsVersion::kTls13 ? TLS1_3_VERSION : TLS1_2_VERSION;
  SSL_CTX_set_min_proto_version(context->native_handle(), version);
  error_code error;
  context->use_certificate_chain_file(config.certificate_file, error);
  if (error) return Bad("certificate", config.certificate_file, error);
  context->use_private_key_file(config.key_file, ssl::context::pem, error);
  if (error) return Bad("key", config.key_file, error);
  if (config.client_certificates == ClientCertificates::kIgnored) return context;
  context->load_verify_file(config.client_ca_file, error);
  if (error) return Bad("certificate of clients", config.client_ca_file, error);
  context->set_verify_mode(ssl::verify_peer | ssl::verify_fail_if_no_peer_cert);
  return context;
}

}  // namespace

Status TlsContext::Load() {
  times_ = Times();
  Result<std::shared_ptr<ssl::context>> read = Read(config_);
  if (!read.ok()) return read.status();
  context_ = *read;
  return Status::Ok();
}

std::shared_ptr<ssl::context> TlsContext::Current() {
  // Where it fails, the last good context stays, and the next change is the next attempt.
  if (Times() != times_) static_cast<void>(Load());
  return context_;
}

std::vector<std::filesystem::file_time_type> TlsContext::Times() const {
  std::vector<std::filesystem::file_time_type> times;
  for (const std::string& file : {config_.certificate_file, config_.key_file, config_.client_ca_file}) {
    std::error_code ignored;  // a file that is not there has a time of its own
    times.push_back(std::filesystem::last_write_time(file, ignored));
  }
  return times;
}

}  // namespace streamhouse::exporters
