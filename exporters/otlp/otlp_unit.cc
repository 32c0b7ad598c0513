#include "exporters/otlp/otlp_unit.h"

#include <algorithm>
#include <iterator>

namespace streamhouse::exporters {
namespace {

struct UnitWord {
  std::string_view word;
  std::string_view code;
};

constexpr UnitWord kUnitWords[] = {
    {"seconds", "s"},       {"bytes", "By"},       {"ratio", "1"},        {"percent", "%"},     {"milliseconds", "ms"},
    {"microseconds", "us"}, {"nanoseconds", "ns"}, {"minutes", "min"},    {"hours", "h"},       {"days", "d"},
    {"kibibytes", "KiBy"},  {"mebibytes", "MiBy"}, {"gibibytes", "GiBy"}, {"megabytes", "MBy"}, {"gigabytes", "GBy"},
    {"terabytes", "TBy"},   {"meters", "m"},       {"volts", "V"},        {"amperes", "A"},     {"joules", "J"},
    {"watts", "W"},         {"grams", "g"},        {"celsius", "Cel"},    {"hertz", "Hz"},
};

}  // namespace

std::string OtlpUnit(std::string_view word) {
  const auto* const found = std::find_if(std::begin(kUnitWords), std::end(kUnitWords),
                                         [word](const UnitWord& unit) { return unit.word == word; });
  if (found != std::end(kUnitWords)) return std::string(found->code);
  if (word.find('_') == std::string_view::npos) return std::string(word);
  return "{" + std::string(word) + "}";
}

}  // namespace streamhouse::exporters
