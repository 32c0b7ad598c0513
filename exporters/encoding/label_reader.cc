#include "exporters/encoding/label_reader.h"

#include <algorithm>
#include <cstring>

namespace streamhouse::exporters {

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

bool LabelReader::Next() {
  const std::size_t equals = rest_.find('=');
  if (equals == std::string_view::npos || equals + 1 == rest_.size()) return false;
  text_ = rest_;
  name_ = rest_.substr(0, equals);
  rest_.remove_prefix(equals + 2);  // the quote as well
  std::size_t end = 0;
  std::size_t escapes = 0;
  for (; end < rest_.size() && rest_[end] != '"'; ++end) {
    if (rest_[end] == '\\' && end + 1 < rest_.size()) {
      ++end;
      ++escapes;
    }
  }
  value_ = EscapedText(rest_.substr(0, end), escapes);
  text_ = text_.substr(0, equals + 2 + end + 1);
  rest_.remove_prefix(std::min(end + 2, rest_.size()));  // the quote and the comma
  return true;
}

}  // namespace streamhouse::exporters
