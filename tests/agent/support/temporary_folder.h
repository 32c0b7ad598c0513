// TemporaryFolder: an empty folder for one test, gone afterwards.
//
// When to use something else: never write elsewhere in a test.
// Guarantees: the path is new and below TEST_TMPDIR.
// Thread safety: none.
// Cost: a recursive removal at the end.
#pragma once

#include <stdlib.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

#include "metrics_core/status.h"

namespace streamhouse::agent {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    const char* const parent = std::getenv("TEST_TMPDIR");
    path_ = std::string(parent == nullptr ? "/tmp" : parent) + "/agent_XXXXXX";
    metrics::Check(::mkdtemp(path_.data()) != nullptr, "no temporary folder");
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

}  // namespace streamhouse::agent
