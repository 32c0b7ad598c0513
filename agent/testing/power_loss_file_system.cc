#include "agent/testing/power_loss_file_system.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

namespace streamhouse::agent {
namespace {

std::uint64_t SizeOf(const std::string& path) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  return error ? 0 : size;
}

}  // namespace

Status PowerLossFileSystem::Admit(DiskOperation operation, const std::string& path) {
  const metrics::MutexLock lock(mutex_);
  if (is_off_) return {StatusCode::kUnavailable, path + ": the power is off"};
  if (operation == DiskOperation::kAppend) {
    // One that was there before this object is as it was found.
    const bool was_there = SizeOf(path) > 0;
    files_.try_emplace(path, File{.is_listed = was_there, .synced_bytes = SizeOf(path)});
  } else if (operation == DiskOperation::kSync && std::filesystem::is_directory(path)) {
    std::erase_if(renamings_, [&](const Renaming& r) { return std::filesystem::path(r.to).parent_path() == path; });
    for (const auto& entry : std::filesystem::directory_iterator(path)) {
      files_.try_emplace(entry.path().string(), File{.synced_bytes = SizeOf(entry.path())}).first->second.is_listed =
          true;
    }
  } else if (operation == DiskOperation::kSync) {
    const auto found = files_.find(path);
    if (found != files_.end()) found->second.synced_bytes = SizeOf(path);
  }
  return Status::Ok();
}

void PowerLossFileSystem::NoteRename(const std::string& from, const std::string& to) {
  const metrics::MutexLock lock(mutex_);
  renamings_.push_back({.from = from, .to = to});
  std::map<std::string, File> files;
  for (const auto& [path, file] : files_) {
    const bool is_moved = path == from || path.starts_with(from + "/");
    files.emplace(is_moved ? to + path.substr(from.size()) : path, file);
  }
  files_ = std::move(files);
}

void PowerLossFileSystem::NoteRemoval(const std::string& path) {
  const metrics::MutexLock lock(mutex_);
  files_.erase(path);
}

void PowerLossFileSystem::LosePower(Leftover leftover) {
  {
    // First, so that the calls come to an end however many begin.
    const metrics::MutexLock lock(mutex_);
    is_off_ = true;
  }
  const auto no_calls = WaitForCalls();
  const metrics::MutexLock lock(mutex_);
  for (const auto& [path, file] : files_) {
    if (!std::filesystem::is_regular_file(path)) continue;
    if (!file.is_listed) {
      std::filesystem::remove(path);
      continue;
    }
    const std::uint64_t size = SizeOf(path);
    const std::uint64_t synced = std::min(file.synced_bytes, size);
    std::filesystem::resize_file(path, leftover == Leftover::kHalf ? synced + (size - synced) / 2 : synced);
    if (leftover == Leftover::kZeros) std::filesystem::resize_file(path, size);
  }
  for (auto renaming = renamings_.rbegin(); renaming != renamings_.rend(); ++renaming) {
    // CreateFolders() syncs the folder that it makes one in.
    if (std::filesystem::exists(renaming->from)) continue;
    std::error_code gone_since;
    std::filesystem::rename(renaming->to, renaming->from, gone_since);
  }
}

}  // namespace streamhouse::agent
