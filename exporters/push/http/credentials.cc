#include "exporters/push/http/credentials.h"

#include <openssl/evp.h>

#include <algorithm>
#include <cstddef>
#include <utility>

#include "exporters/encoding/ascii_case.h"
#include "exporters/push/http/http_request.h"
#include "exporters/tls/small_file.h"

namespace streamhouse::exporters {
namespace {

using metrics::Result;
using metrics::Status;
using metrics::StatusCode;

Status Unusable(const std::string& file, std::string_view why) {
  return Status(StatusCode::kFailedPrecondition, "cannot use " + file + ": " + std::string(why));
}

// Without the line breaks at its end, which editors add.
Result<std::string> ReadSecret(const std::string& file) {
  Result<std::string> text = ReadSmallFile(file);
  if (!text.ok()) return Unusable(file, text.status().message());
  while (text->ends_with('\n') || text->ends_with('\r')) text->pop_back();
  if (text->empty()) return Unusable(file, "it is empty");
  return text;
}

bool IsFieldValue(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < ' ' && c != '\t') || byte == 0x7F;
  });
}

bool IsFieldName(std::string_view text) {
  constexpr std::string_view kToken = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  return !text.empty() && text.find_first_not_of(kToken) == std::string_view::npos;
}

std::string Base64(std::string_view text) {
  std::string encoded((text.size() + 2) / 3 * 4 + 1, '\0');  // and a zero byte
  const int bytes = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(encoded.data()),
                                    reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  encoded.resize(static_cast<std::size_t>(bytes));
  return encoded;
}

Status AddBasic(const Credentials& credentials, SecretHeaders& headers) {
  const Result<std::string> password = ReadSecret(credentials.password_file);
  if (!password.ok()) return password.status();
  const std::string encoded = Base64(credentials.user + ":" + *password);
  headers.lines += "Authorization: Basic " + encoded + "\r\n";
  headers.secrets.Add(*password);
  headers.secrets.Add(encoded);
  return Status::Ok();
}

Status AddBearer(const Credentials& credentials, SecretHeaders& headers) {
  const Result<std::string> token = ReadSecret(credentials.bearer_file);
  if (!token.ok()) return token.status();
  if (!IsFieldValue(*token)) return Unusable(credentials.bearer_file, "a token has no line break and no control byte");
  headers.lines += "Authorization: Bearer " + *token + "\r\n";
  headers.secrets.Add(*token);
  return Status::Ok();
}

Status AddLines(const Credentials& credentials, SecretHeaders& headers) {
  const Result<std::string> text = ReadSecret(credentials.header_file);
  if (!text.ok()) return text.status();
  std::string_view rest = *text;
  bool has_authorization = !headers.lines.empty();
  for (std::size_t number = 1; !rest.empty(); ++number) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    const std::string where = "line " + std::to_string(number);
    const std::size_t colon = line.find(':');
    const std::string name(line.substr(0, colon));
    const std::string_view value = Secrets::Trimmed(line.substr(std::min(colon, line.size() - 1) + 1));
    if (colon == std::string_view::npos || !IsFieldName(name) || !IsFieldValue(value)) {
      return Unusable(credentials.header_file, where + " is not of the form Name: value");
    }
    if (IsFrameHeader(name)) {
      return Unusable(credentials.header_file, where + " sets " + name + ", which is the exporter's to set");
    }
    if (EqualsIgnoringCase(name, "Authorization") && std::exchange(has_authorization, true)) {
      return Unusable(credentials.header_file, where + " sets " + name + " beside another credential");
    }
    headers.Add(name, value);
  }
  return Status::Ok();
}

}  // namespace

Status CheckCredentials(const Credentials& credentials) {
  if (credentials.user.empty() != credentials.password_file.empty()) {
    return credentials.user.empty() ? metrics::InvalidField("user", "is missing beside password_file")
                                    : metrics::InvalidField("password_file", "is missing beside user");
  }
  if (credentials.user.find(':') != std::string::npos || !IsFieldValue(credentials.user)) {
    return metrics::InvalidField("user", "has a colon or a control byte");
  }
  if (!credentials.user.empty() && !credentials.bearer_file.empty()) {
    return metrics::InvalidField("bearer_file", "is given beside user");
  }
  return Status::Ok();
}

Result<SecretHeaders> ReadHeaders(const Credentials& credentials) {
  SecretHeaders headers;
  Status added;
  if (!credentials.password_file.empty()) added = AddBasic(credentials, headers);
  if (added.ok() && !credentials.bearer_file.empty()) added = AddBearer(credentials, headers);
  if (added.ok() && !credentials.header_file.empty()) added = AddLines(credentials, headers);
  if (!added.ok()) return added;
  return headers;
}

}  // namespace streamhouse::exporters
