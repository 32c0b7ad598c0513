#include "apps/config_file.h"

#include <errno.h>

#include <CLI/Config.hpp>
#include <CLI/Error.hpp>
#include <CLI/Option.hpp>
#include <cstddef>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace streamhouse::apps {
namespace {

// What a line without "=" means to CLI11.
constexpr const char* kValueOfBareKey = "true";

std::string_view Trim(std::string_view text, std::string_view characters = " \t\r") {
  const std::size_t begin = text.find_first_not_of(characters);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(characters) - begin + 1);
}

class ConfigFile {
 public:
  ConfigFile(CLI::App& parser, std::string path) : parser_(parser), path_(std::move(path)) {
    // Otherwise a # in the middle of a value, also of a quoted one, would cut the value short.
    format_.comment('\0');
  }

  void TakeFlags() {
    const std::vector<CLI::ConfigItem> items = Read();
    std::set<CLI::Option*> given;
    for (CLI::Option* const option : parser_.get_options()) {
      if (option->count() > 0) given.insert(option);
    }
    std::set<CLI::Option*> taken;
    for (const CLI::ConfigItem& item : items) {
      CLI::Option* const option = Find(item);
      if (given.contains(option)) continue;
      Add(item, *option);
      taken.insert(option);
    }
    for (CLI::Option* const option : taken) Use(*option);
  }

 private:
  [[noreturn]] void Refuse(const std::string& why) const { throw CLI::ConfigError("--config: " + path_ + ": " + why); }

  std::vector<CLI::ConfigItem> Read() {
    errno = 0;
    std::ifstream file(path_);
    std::stringstream text;
    for (std::string line; std::getline(file, line); text << line << "\n") CheckLine(Trim(line));
    // A folder can be opened, and fails when it is read.
    if (!file.is_open() || file.bad()) Refuse("cannot read it: " + std::generic_category().message(errno));
    return format_.from_config(text);
  }

  // What CLI11 does not tell of a line.
  void CheckLine(std::string_view line) {
    if (line.starts_with('#') || line.starts_with(';')) return;
    const std::size_t delimiter = line.find('=');
    if (delimiter == std::string_view::npos) {
      bare_keys_.emplace(Trim(line, "\"'"));
      return;
    }
    // Not the beginning of a list, which would take the lines after it.
    const std::string_view value = Trim(line.substr(delimiter + 1));
    if (value.starts_with('[') && !value.ends_with(']') && value.find_first_of("\"'") == std::string_view::npos &&
        value.find("]:") != std::string_view::npos) {
      Refuse(std::string(line) + ": a value that begins with [ stands in quotes");
    }
  }

  CLI::Option* Find(const CLI::ConfigItem& item) const {
    // Of a section, the items "++" and "--".
    if (!item.parents.empty()) Refuse("it takes no sections, such as " + item.parents.front());
    CLI::Option* const option = parser_.get_option_no_throw("--" + item.name);
    if (option == nullptr) Refuse("there is no flag --" + item.name);
    if (!option->get_configurable()) Refuse("--" + item.name + " stands on the command line only");
    return option;
  }

  void Add(const CLI::ConfigItem& item, CLI::Option& option) const {
    if (option.get_items_expected_max() == 0) {
      option.add_result(option.get_flag_value(item.name, format_.to_flag(item)));
      return;
    }
    for (const std::string& value : item.inputs) {
      if (value == kValueOfBareKey && bare_keys_.contains(item.name)) Refuse(item.name + " has no value");
      option.add_result(value);
    }
  }

  void Use(CLI::Option& option) const {
    try {
      option.run_callback();
    } catch (const CLI::ParseError& refused) {
      Refuse(refused.what());
    }
  }

  CLI::App& parser_;
  const std::string path_;
  std::set<std::string> bare_keys_;  // lines without "="
  CLI::ConfigTOML format_;
};

}  // namespace

void AddConfigFlag(CLI::App& parser) {
  const auto take_flags = [&parser](const std::string& path) {
    if (parser.get_help_ptr()->count() == 0) ConfigFile(parser, path).TakeFlags();
  };
  parser
      .add_option_function<std::string>(
          "--config", take_flags,
          "A file with flags of this command, a line each, such as topic = orders:3; the command line wins")
      ->type_name("FILE")
      ->configurable(false);
}

}  // namespace streamhouse::apps
