#include "apps/flag_values.h"

#include <CLI/App.hpp>
#include <CLI/Error.hpp>
#include <algorithm>
#include <charconv>
#include <cstddef>
#include <system_error>
#include <utility>

#include "metrics_core/duration_text.h"

namespace streamhouse::apps {

using metrics::ParseDuration;
using metrics::Result;
using metrics::Status;
using metrics::StatusCode;

namespace {

using AddressParser = Result<SocketAddress> (*)(std::string_view text);

// `Target` takes a SocketAddress.
template <typename Target>
CLI::Option* AddAddress(CLI::App& parser, const std::string& flag, Target& target, const std::string& help,
                        AddressParser parse) {
  const auto assign = [flag, parse, &target](const std::string& text) {
    Result<SocketAddress> parsed = parse(text);
    if (!parsed.ok()) throw CLI::ValidationError(flag, parsed.status().message());
    target = *std::move(parsed);
  };
  return parser.add_option_function<std::string>(flag, assign, help)->type_name("HOST:PORT|unix:///PATH|unix:@NAME");
}

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

// Takes so many digits and then `separator` (0: none) off the front; -1 when they are not there.
int TakeNumber(std::string_view& text, std::size_t digits, char separator) {
  const std::size_t length = digits + (separator == 0 ? 0 : 1);
  if (text.size() < length || !std::all_of(text.begin(), text.begin() + digits, IsDigit)) return -1;
  if (separator != 0 && (text[digits] | 0x20) != (separator | 0x20)) return -1;
  int number = 0;
  std::from_chars(text.data(), text.data() + digits, number);
  text.remove_prefix(length);
  return number;
}

// ".5" is 500; more than three digits are cut off. Nothing for a point without a digit.
std::optional<int> TakeMilliseconds(std::string_view& text) {
  if (text.empty() || text.front() != '.') return 0;
  text.remove_prefix(1);
  const std::size_t digits =
      static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), IsDigit) - text.begin());
  if (digits == 0) return std::nullopt;
  int milliseconds = 0;
  for (std::size_t i = 0; i < 3; ++i) milliseconds = milliseconds * 10 + (i < digits ? text[i] - '0' : 0);
  text.remove_prefix(digits);
  return milliseconds;
}

// "Z", or hours and minutes before or after UTC.
std::optional<std::chrono::minutes> TakeZone(std::string_view& text) {
  if (text == "Z" || text == "z") {
    text = {};
    return std::chrono::minutes(0);
  }
  if (text.empty() || (text.front() != '+' && text.front() != '-')) return std::nullopt;
  const int sign = text.front() == '-' ? -1 : 1;
  text.remove_prefix(1);
  const int hours = TakeNumber(text, 2, ':');
  const int minutes = TakeNumber(text, 2, 0);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return std::nullopt;
  return std::chrono::minutes(sign * (hours * 60 + minutes));
}

// The field that contains `field`, or nothing.
std::string_view Outer(std::string_view field) {
  const std::size_t end = field.find_last_of(".[");
  return end == std::string_view::npos ? std::string_view() : field.substr(0, end);
}

}  // namespace

Status WithAdvice(const Status& failure, std::span<const FieldAdvice> all) {
  for (std::string_view field = failure.field(); !field.empty(); field = Outer(field)) {
    for (const FieldAdvice& advice : all) {
      if (advice.field == field) return failure.WithMessage(failure.message() + std::string(advice.text));
    }
  }
  return failure;
}

CLI::Option* AddAddressFlag(CLI::App& parser, const std::string& flag, SocketAddress& target, const std::string& help) {
  return AddAddress(parser, flag, target, help, metrics::ParseSocketAddress)->default_str(metrics::ToString(target));
}

CLI::Option* AddListenFlag(CLI::App& parser, const std::string& flag, SocketAddress& target, const std::string& help) {
  return AddAddress(parser, flag, target, help, metrics::ParseListenAddress)->default_str(metrics::ToString(target));
}

