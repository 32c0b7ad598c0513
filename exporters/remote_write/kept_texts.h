// KeptTexts: a copy of the label texts of one family, compressed.
//
// Texts of one family resemble each other. They are compressed in blocks of kBlockBytes, of which a
// reader holds one at a time.
// When to use something else: the texts of a snapshot, for as long as it lives.
// Invariants:
// 1. A text is one line: label texts are escaped (snapshot.h), so a line end separates two of them.
// Guarantees:
// 1. A reader gives the texts that the family had, in its order.
// 2. The kept texts outlive the family.
// Thread safety: a value. A reader must not outlive its texts, nor see them change.
// Cost: memory: see memory_bytes(). Assign() compares with the family, which decompresses all
// blocks; it compresses only where a text differs. Both take some 200 KiB while they run.
//
//   KeptTexts texts;
//   texts.Assign(family);
//   for (KeptTexts::Reader reader(texts); reader.Next();) Use(reader.text());
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "metrics_core/reading/snapshot.h"

struct ZSTD_DCtx_s;

namespace streamhouse::exporters {

class KeptTexts {
 public:
  // Of a block before compression; a longer text is a block of its own.
  static constexpr std::size_t kBlockBytes = std::size_t{32} * 1024;

  class Reader {
   public:
    explicit Reader(const KeptTexts& texts);

    // Whether there is another text.
    bool Next();
    // Until the next call of Next().
    std::string_view text() const { return text_; }

   private:
    struct FreeContext {
      void operator()(ZSTD_DCtx_s* context) const;
    };

    void Decompress();

    const KeptTexts& texts_;
    std::unique_ptr<ZSTD_DCtx_s, FreeContext> context_;
    std::size_t block_ = 0;       // the next one
    std::string bytes_;           // of the block before it
    std::string_view rest_ = {};  // of bytes_
    std::string_view text_ = {};
  };

  // Makes these the texts of the family.
  void Assign(const metrics::FamilySnapshot& family);

  std::size_t size() const { return size_; }
  std::size_t memory_bytes() const;

 private:
  struct Block {
    std::string compressed;
    std::size_t size = 0;  // before compression
  };

  bool AreOf(const metrics::FamilySnapshot& family) const;

  std::vector<Block> blocks_;
  std::size_t size_ = 0;
};

}  // namespace streamhouse::exporters
