#include "apps/scratch_folder.h"

#include <errno.h>
#include <stdlib.h>

#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace streamhouse::apps {

metrics::Result<std::unique_ptr<ScratchFolder>> ScratchFolder::Make() {
  const char* const configured = std::getenv("TMPDIR");
  const std::string parent = configured == nullptr || *configured == '\0' ? "/tmp" : configured;
  std::string path = parent + "/streamhouse-XXXXXX";
  if (::mkdtemp(path.data()) == nullptr) {
    return metrics::Status(metrics::StatusCode::kUnavailable, "cannot make a folder in " + parent + " ($TMPDIR): " +
                                                                  std::generic_category().message(errno));
  }
  return std::unique_ptr<ScratchFolder>(new ScratchFolder(std::move(path)));
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace streamhouse::apps
