// LabelReader: the labels of a series one by one, from their text on a page.
//
// When to use something else: text formats copy the text as it is.
// Guarantees: reads what a snapshot's label_text() holds; other text ends the reading early, never
// beyond its end.
// Thread safety: a value.
// Cost: linear in the text; nothing is copied.
//
//   LabelReader labels(family.label_text(i));
//   while (labels.Next()) Use(labels.name(), labels.value());
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace streamhouse::exporters {

// A label value as a page has it, with \ " and newline escaped.
class EscapedText {
 public:
  EscapedText() = default;
  EscapedText(std::string_view text, std::size_t escapes) : text_(text), escapes_(escapes) {}

  // Of the value that is meant.
  std::size_t size() const { return text_.size() - escapes_; }

  // As the page has it: the value that is meant where there are no escapes.
  std::string_view text() const { return text_; }
  bool has_escapes() const { return escapes_ != 0; }

  // Writes the value that is meant, size() bytes, and returns its end.
  char* CopyTo(char* out) const;

  // The value that is meant, in `storage` where there are escapes.
  std::string_view Unescaped(std::string& storage) const { return has_escapes() ? CopyTo(storage) : text_; }

 private:
  std::string_view CopyTo(std::string& storage) const;

  std::string_view text_;
  std::size_t escapes_ = 0;
};

class LabelReader {
 public:
  explicit LabelReader(std::string_view label_text) : rest_(label_text) {}

  // False at the end.
  bool Next();

  // Of a name that stands in quotes, what is between them, as it is escaped there.
  std::string_view name() const { return name_; }
  EscapedText name_text() const { return {name_, name_escapes_}; }
  const EscapedText& value() const { return value_; }
  // The label as the page has it, name="value", and its part behind the equals sign.
  std::string_view text() const { return text_; }
  std::string_view quoted_value() const { return text_.substr(value_begin_); }

 private:
  std::string_view rest_;
  std::string_view text_;
  std::string_view name_;
  std::size_t name_escapes_ = 0;
  std::size_t value_begin_ = 0;  // in text_
  EscapedText value_;
};

}  // namespace streamhouse::exporters
