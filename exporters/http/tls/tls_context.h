// TlsContext: the certificates a server shows and trusts, as their files are now.
//
// Guarantees:
// 1. Files that change are read again by the next connection, all of them together.
// 2. Where they are not good then (a certificate that does not belong to its key, half a file), the
//    last good ones stay, and the owner is told. Clients notice only when the old ones expire.
// 3. Connections keep what they began with.
// 4. A key with a pass phrase is refused without a prompt. Only regular files are read
//    (small_file.h).
// Thread safety: one thread at a time.
// Cost: a system call a file and connection.
// Errors: InvalidArgument, naming the file.
#pragma once

#include <sys/types.h>

#include <boost/asio/ssl/context.hpp>
#include <ctime>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "exporters/http/access/web_config.h"
#include "metrics_core/status.h"

namespace streamhouse::exporters {

class TlsContext {
 public:
  // `reloaded` is told what became of each reading of files that have changed.
  using Reloaded = std::function<void(const metrics::Status& outcome)>;

  TlsContext(TlsConfig config, Reloaded reloaded) : config_(std::move(config)), reloaded_(std::move(reloaded)) {}

  // Reads the files for the first time.
  metrics::Status Load();

  // For the next connection.
  std::shared_ptr<boost::asio::ssl::context> Current();

 private:
  // What tells a file from the one that was there before: tools that renew files may keep the time
  // of the copy they bring.
  struct FileState {
    dev_t device;
    ino_t inode;
    off_t bytes;
    std::time_t written_s;
    long written_ns;
    std::time_t changed_s;
    long changed_ns;
    bool operator==(const FileState&) const = default;
  };
  std::vector<FileState> Files() const;

  const TlsConfig config_;
  const Reloaded reloaded_;
  std::shared_ptr<boost::asio::ssl::context> context_;
  std::vector<FileState> files_;  // when they were last read
};

}  // namespace streamhouse::exporters
