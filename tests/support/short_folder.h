// ShortFolder: a new, empty folder whose path is short enough for a Unix socket, which that below
// TEST_TMPDIR may not be. It is removed with all it holds.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <string>
#include <system_error>

#include "metrics_core/status.h"

namespace streamhouse {

class ShortFolder {
 public:
  ShortFolder() { metrics::Check(mkdtemp(path_.data()) != nullptr, "no folder can be made"); }
  ~ShortFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ShortFolder(const ShortFolder&) = delete;
  ShortFolder& operator=(const ShortFolder&) = delete;

  const std::string& path() const { return path_; }
  // Of a file in it.
  std::string File(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_ = "/tmp/streamhouse_XXXXXX";
};

}  // namespace streamhouse
