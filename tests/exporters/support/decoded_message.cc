#include "tests/exporters/support/decoded_message.h"

#include <cctype>
#include <cstddef>

#include "tests/exporters/support/command.h"

namespace streamhouse::exporters {
namespace {

// What stands between the quotes, with protoc's escapes taken back.
std::string Unescaped(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      plain += text[i];
      continue;
    }
    const char next = text[++i];
    if (std::isdigit(static_cast<unsigned char>(next)) != 0) {
      plain += static_cast<char>(std::stoi(std::string(text.substr(i, 3)), nullptr, 8));
      i += 2;
    } else {
      plain += next == 'n' ? '\n' : next == 'r' ? '\r' : next == 't' ? '\t' : next;
    }
  }
  return plain;
}

// Takes the fields of one message off the front of `text`.
void ReadFields(std::string_view& text, DecodedField& message) {
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    if (line == "}") return;
    if (line.ends_with(" {")) {
      line.remove_suffix(2);
      DecodedField& field = message.fields.emplace_back(DecodedField{std::string(line), ""});
      ReadFields(text, field);
      continue;
    }
    const std::size_t colon = line.find(": ");
    std::string_view value = line.substr(std::min(colon + 2, line.size()));
    const bool is_text = value.size() >= 2 && value.front() == '"';
    if (is_text) value = value.substr(1, value.size() - 2);
    message.fields.push_back({std::string(line.substr(0, colon)), is_text ? Unescaped(value) : std::string(value)});
  }
}

}  // namespace

std::string_view DecodedField::Value(std::string_view field) const {
  const auto all = All(field);
  return all.empty() ? std::string_view() : std::string_view(all.front()->value);
}

std::vector<const DecodedField*> DecodedField::All(std::string_view field) const {
  std::vector<const DecodedField*> found;
  for (const DecodedField& one : fields) {
    if (one.name == field) found.push_back(&one);
  }
  return found;
}

DecodedField DecodeMessage(const std::string& schema, const std::string& message, std::string_view bytes) {
  const CommandResult result = RunCommand("protoc --decode=" + message + " " + schema, std::string(bytes));
  if (result.exit_code != 0) return {message, "", {{"error", result.output}}};
  DecodedField decoded = {message, ""};
  std::string_view text = result.output;
  ReadFields(text, decoded);
  return decoded;
}

}  // namespace streamhouse::exporters
