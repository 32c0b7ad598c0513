#include "exporters/http/tls/client_names.h"

#include <arpa/inet.h>
#include <openssl/x509v3.h>

#include <memory>
#include <optional>

namespace streamhouse::exporters {
namespace {

std::string Text(const ASN1_STRING& text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(&text)),
          static_cast<std::size_t>(ASN1_STRING_length(&text))};
}

std::optional<std::string> Address(const ASN1_OCTET_STRING& address) {
  constexpr int kIpv4Bytes = 4;
  constexpr int kIpv6Bytes = 16;
  const int bytes = ASN1_STRING_length(&address);
  if (bytes != kIpv4Bytes && bytes != kIpv6Bytes) return std::nullopt;
  char text[INET6_ADDRSTRLEN];
  const int family = bytes == kIpv4Bytes ? AF_INET : AF_INET6;
  if (inet_ntop(family, ASN1_STRING_get0_data(&address), text, sizeof(text)) == nullptr) return std::nullopt;
  return text;
}

std::optional<std::string> NameOf(const GENERAL_NAME& name) {
  switch (name.type) {
    case GEN_DNS:
    case GEN_EMAIL:
    case GEN_URI:
      return Text(*name.d.ia5);
    case GEN_IPADD:
      return Address(*name.d.iPAddress);
    default:
      return std::nullopt;
  }
}

}  // namespace

std::vector<std::string> ClientNames(const X509& certificate) {
  const std::unique_ptr<GENERAL_NAMES, void (*)(GENERAL_NAMES*)> names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr)),
      GENERAL_NAMES_free);
  std::vector<std::string> found;
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    std::optional<std::string> name = NameOf(*sk_GENERAL_NAME_value(names.get(), i));
    if (name && name->find('\0') == std::string::npos) found.push_back(*std::move(name));
  }
  return found;
}

}  // namespace streamhouse::exporters
