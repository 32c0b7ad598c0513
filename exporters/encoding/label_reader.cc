#include "exporters/encoding/label_reader.h"

#include <algorithm>
#include <cstring>

#include "exporters/encoding/short_text.h"

namespace streamhouse::exporters {
namespace {

struct Quoted {
  std::size_t size = 0;  // up to the closing quote
  std::size_t escapes = 0;
};

// What stands behind an opening quote.
Quoted ReadQuoted(std::string_view text) {
  Quoted quoted{.size = FindQuoteOrBackslash(text, 0)};
  while (quoted.size + 1 < text.size() && text[quoted.size] == '\\') {
    ++quoted.escapes;
    quoted.size = FindQuoteOrBackslash(text, quoted.size + 2);
  }
  // A backslash at the end escapes nothing.
  if (quoted.size < text.size() && text[quoted.size] == '\\') ++quoted.size;
  return quoted;
}

}  // namespace

char* EscapedText::CopyTo(char* out) const {
  if (escapes_ == 0) {
    std::memcpy(out, text_.data(), text_.size());
    return out + text_.size();
  }
  for (std::size_t i = 0; i < text_.size(); ++i) {
    char c = text_[i];
    if (c == '\\' && i + 1 < text_.size()) {
      c = text_[++i];
      if (c == 'n') c = '\n';
    }
    *out++ = c;
  }
  return out;
}

std::string_view EscapedText::CopyTo(std::string& storage) const {
  storage.resize(size());
  CopyTo(storage.data());
  return storage;
}

bool LabelReader::Next() {
  text_ = rest_;
  std::size_t equals = 0;
  if (rest_.starts_with('"')) {
    const Quoted name = ReadQuoted(rest_.substr(1));
    name_ = rest_.substr(1, name.size);
    name_escapes_ = name.escapes;
    equals = name.size + 2;
  } else {
    equals = rest_.find('=');
    name_ = rest_.substr(0, equals);
    name_escapes_ = 0;
  }
  if (equals >= rest_.size() || equals + 1 == rest_.size()) return false;
  value_begin_ = equals + 1;
  rest_.remove_prefix(equals + 2);  // the quote as well
  const Quoted value = ReadQuoted(rest_);
  value_ = EscapedText(rest_.substr(0, value.size), value.escapes);
  text_ = text_.substr(0, equals + 2 + value.size + 1);
  rest_.remove_prefix(std::min(value.size + 2, rest_.size()));  // the quote and the comma
  return true;
}

}  // namespace streamhouse::exporters
