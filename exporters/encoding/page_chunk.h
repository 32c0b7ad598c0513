// PageChunk: a part of a page, on its way from an encoder to a socket; and PageSource, which fills
// one chunk after another.
//
// A page of a million series never exists as a whole: the sender owns one chunk, has it filled,
// sends it, clears it, and asks for the next.
// When to use something else: ReadPage() for a page that is known to be small, and in tests.
// Guarantees: a chunk holds at most its capacity, or one item (a line with its labels) where that
// alone is larger.
// Thread safety: one thread at a time.
// Cost: no allocation after the first fill, unless for such an item.
//
//   PageChunk chunk;
//   PageSource::Progress progress;
//   while ((progress = source.Fill(chunk)) == PageSource::Progress::kMore) { Send(chunk.view()); chunk.Clear(); }
//   if (progress == PageSource::Progress::kFailed) return Abort();
//   Send(chunk.view());
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace streamhouse::exporters {

// Large enough that a system call a chunk costs little, small enough to stay in a core's cache.
inline constexpr std::size_t kPageChunkBytes = std::size_t{64} * 1024;

class PageChunk {
 public:
  explicit PageChunk(std::size_t capacity_bytes = kPageChunkBytes)
      : data_(std::make_unique_for_overwrite<char[]>(capacity_bytes)),
        end_(data_.get()),
        limit_(end_ + capacity_bytes) {}
  PageChunk(const PageChunk&) = delete;
  PageChunk& operator=(const PageChunk&) = delete;

  // Where the next item goes, with room for n bytes; null when it has to wait for the next chunk.
  // What is written there is kept by Commit(), which takes its end.
  char* Reserve(std::size_t n) {
    if (room() < n) [[unlikely]]
      return empty() ? Grow(n) : nullptr;
    return end_;
  }
  void Commit(char* end) { end_ = end; }

  // What fits in without growing.
  std::size_t room() const { return static_cast<std::size_t>(limit_ - end_); }

  // All of `text`, or nothing of it: false when it has to wait.
  bool Append(std::string_view text) {
    char* const out = Reserve(text.size());
    if (out == nullptr) return false;
    std::memcpy(out, text.data(), text.size());
    Commit(out + text.size());
    return true;
  }

  std::string_view view() const { return {data_.get(), static_cast<std::size_t>(end_ - data_.get())}; }
  bool empty() const { return end_ == data_.get(); }
  void Clear() { end_ = data_.get(); }

 private:
  char* Grow(std::size_t n) {
    data_ = std::make_unique_for_overwrite<char[]>(n);
    end_ = data_.get();
    limit_ = end_ + n;
    return end_;
  }

  std::unique_ptr<char[]> data_;
  char* end_;
  char* limit_;
};

class PageSource {
 public:
  enum class Progress : std::uint8_t { kMore, kEnd, kFailed };

  virtual ~PageSource() = default;

  // Appends to an empty chunk something at least (kMore: call again), or the rest of the page
  // (kEnd: do not). kFailed: there will be no more of it, and what there was must not pass for the
  // whole.
  virtual Progress Fill(PageChunk& chunk) = 0;
};

// The rest of a page, whole. Returns nullopt where the source fails: a part must not pass for the
// whole.
inline std::optional<std::string> ReadPage(PageSource& source) {
  std::string page;
  PageChunk chunk;
  PageSource::Progress progress;
  do {
    chunk.Clear();
    progress = source.Fill(chunk);
    page += chunk.view();
  } while (progress == PageSource::Progress::kMore);
  if (progress == PageSource::Progress::kFailed) return std::nullopt;
  return page;
}

}  // namespace streamhouse::exporters
