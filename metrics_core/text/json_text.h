// JsonText: writes one JSON document (RFC 8259), piece by piece.
//
// When to use something else: nothing here reads JSON.
// Guarantees:
// 1. The text is valid JSON in UTF-8 without a newline, if the caller closes what it opens and
//    gives each member of an object a key.
// 2. In a string, each byte that is not UTF-8 becomes U+FFFD, and each control character, also of
//    U+007F to U+009F, is escaped.
// 3. Integers are written in full; a number that is not finite becomes null.
// Thread safety: a value.
// Cost: appends to one string.
//
//   JsonText json;
//   json.BeginObject().Member("topic", "orders").Key("partitions").BeginArray();
//   for (const std::uint32_t partition : partitions) json.Value(partition);
//   json.EndArray().EndObject();
//   Print(json.text());  // {"topic":"orders","partitions":[0,1]}
#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <string_view>

namespace streamhouse::metrics {

class JsonText {
 public:
  JsonText& BeginObject() { return Open('{'); }
  JsonText& EndObject() { return Close('}'); }
  JsonText& BeginArray() { return Open('['); }
  JsonText& EndArray() { return Close(']'); }

  // The next value belongs to it.
  JsonText& Key(std::string_view name);

  JsonText& Value(std::string_view text);
  JsonText& Value(const char* text) { return Value(std::string_view(text)); }
  JsonText& Value(const std::string& text) { return Value(std::string_view(text)); }
  JsonText& Value(bool value) { return Literal(value ? "true" : "false"); }
  JsonText& Value(double number);
  template <std::integral Integer>
  JsonText& Value(Integer number) {
    return Literal(std::to_string(number));
  }
  template <typename T>
  JsonText& Value(const std::optional<T>& value) {
    return value ? Value(*value) : Null();
  }
  JsonText& Null() { return Literal("null"); }

  // A key and its value.
  template <typename T>
  JsonText& Member(std::string_view name, const T& value) {
    return Key(name).Value(value);
  }

  const std::string& text() const { return text_; }

 private:
  JsonText& Open(char bracket);
  JsonText& Close(char bracket);
  JsonText& Literal(std::string_view text);
  void Separate();
  void AppendCode(unsigned char code);
  void AppendString(std::string_view text);

  std::string text_;
};

}  // namespace streamhouse::metrics
