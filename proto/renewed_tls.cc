#include "proto/renewed_tls.h"

#include <errno.h>
#include <fcntl.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "metrics_core/mutex.h"
#include "proto/pem_file.h"

namespace streamhouse {

using metrics::Result;
using metrics::Status;
using metrics::StatusCode;

namespace {

// gRPC looks at its copies so often.
constexpr unsigned kLookAgainSeconds = 1;

Status CopyFailed() {
  return {StatusCode::kUnavailable, "cannot copy a TLS file: " + std::generic_category().message(errno)};
}

// A text in memory with a descriptor of its own.
class MemoryText {
 public:
  MemoryText() = default;
  ~MemoryText() {
    if (fd_ >= 0) ::close(fd_);
  }
  MemoryText(const MemoryText&) = delete;
  MemoryText& operator=(const MemoryText&) = delete;

  Status Write(std::string_view text) {
    fd_ = ::memfd_create("tls", MFD_CLOEXEC);
    if (fd_ < 0) return CopyFailed();
    while (!text.empty()) {
      const ssize_t count = ::write(fd_, text.data(), text.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return CopyFailed();
      text.remove_prefix(static_cast<std::size_t>(count));
    }
    return Status::Ok();
  }

  int fd() const { return fd_; }
  int Release() { return std::exchange(fd_, -1); }

 private:
  int fd_ = -1;
};

// Descriptors of memory files without an owner. They are never closed or emptied: gRPC's threads
// may open such a path a moment after the last connection has gone. They would open what has got
// the number since, and wait for it; an empty key ends the process.
class FreeDescriptors {
 public:
  int Take() {
    const metrics::MutexLock lock(mutex_);
    if (free_.empty()) return -1;
    const int fd = free_.back();
    free_.pop_back();
    return fd;
  }
  void Return(int fd) {
    const metrics::MutexLock lock(mutex_);
    free_.push_back(fd);
  }
  // One for each kind of content, which an old reader may find in the place of its own.
  static FreeDescriptors& OfIdentities() {
    static auto* const all = new FreeDescriptors();
    return *all;
  }
  static FreeDescriptors& OfAuthorities() {
    static auto* const all = new FreeDescriptors();
    return *all;
  }

 private:
  metrics::Mutex mutex_;
  std::vector<int> free_ STREAMHOUSE_GUARDED_BY(mutex_);
};

// A file in memory that a path leads to.
class MemoryFile {
 public:
  explicit MemoryFile(FreeDescriptors& pool) : pool_(pool) {}
  ~MemoryFile() {
    if (!empty()) pool_.Return(fd_);
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  bool empty() const { return fd_ < 0; }
  std::string path() const { return empty() ? std::string() : "/proc/self/fd/" + std::to_string(fd_); }

  // In one step: a reader of the path gets the whole old text or the whole new one.
  Status Replace(MemoryText& text) {
    if (empty()) fd_ = pool_.Take();
    if (empty()) {
      fd_ = text.Release();
      return Status::Ok();
    }
    // EBUSY: another thread is opening a file.
    while (::dup3(text.fd(), fd_, O_CLOEXEC) < 0) {
      if (errno != EINTR && errno != EBUSY) return CopyFailed();
    }
    return Status::Ok();
  }

 private:
  FreeDescriptors& pool_;
  int fd_ = -1;
};

// What changes with the content of a file.
struct Version {
  explicit Version(const std::string& path) {
    if (path.empty() || ::stat(path.c_str(), &status_) != 0) status_ = {};
  }
  bool operator==(const Version& other) const {
    const struct stat& a = status_;
    const struct stat& b = other.status_;
    return a.st_dev == b.st_dev && a.st_ino == b.st_ino && a.st_size == b.st_size &&
           a.st_mtim.tv_sec == b.st_mtim.tv_sec && a.st_mtim.tv_nsec == b.st_mtim.tv_nsec &&
           a.st_ctim.tv_sec == b.st_ctim.tv_sec && a.st_ctim.tv_nsec == b.st_ctim.tv_nsec;
  }

 private:
  struct stat status_ = {};
};

using Versions = std::array<Version, 3>;

Versions VersionsOf(const TlsPaths& paths) {
  return {Version(paths.certificate), Version(paths.key), Version(paths.ca)};
}

}  // namespace

// The copies that gRPC reads.
class RenewedTls::Files {
 public:
  explicit Files(const TlsPaths& paths) : versions(VersionsOf(paths)) {}

