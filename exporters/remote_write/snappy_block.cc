#include "exporters/remote_write/snappy_block.h"

#include <snappy-sinksource.h>
#include <snappy.h>

#include <cstddef>

namespace streamhouse::exporters {
namespace {

// RawCompress() wants room for bytes that do not shrink; this takes what there is.
class StringSink : public snappy::Sink {
 public:
  explicit StringSink(std::string& text) : text_(text) {}
  void Append(const char* bytes, std::size_t size) override { text_.append(bytes, size); }

 private:
  std::string& text_;
};

}  // namespace

void CompressSnappyBlock(std::string_view bytes, std::string& block) {
  block.clear();
  snappy::ByteArraySource source(bytes.data(), bytes.size());
  StringSink sink(block);
  snappy::Compress(&source, &sink);
}

}  // namespace streamhouse::exporters
