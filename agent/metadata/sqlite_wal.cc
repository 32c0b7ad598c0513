#include "agent/metadata/sqlite_wal.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace streamhouse::agent {
namespace {

// https://www.sqlite.org/fileformat2.html#walformat
constexpr std::size_t kHeaderBytes = 32;
constexpr std::size_t kFrameHeaderBytes = 24;
constexpr std::uint32_t kMagic = 0x377f0682;  // the last bit: the words of the checksum are big-endian
constexpr std::size_t kPageBytesMax = 65536;

using Bytes = std::span<const char>;

enum class ByteOrder : std::uint8_t { kLittleEndian, kBigEndian };

std::uint32_t WordAt(Bytes bytes, std::size_t at, ByteOrder order) {
  std::uint32_t word = 0;
  for (std::size_t i = 0; i < sizeof(word); ++i) {
    const std::size_t shift = 8 * (order == ByteOrder::kBigEndian ? sizeof(word) - 1 - i : i);
    word |= std::uint32_t{static_cast<unsigned char>(bytes[at + i])} << shift;
  }
  return word;
}

std::uint32_t BigEndian(Bytes bytes, std::size_t at) {
  return WordAt(bytes, at, ByteOrder::kBigEndian);
}

// Goes on from the frame before.
class WalChecksum {
 public:
  explicit WalChecksum(ByteOrder order) : order_(order) {}

  void Add(Bytes bytes) {
    for (std::size_t at = 0; at < bytes.size(); at += 8) {
      first_ += WordAt(bytes, at, order_) + second_;
      second_ += WordAt(bytes, at + 4, order_) + first_;
    }
  }
  bool Matches(Bytes bytes, std::size_t at) const {
    return first_ == BigEndian(bytes, at) && second_ == BigEndian(bytes, at + 4);
  }

 private:
  const ByteOrder order_;
  std::uint32_t first_ = 0;
  std::uint32_t second_ = 0;
};

class WalReader {
 public:
  WalReader(std::string path, std::shared_ptr<const ReadableFile> file, std::uint64_t size_bytes)
      : path_(std::move(path)), file_(std::move(file)), size_bytes_(size_bytes) {}

  Status Check() {
    if (Status read = ReadAt(0, header_); !read.ok()) return read;
    const std::uint32_t magic = BigEndian(header_, 0);
    const std::size_t page_bytes = BigEndian(header_, 8);
    WalChecksum checksum((magic & 1) != 0 ? ByteOrder::kBigEndian : ByteOrder::kLittleEndian);
    checksum.Add(Bytes(header_).first(24));
    const bool is_sound = (magic & ~1U) == kMagic && page_bytes > 0 && page_bytes <= kPageBytesMax &&
                          page_bytes % 8 == 0 && checksum.Matches(header_, 24);
    if (!is_sound) return Damaged(0);
    return CheckFrames(page_bytes, checksum);
  }

 private:
  Status CheckFrames(std::size_t page_bytes, WalChecksum checksum) const {
    std::vector<char> frame(kFrameHeaderBytes + page_bytes);
    std::uint64_t first_bad = 0;  // 0: none yet
    bool has_commit_after = false;
    for (std::uint64_t at = kHeaderBytes; at + frame.size() <= size_bytes_; at += frame.size()) {
      if (Status read = ReadAt(at, frame); !read.ok()) return read;
      const bool is_current =
          BigEndian(frame, 8) == BigEndian(header_, 16) && BigEndian(frame, 12) == BigEndian(header_, 20);
      checksum.Add(Bytes(frame).first(8));
      checksum.Add(Bytes(frame).subspan(kFrameHeaderBytes));
      if (first_bad == 0 && is_current && checksum.Matches(frame, 16)) continue;
      if (first_bad == 0) first_bad = at;
      if (!is_current) continue;
      // A transaction began after this one had been committed.
      if (has_commit_after) return Damaged(first_bad);
      has_commit_after = BigEndian(frame, 4) != 0;
    }
    return Status::Ok();
  }

  Status ReadAt(std::uint64_t position, std::span<char> destination) const {
    auto read = file_->ReadAt(position, destination);
    if (!read.ok()) return read.status();
    return *read == destination.size() ? Status::Ok() : Damaged(position);
  }

  Status Damaged(std::uint64_t at) const {
    return {StatusCode::kDataLoss, path_ + " at byte " + std::to_string(at) +
                                       ": damaged, and what was committed after it cannot be read; put a backup of the "
                                       "metadata in place, or remove this file to go on with what was before it"};
  }

  const std::string path_;
  const std::shared_ptr<const ReadableFile> file_;
  const std::uint64_t size_bytes_;
  std::array<char, kHeaderBytes> header_ = {};
};

}  // namespace

Status CheckWal(FileSystem& files, const std::string& path) {
  const std::string wal = path + "-wal";
  auto size_bytes = files.FileSize(wal);
  if (size_bytes.status().code() == StatusCode::kNotFound) return Status::Ok();
  if (!size_bytes.ok()) return size_bytes.status();
  // The header is synced before the first frame is written.
  if (*size_bytes <= kHeaderBytes) return Status::Ok();
  auto file = files.OpenForRead(wal);
  if (!file.ok()) return file.status();
  return WalReader(wal, *std::move(file), *size_bytes).Check();
}

}  // namespace streamhouse::agent
