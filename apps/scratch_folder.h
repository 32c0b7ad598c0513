// ScratchFolder: a new, empty folder below $TMPDIR, or /tmp, that is removed with all it holds when
// the object goes.
//
// Thread safety: none.
// Errors: Unavailable, naming the parent, when it cannot be made.
#pragma once

#include <errno.h>
#include <stdlib.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include "metrics_core/status.h"

namespace streamhouse::apps {

class ScratchFolder {
 public:
  static metrics::Result<std::unique_ptr<ScratchFolder>> Make();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  const std::string& path() const { return path_; }

 private:
  explicit ScratchFolder(std::string path) : path_(std::move(path)) {}

  const std::string path_;
};

inline metrics::Result<std::unique_ptr<ScratchFolder>> ScratchFolder::Make() {
  const char* const configured = std::getenv("TMPDIR");
  const std::string parent = configured == nullptr || *configured == '\0' ? "/tmp" : configured;
  std::string path = parent + "/streamhouse-XXXXXX";
  if (::mkdtemp(path.data()) == nullptr) {
    return metrics::Status(metrics::StatusCode::kUnavailable, "cannot make a folder in " + parent + " ($TMPDIR): " +
                                                                  std::generic_category().message(errno));
  }
  return std::unique_ptr<ScratchFolder>(new ScratchFolder(std::move(path)));
}

inline ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace streamhouse::apps
