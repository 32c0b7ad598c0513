#include "exporters/push/http/retry_after.h"

#include <time.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <string>
#include <system_error>

namespace streamhouse::exporters {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t kDateBytesMax = 64;  // the longest form has 36
constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::string_view kDigits = "0123456789";
constexpr int kCentury = 100;

std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t";
  const std::size_t begin = std::min(text.find_first_not_of(kBlanks), text.size());
  text.remove_prefix(begin);
  return text.substr(0, text.find_last_not_of(kBlanks) + 1);
}

// Takes a date apart from its front. After the first mismatch nothing fits.
class DateReader {
 public:
  explicit DateReader(std::string_view text) : rest_(text) {}

  bool is_whole() const { return fits_ && rest_.empty(); }

  void Skip(std::string_view expected) {
    fits_ = fits_ && rest_.starts_with(expected);
    if (fits_) rest_.remove_prefix(expected.size());
  }
  // A word of letters and its end.
  void SkipWord(std::string_view end) {
    const std::size_t at = fits_ ? rest_.find(end) : std::string_view::npos;
    fits_ = at != std::string_view::npos;
    if (fits_) rest_.remove_prefix(at);
    Skip(end);
  }
  int Number(std::size_t digits) {
    const std::string_view text = rest_.substr(0, digits);
    fits_ = fits_ && text.size() == digits && text.find_first_not_of(kDigits) == std::string_view::npos;
    if (!fits_) return 0;
    rest_.remove_prefix(digits);
    int number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
  }
  int Month() {
    const auto* const found = std::find(kMonths.begin(), kMonths.end(), rest_.substr(0, 3));
    fits_ = fits_ && found != kMonths.end();
    if (fits_) rest_.remove_prefix(3);
    return static_cast<int>(found - kMonths.begin());
  }
  void TimeOfDay(std::tm& date) {
    date.tm_hour = Number(2);
    Skip(":");
    date.tm_min = Number(2);
    Skip(":");
    date.tm_sec = Number(2);
  }

 private:
  std::string_view rest_;
  bool fits_ = true;
};

// "Sun, 06 Nov 1994 08:49:37 GMT"
bool ReadFixdate(DateReader date, std::tm& read) {
  date.SkipWord(", ");
  read.tm_mday = date.Number(2);
  date.Skip(" ");
  read.tm_mon = date.Month();
  date.Skip(" ");
  read.tm_year = date.Number(4) - 1900;
  date.Skip(" ");
  date.TimeOfDay(read);
  date.Skip(" GMT");
  return date.is_whole();
}

// "Sunday, 06-Nov-94 08:49:37 GMT". A year that seems to be more than 50 years away is one of the
// past.
bool ReadRfc850(DateReader date, int this_year, std::tm& read) {
  date.SkipWord(", ");
  read.tm_mday = date.Number(2);
  date.Skip("-");
  read.tm_mon = date.Month();
  date.Skip("-");
  read.tm_year = date.Number(2) + (this_year / kCentury * kCentury) - 1900;
  if (read.tm_year + 1900 > this_year + kCentury / 2) read.tm_year -= kCentury;
  date.Skip(" ");
  date.TimeOfDay(read);
  date.Skip(" GMT");
  return date.is_whole();
}

// "Sun Nov  6 08:49:37 1994"; a day below ten has a blank in front.
bool ReadAsctime(DateReader date, std::string_view text, std::tm& read) {
  date.SkipWord(" ");
  read.tm_mon = date.Month();
  date.Skip(" ");
  const bool has_one_digit = text.find("  ") != std::string_view::npos;
  date.Skip(has_one_digit ? " " : "");
  read.tm_mday = date.Number(has_one_digit ? 1 : 2);
  date.Skip(" ");
  date.TimeOfDay(read);
  date.Skip(" ");
  read.tm_year = date.Number(4) - 1900;
  return date.is_whole();
}

bool IsPossible(const std::tm& date) {
  return date.tm_mday >= 1 && date.tm_mday <= 31 && date.tm_hour <= 23 && date.tm_min <= 59 && date.tm_sec <= 60;
}

std::optional<std::time_t> ParseDate(std::string_view text, std::time_t now) {
  if (text.size() > kDateBytesMax) return std::nullopt;
  std::tm today = {};
  gmtime_r(&now, &today);
  std::tm read = {};
  const DateReader date(text);
  const bool is_date =
      ReadFixdate(date, read) || ReadRfc850(date, today.tm_year + 1900, read) || ReadAsctime(date, text, read);
  if (!is_date || !IsPossible(read)) return std::nullopt;
  return timegm(&read);
}

}  // namespace

std::optional<milliseconds> ParseRetryAfter(std::string_view text, std::chrono::system_clock::time_point now) {
  constexpr milliseconds kMax = kRetryAfterMax;
  const std::string_view trimmed = Trimmed(text);
  if (!trimmed.empty() && trimmed.find_first_not_of(kDigits) == std::string_view::npos) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(trimmed.data(), trimmed.data() + trimmed.size(), number);
    const auto max = static_cast<std::uint64_t>(seconds(kRetryAfterMax).count());
    // More digits than any number has: the bound holds for it too.
    return error != std::errc() ? kMax : seconds(std::min(number, max));
  }
  const std::time_t now_s = std::chrono::system_clock::to_time_t(now);
  const std::optional<std::time_t> date = ParseDate(trimmed, now_s);
  if (!date) return std::nullopt;
  if (*date <= now_s) return milliseconds(0);
  return *date - now_s >= seconds(kRetryAfterMax).count() ? kMax : milliseconds(seconds(*date - now_s));
}

}  // namespace streamhouse::exporters