  Status Copy(const TlsPaths& paths) {
    std::string identity_text;
    std::string authorities_text;
    if (!paths.certificate.empty()) {
      auto certificate = ReadPemFile(paths.certificate);
      if (!certificate.ok()) return certificate.status().WithField("certificate");
      auto key = ReadPemFile(paths.key);
      if (!key.ok()) return key.status().WithField("key");
      if (Status checked = CheckCertificateAndKey(*certificate, *key); !checked.ok()) {
        return checked.WithMessage("cannot use TLS files " + paths.certificate + " and " + paths.key + ": " +
                                   checked.message());
      }
      identity_text = *std::move(key) + "\n" + *std::move(certificate);
    }
    if (!paths.ca.empty()) {
      auto read = ReadPemFile(paths.ca);
      if (!read.ok()) return read.status().WithField("ca");
      if (Status checked = CheckAuthorities(*read); !checked.ok()) {
        return checked.WithMessage("cannot use TLS file " + paths.ca + ": " + checked.message()).WithField("ca");
      }
      authorities_text = *std::move(read);
    }
    // Both are written before either is replaced.
    MemoryText new_identity;
    MemoryText new_authorities;
    Status copied;
    if (!identity_text.empty()) copied = new_identity.Write(identity_text);
    if (copied.ok() && !authorities_text.empty()) copied = new_authorities.Write(authorities_text);
    if (copied.ok() && !identity_text.empty()) copied = identity.Replace(new_identity);
    if (copied.ok() && !authorities_text.empty()) copied = authorities.Replace(new_authorities);
    return copied;
  }

  // Key and certificate in one file, so that they change together.
  MemoryFile identity{FreeDescriptors::OfIdentities()};
  MemoryFile authorities{FreeDescriptors::OfAuthorities()};
  Versions versions;
};

RenewedTls::RenewedTls(TlsPaths paths, std::unique_ptr<Files> files)
    : paths_(std::move(paths)), files_(std::move(files)) {}

RenewedTls::~RenewedTls() = default;

Result<std::unique_ptr<RenewedTls>> RenewedTls::Load(TlsPaths paths) {
  if (paths.certificate.empty() != paths.key.empty()) {
    return Status(StatusCode::kInvalidArgument, "cannot use TLS files: a certificate and its key go together");
  }
  auto files = std::make_unique<Files>(paths);
  if (Status copied = files->Copy(paths); !copied.ok()) return copied;
  return std::unique_ptr<RenewedTls>(new RenewedTls(std::move(paths), std::move(files)));
}

Result<RenewedTls::Change> RenewedTls::Refresh() {
  // Before the files are read: what changes meanwhile is seen the next time.
  const Versions now = VersionsOf(paths_);
  if (now == files_->versions) return Change::kNone;
  Status copied = files_->Copy(paths_);
  if (copied.ok() || copied.code() == StatusCode::kInvalidArgument) files_->versions = now;
  if (!copied.ok()) return copied;
  return Change::kTaken;
}

namespace {

std::shared_ptr<grpc::experimental::CertificateProviderInterface> Watch(const MemoryFile& identity,
                                                                        const MemoryFile& authorities) {
  return std::make_shared<grpc::experimental::FileWatcherCertificateProvider>(identity.path(), identity.path(),
                                                                              authorities.path(), kLookAgainSeconds);
}

void SetWatched(grpc::experimental::TlsCredentialsOptions& options, const MemoryFile& identity,
                const MemoryFile& authorities) {
  if (!identity.empty()) options.watch_identity_key_cert_pairs();
  if (!authorities.empty()) options.watch_root_certs();
}

}  // namespace

std::shared_ptr<grpc::ServerCredentials> RenewedTls::MakeServerCredentials() const {
  grpc::experimental::TlsServerCredentialsOptions options(Watch(files_->identity, files_->authorities));
  SetWatched(options, files_->identity, files_->authorities);
  options.set_cert_request_type(files_->authorities.empty()
                                    ? GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE
                                    : GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  return grpc::experimental::TlsServerCredentials(options);
}

std::shared_ptr<grpc::ChannelCredentials> RenewedTls::MakeChannelCredentials() const {
  grpc::experimental::TlsChannelCredentialsOptions options;
  options.set_certificate_provider(Watch(files_->identity, files_->authorities));
  SetWatched(options, files_->identity, files_->authorities);
  return grpc::experimental::TlsCredentials(options);
}

}  // namespace streamhouse