CLI::Option* AddListenFlag(CLI::App& parser, const std::string& flag, std::optional<SocketAddress>& target,
                           const std::string& help) {
  return AddAddress(parser, flag, target, help, metrics::ParseListenAddress);
}

CLI::Option* AddDurationFlag(CLI::App& parser, const std::string& flag, std::chrono::milliseconds& target,
                             const std::string& help) {
  const auto assign = [flag, &target](const std::string& text) {
    Result<std::chrono::milliseconds> parsed = ParseDuration(text);
    if (!parsed.ok()) throw CLI::ValidationError(flag, parsed.status().message());
    target = *parsed;
  };
  return parser.add_option_function<std::string>(flag, assign, help)
      ->type_name("TIME")
      ->default_str(metrics::FormatDuration(target));
}

Result<TopicSpec> ParseTopicSpec(std::string_view text) {
  const Status refused(StatusCode::kInvalidArgument,
                       "\"" + std::string(text) + "\" is not NAME:PARTITIONS with at least one partition");
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return refused;
  TopicSpec spec = {.name = std::string(text.substr(0, colon)), .partitions = 0};
  const char* const end = text.data() + text.size();
  const auto [parsed_to, error] = std::from_chars(text.data() + colon + 1, end, spec.partitions);
  if (error != std::errc() || parsed_to != end || spec.partitions == 0) return refused;
  return spec;
}

CLI::Option* AddTopicSpecs(CLI::App& parser, const std::string& flag, std::vector<TopicSpec>& target,
                           const std::string& help) {
  const auto add = [flag, &target](const std::vector<std::string>& texts) {
    for (const std::string& text : texts) {
      Result<TopicSpec> spec = ParseTopicSpec(text);
      if (!spec.ok()) throw CLI::ValidationError(flag, spec.status().message());
      target.push_back(*std::move(spec));
    }
  };
  return parser.add_option_function<std::vector<std::string>>(flag, add, help)
      ->type_name("NAME:PARTITIONS")
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

std::optional<std::int64_t> ParseRfc3339(std::string_view text) {
  const int year = TakeNumber(text, 4, '-');
  const int month = TakeNumber(text, 2, '-');
  const int day = TakeNumber(text, 2, 'T');
  const int hour = TakeNumber(text, 2, ':');
  const int minute = TakeNumber(text, 2, ':');
  const int second = TakeNumber(text, 2, 0);
  const std::optional<int> milliseconds = TakeMilliseconds(text);
  const auto zone = TakeZone(text);
  if (std::min({year, month, day, hour, minute, second}) < 0 || !milliseconds || !zone || !text.empty()) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  const auto time = std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
                    std::chrono::seconds(second) + std::chrono::milliseconds(*milliseconds) - *zone;
  return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

Result<client::SeekPlace> ParseSeekPlace(std::string_view text, std::int64_t now_ms) {
  if (text == "earliest") return client::SeekPlace(client::SeekToEarliest());
  if (text == "latest") return client::SeekPlace(client::SeekToLatest());
  client::Offset offset = 0;
  const char* const end = text.data() + text.size();
  const auto [parsed_to, error] = std::from_chars(text.data(), end, offset);
  if (error == std::errc() && parsed_to == end) return client::SeekPlace(client::SeekToOffset{.offset = offset});
  if (const auto time_ms = ParseRfc3339(text)) return client::SeekPlace(client::SeekToTime{.append_time_ms = *time_ms});
  if (const auto ago = ParseDuration(text); ago.ok()) {
    return client::SeekPlace(client::SeekToTime{.append_time_ms = now_ms - ago.value().count()});
  }
  return Status(StatusCode::kInvalidArgument,
                "\"" + std::string(text) +
                    "\" is not earliest, latest, an offset, a time such as 2026-11-28T18:00:00Z, or how long ago, such "
                    "as 2h");
}

void AddJsonFlag(CLI::App& parser, OutputFormat& format) {
  const auto set = [&format](std::int64_t /*times*/) { format = OutputFormat::kJson; };
  parser.add_flag_function("--json", set, "Print one JSON document instead of lines");
}

}  // namespace streamhouse::apps
