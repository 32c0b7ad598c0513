// ScratchFolder: a new, empty folder below $TMPDIR, or /tmp, that is removed with all it holds when the object goes.
//
// Thread safety: none.
// Errors: Unavailable, naming the parent, when it cannot be made.
#pragma once

#include <memory>
#include <string>
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

}  // namespace streamhouse::apps
