#include "proto/pem_file.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sys/stat.h>
#include <unistd.h>

#include <memory>
#include <system_error>

namespace streamhouse {

using metrics::Result;
using metrics::Status;
using metrics::StatusCode;

namespace {

template <auto Free>
struct Freed {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Bio = std::unique_ptr<BIO, Freed<BIO_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;

Status Refused(std::string reason) {
  ERR_clear_error();
  return {StatusCode::kInvalidArgument, std::move(reason)};
}

Bio Open(const std::string& text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

Certificate FirstCertificate(const std::string& text) {
  const Bio bio = Open(text);
  return Certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
}

// In the place of OpenSSL's own, which would ask the terminal.
int NotePassPhrase(char* /*buffer*/, int /*size*/, int /*is_written*/, void* is_asked) {
  *static_cast<bool*>(is_asked) = true;
  return -1;
}

// Whether the reason is in the system, and not in the file.
bool IsTransient(int error) {
  return error == EMFILE || error == ENFILE || error == ENOMEM || error == EIO || error == EINTR;
}

}  // namespace

Result<std::string> ReadPemFile(const std::string& path) {
  const auto fail = [&path](StatusCode code, const std::string& reason) {
    return Status(code, "cannot read TLS file " + path + ": " + reason);
  };
  const auto refused = [&fail](const std::string& reason) { return fail(StatusCode::kInvalidArgument, reason); };
  const auto failed = [&fail] {
    const int error = errno;
    return fail(IsTransient(error) ? StatusCode::kUnavailable : StatusCode::kInvalidArgument,
                std::generic_category().message(error));
  };
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) return failed();
  const std::unique_ptr<const int, void (*)(const int*)> closed(&fd, [](const int* open) { ::close(*open); });
  struct stat status = {};
  if (::fstat(fd, &status) != 0) return failed();
  if (!S_ISREG(status.st_mode)) return refused("it is not a regular file");
  std::string text(kPemBytesMax + 1, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t count = ::read(fd, text.data() + size, text.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed();
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
  }
  if (size > kPemBytesMax) return refused("it has more than " + std::to_string(kPemBytesMax) + " bytes");
  text.resize(size);
  return text;
}

Status CheckCertificateAndKey(const std::string& certificate, const std::string& key) {
  const Certificate first = FirstCertificate(certificate);
  const Bio bio = Open(key);
  bool is_asked = false;
  const Key found(PEM_read_bio_PrivateKey(bio.get(), nullptr, NotePassPhrase, &is_asked));
  if (is_asked) return Refused("the key has a pass phrase, which no user is asked for");
  if (first == nullptr || found == nullptr || X509_check_private_key(first.get(), found.get()) != 1) {
    return Refused("they are not a certificate and its private key, in PEM");
  }
  return Status::Ok();
}

Status CheckAuthorities(const std::string& authorities) {
  if (FirstCertificate(authorities) != nullptr) return Status::Ok();
  return Refused("there are no certificates of authorities in it, in PEM");
}

}  // namespace streamhouse
