// EncodedLabels: the labels of a series in the bytes of a format, each kept until its value
// changes.
//
// A label is a head, which is that of its name, and what follows of its value. A format with
// lengths in the head writes them again with each value.
// When to use something else: text formats copy the label text of a snapshot unchanged.
// Guarantees: CopyTo() writes what was set last at each place, in the order of the places.
// Invariants:
// 1. bytes() is the sum of the sizes of all labels: CopyTo() writes so many, and callers reserve
//    them.
// Thread safety: one thread at a time.
// Cost: memory for one series, kept by Begin(). A copy is made in whole blocks, without a call.
//
//   EncodedLabels labels;
//   labels.Begin(std::vector<std::string>{"topic=", ",partition="});
//   labels.SetValue(1, value.size(), [&](char*, char* out) { return PutText(out, value); });
//   if (char* out = chunk.Reserve(labels.bytes() + EncodedLabels::kCopyBytes)) chunk.Commit(labels.CopyTo(out));
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exporters/encoding/text_copy.h"

namespace streamhouse::exporters {

class EncodedLabels {
 public:
  // How many bytes CopyTo() may write behind the end that it returns.
  static constexpr std::size_t kCopyBytes = 16;

  // A place for each head; all are empty.
  void Begin(std::span<const std::string> heads) {
    labels_.resize(heads.size());
    for (std::size_t i = 0; i < heads.size(); ++i) {
      labels_[i].head = heads[i];
      labels_[i].size = 0;
      labels_[i].has_head = false;
    }
    bytes_ = 0;
  }

  // `write(begin, out)` writes at most `bytes_max` bytes behind the head, which ends at `out`, and
  // returns its end. It may set bytes of the head, which begins at `begin`.
  template <typename Write>
  [[gnu::always_inline]] void SetValue(std::size_t place, std::size_t bytes_max, const Write& write) {
    Label& label = labels_[place];
    if (!label.has_head || label.room < bytes_max) [[unlikely]]
      label.PutHead(bytes_max);
    char* const begin = label.bytes.get();
    label.from = begin;
    SetSize(label, static_cast<std::size_t>(write(begin, begin + label.head.size()) - begin));
  }

  // The same without the head: `write(out)` writes all of the label.
  template <typename Write>
  void SetAll(std::size_t place, std::size_t bytes_max, const Write& write) {
    Label& label = labels_[place];
    label.PutHead(bytes_max);
    label.has_head = false;
    label.from = label.bytes.get();
    SetSize(label, static_cast<std::size_t>(write(label.bytes.get()) - label.bytes.get()));
  }

  // The label is `bytes`, which stay where they are. kCopyBytes more can be read behind them.
  void Borrow(std::size_t place, std::string_view bytes) {
    labels_[place].from = bytes.data();
    SetSize(labels_[place], bytes.size());
  }

  void Clear(std::size_t place) { SetSize(labels_[place], 0); }

  // Of all places.
  std::size_t bytes() const { return bytes_; }

  char* CopyTo(char* out) const {
    const Label* const end = labels_.data() + labels_.size();
    for (const Label* label = labels_.data(); label != end; ++label) {
      const char* const from = label->from;
      const std::size_t size = label->size;
      for (std::size_t at = 0; at < size; at += kCopyBytes) CopyBlock<kCopyBytes>(out + at, from + at);
      out += size;
    }
    return out;
  }

 private:
  struct Label {
    const char* from = nullptr;  // bytes.get(), or what is borrowed
    std::string head;
    bool has_head = false;  // whether it stands in `bytes`
    std::unique_ptr<char[]> bytes;
    std::size_t room = 0;  // behind the head, but for kCopyBytes
    std::size_t size = 0;
    std::size_t capacity = 0;

    [[gnu::noinline]] void PutHead(std::size_t needed) {
      const std::size_t all = head.size() + needed + kCopyBytes;
      if (capacity < all) {
        // Some more, as the next value may be longer.
        capacity = std::max<std::size_t>(64, 2 * all);
        bytes = std::make_unique<char[]>(capacity);
      }
      room = capacity - head.size() - kCopyBytes;
      PutText(bytes.get(), head);
      has_head = true;
    }
  };

  void SetSize(Label& label, std::size_t size) {
    bytes_ += size - label.size;
    label.size = size;
  }

  std::vector<Label> labels_;
  std::size_t bytes_ = 0;
};

}  // namespace streamhouse::exporters
