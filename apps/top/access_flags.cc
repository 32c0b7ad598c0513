#include "apps/top/access_flags.h"

#include <openssl/evp.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/verify_mode.hpp>
#include <cstddef>
#include <fstream>
#include <memory>
#include <utility>

namespace streamhouse::apps {

namespace ssl = boost::asio::ssl;
using boost::system::error_code;
using metrics::Result;
using metrics::Status;
using metrics::StatusCode;

namespace {

constexpr std::size_t kPasswordBytesMax = 1024;

Status Refused(std::string message) {
  return Status(StatusCode::kInvalidArgument, std::move(message));
}

// The first line of the file.
Result<std::string> ReadPassword(const std::string& path) {
  std::ifstream file(path);
  std::string password(kPasswordBytesMax + 1, '\0');
  file.getline(password.data(), static_cast<std::streamsize>(password.size()));
  if (!file.good() && !file.eof()) {
    return Refused("--password-file: cannot read a line of at most " + std::to_string(kPasswordBytesMax) +
                   " bytes from " + path);
  }
  password.resize(password.find('\0'));
  if (password.ends_with('\r')) password.pop_back();
  if (password.empty()) return Refused("--password-file: " + path + " begins with an empty line");
  return password;
}

std::string Base64(const std::string& text) {
  std::string encoded((text.size() + 2) / 3 * 4 + 1, '\0');
  const int length =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(encoded.data()),
                      reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  encoded.resize(static_cast<std::size_t>(length));
  return encoded;
}

Result<std::string> Authorization(const AccessFlags& flags, const std::vector<Target>& targets) {
  if (flags.user.empty() && flags.password_file.empty()) return std::string();
  if (flags.user.empty() || flags.password_file.empty()) return Refused("--user and --password-file go together");
  if (flags.user.find(':') != std::string::npos) return Refused("--user: a name has no colon");
  const auto is_open = [](const Target& target) { return !target.has_tls && !IsLoopback(target); };
  const auto open = std::find_if(targets.begin(), targets.end(), is_open);
  if (open != targets.end()) {
    return Refused("--password-file: a password is sent over https:// or to this machine only, not to " + open->url);
  }
  Result<std::string> password = ReadPassword(flags.password_file);
  if (!password.ok()) return password;
  return "Basic " + Base64(flags.user + ":" + *password);
}

// OpenSSL would ask the terminal, and wait.
int RefusePassPhrase(char*, int, int, void*) {
  return -1;
}

Status UseCertificates(const AccessFlags& flags, ssl::context& context) {
  error_code error;
  if (flags.tls_ca.empty()) {
    context.set_default_verify_paths(error);
  } else {
    context.load_verify_file(flags.tls_ca, error);
  }
  if (error) return Refused("--tls-ca: " + flags.tls_ca + ": " + error.message());
  if (flags.tls_certificate.empty()) return Status::Ok();
  context.use_certificate_chain_file(flags.tls_certificate, error);
  if (error) return Refused("--tls-cert: " + flags.tls_certificate + ": " + error.message());
  context.use_private_key_file(flags.tls_key, ssl::context::pem, error);
  return error ? Refused("--tls-key: " + flags.tls_key + ": " + error.message()) : Status::Ok();
}

Result<std::shared_ptr<ssl::context>> MakeTls(const AccessFlags& flags, const std::vector<Target>& targets) {
  const bool has_tls_flag = !flags.tls_ca.empty() || !flags.tls_certificate.empty() || !flags.tls_key.empty();
  if (std::none_of(targets.begin(), targets.end(), [](const Target& target) { return target.has_tls; })) {
    if (has_tls_flag) return Refused("--tls-ca, --tls-cert and --tls-key are for an https:// address");
    return std::shared_ptr<ssl::context>();
  }
  if (flags.tls_certificate.empty() != flags.tls_key.empty()) return Refused("--tls-cert and --tls-key go together");
  auto context = std::make_shared<ssl::context>(ssl::context::tls_client);
  SSL_CTX_set_default_passwd_cb(context->native_handle(), RefusePassPhrase);
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  context->set_verify_mode(ssl::verify_peer);
  if (Status used = UseCertificates(flags, *context); !used.ok()) return used;
  return context;
}

}  // namespace

void AddAccessFlags(CLI::App& parser, AccessFlags& flags) {
  parser.add_option("--user", flags.user, "The user that pages with a password are asked as")->type_name("NAME");
  parser
      .add_option("--password-file", flags.password_file,
                  "The password of --user: the first line of this file; sent over TLS or to this machine only")
      ->type_name("FILE");
  parser
      .add_option("--tls-ca", flags.tls_ca,
                  "Authorities of the certificates of https:// addresses, PEM; those of the system by default")
      ->type_name("FILE");
  parser.add_option("--tls-cert", flags.tls_certificate, "Certificate for a program that asks for one, PEM")
      ->type_name("FILE");
  parser.add_option("--tls-key", flags.tls_key, "Its private key, PEM")->type_name("FILE");
}

Result<Access> MakeAccess(const AccessFlags& flags, const std::vector<Target>& targets) {
  Result<std::string> authorization = Authorization(flags, targets);
  if (!authorization.ok()) return authorization.status();
  Result<std::shared_ptr<ssl::context>> tls = MakeTls(flags, targets);
  if (!tls.ok()) return tls.status();
  return Access{.authorization = *std::move(authorization), .tls = *std::move(tls)};
}

}  // namespace streamhouse::apps
