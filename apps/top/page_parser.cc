#include "apps/top/page_parser.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <optional>
#include <system_error>

namespace streamhouse::apps {

using metrics::Result;
using metrics::Status;
using metrics::StatusCode;

namespace {

constexpr std::string_view kBucketSuffix = "_bucket";
constexpr std::string_view kBoundLabel = "le";

bool IsNameStart(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':';
}

bool IsNamePart(char c) {
  return IsNameStart(c) || (c >= '0' && c <= '9');
}

void SkipSpaces(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
}

// Takes a name off the front; empty where there is none.
std::string_view TakeName(std::string_view& text) {
  if (text.empty() || !IsNameStart(text.front())) return {};
  const auto end = std::find_if_not(text.begin(), text.end(), IsNamePart);
  const std::string_view name = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(name.size());
  return name;
}

// Takes what stands before the next space.
std::string_view TakeWord(std::string_view& text) {
  SkipSpaces(text);
  const std::string_view word = text.substr(0, text.find_first_of(" \t"));
  text.remove_prefix(word.size());
  return word;
}

std::optional<double> ParseNumber(std::string_view text) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// Takes a value in quotes; false unless it ends, and its escapes are known.
bool TakeQuoted(std::string_view& text, std::string& value) {
  value.clear();
  if (!text.starts_with('"')) return false;
  for (std::size_t i = 1; i < text.size(); ++i) {
    char c = text[i];
    if (c == '"') {
      text.remove_prefix(i + 1);
      return true;
    }
    if (c == '\\') {
      if (++i == text.size()) return false;
      c = text[i] == 'n' ? '\n' : text[i];
      if (c != '\n' && c != '\\' && c != '"') return false;
    }
    value += c;
  }
  return false;
}

// Takes the label set behind the name of a sample, if there is one.
bool TakeLabels(std::string_view& text, Labels& labels) {
  if (!text.starts_with('{')) return true;
  text.remove_prefix(1);
  std::string value;
  while (true) {
    SkipSpaces(text);
    if (text.starts_with('}')) break;
    const std::string_view name = TakeName(text);
    SkipSpaces(text);
    if (name.empty() || !text.starts_with('=')) return false;
    text.remove_prefix(1);
    SkipSpaces(text);
    if (!TakeQuoted(text, value)) return false;
    labels.emplace_back(name, value);  // a copy has no room to spare
    SkipSpaces(text);
    if (text.starts_with(',')) {
      text.remove_prefix(1);
    } else if (!text.starts_with('}')) {
      return false;
    }
  }
  text.remove_prefix(1);
  std::sort(labels.begin(), labels.end());
  const auto same_name = [](const auto& a, const auto& b) { return a.first == b.first; };
  return std::adjacent_find(labels.begin(), labels.end(), same_name) == labels.end();
}

// Nothing for other types.
std::optional<DistributionType> DistributionOf(std::string_view type) {
  if (type == "histogram") return DistributionType::kHistogram;
  if (type == "summary") return DistributionType::kSummary;
  return std::nullopt;
}

bool IsName(std::string_view text) {
  return !TakeName(text).empty() && text.empty();
}

}  // namespace

std::string_view LabelValue(const Labels& labels, std::string_view name) {
  const auto found = std::find_if(labels.begin(), labels.end(), [&](const auto& label) { return label.first == name; });
  return found == labels.end() ? std::string_view() : std::string_view(found->second);
}

PageParser::Progress PageParser::Push(std::string_view piece) {
  const std::size_t room = limits_.bytes_max - bytes_;
  const bool is_too_long = piece.size() > room;
  if (is_too_long) piece = piece.substr(0, room);
  bytes_ += piece.size();
  while (refused_.ok() && !page_.is_cut) {
    const std::size_t end = piece.find('\n');
    if (rest_.size() + std::min(end, piece.size()) > limits_.line_bytes_max) {
      ++lines_;
      Refuse("it is too long");
    } else if (end == std::string_view::npos) {
      rest_ += piece;
      break;
    } else {
      ++lines_;
      ReadLine(rest_.empty() ? piece.substr(0, end) : rest_.append(piece.substr(0, end)));
      rest_.clear();
      piece.remove_prefix(end + 1);
    }
  }
  if (is_too_long && refused_.ok()) Cut();
  return refused_.ok() && !page_.is_cut ? Progress::kWantsMore : Progress::kWantsNoMore;
}

Result<Page> PageParser::Take() && {
  if (refused_.ok() && !page_.is_cut && !rest_.empty()) {
    ++lines_;
    Refuse("it has no end");
  }
  if (!refused_.ok()) return refused_;
  return std::move(page_);
}

bool PageParser::Refuse(std::string_view why) {
  refused_ = Status(StatusCode::kInvalidArgument,
                    "line " + std::to_string(lines_) + " is no line of Prometheus text: " + std::string(why));
  return false;
}

// A sum over the half of a family would be wrong, and so would its count without its sum.
void PageParser::Cut() {
  // Behind the name of a family, in both formats.
  static constexpr std::string_view kSuffixes[] = {"",        "_total", "_created", "_sum",   "_count",
                                                   "_bucket", "_info",  "_gsum",    "_gcount"};
  page_.is_cut = true;
  const auto is_last = [&](std::string_view suffix) { return last_ == family_ + std::string(suffix); };
  const bool has_type = std::any_of(std::begin(kSuffixes), std::end(kSuffixes), is_last);
  const std::string family = has_type ? family_ : last_;
  page_.distributions.erase(family);
  page_.histograms.erase(family);
  for (const std::string_view suffix : kSuffixes) page_.numbers.erase(family + std::string(suffix));
}

bool PageParser::ReadLine(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  SkipSpaces(line);
  if (line.empty()) return true;
  if (is_ended_) return Refuse("it comes after # EOF");
  return line.starts_with('#') ? ReadComment(line.substr(1)) : ReadSample(line);
}

bool PageParser::ReadComment(std::string_view line) {
  const std::string_view keyword = TakeWord(line);
  if (keyword == "EOF") is_ended_ = true;
  if (keyword != "TYPE") return true;
  const std::string_view family = TakeWord(line);
  const std::string_view type = TakeWord(line);
  SkipSpaces(line);
  if (family.empty() || type.empty() || !line.empty()) return Refuse("it gives no type");
  family_ = family;
  last_.clear();
  const std::optional<DistributionType> distribution = DistributionOf(type);
  if (!distribution || !IsName(family)) {
    page_.distributions.erase(std::string(family));
    return true;
  }
  if (IsFull()) {
    Cut();
    return false;
  }
  page_.distributions.insert_or_assign(std::string(family), *distribution);
  return true;
}

bool PageParser::IsFull() const {
  return page_.samples + page_.distributions.size() >= limits_.samples_max;
}

bool PageParser::ReadSample(std::string_view line) {
  const std::string_view name = TakeName(line);
  if (name.empty()) return Refuse("it has no metric name");
  SkipSpaces(line);
  Labels labels;
  if (!TakeLabels(line, labels)) return Refuse("its labels are no label set");
  const std::optional<double> value = ParseNumber(TakeWord(line));
  if (!value) return Refuse("its value is no number");
  // A timestamp, and an exemplar, which are not needed.
  SkipSpaces(line);
  if (!line.empty() && !line.starts_with('#') && !ParseNumber(TakeWord(line))) return Refuse("its time is no number");
  SkipSpaces(line);
  if (!line.empty() && !line.starts_with("# {")) return Refuse("more stands behind its value");
  if (IsFull()) {
    Cut();
    return false;
  }
  ++page_.samples;
  return AddSample(name, std::move(labels), *value);
}

bool PageParser::AddSample(std::string_view name, Labels labels, double value) {
  if (name.ends_with(kBucketSuffix)) {
    const std::string_view family = name.substr(0, name.size() - kBucketSuffix.size());
    const auto found = page_.distributions.find(family);
    if (found != page_.distributions.end() && found->second == DistributionType::kHistogram) {
      return AddBucket(found->first, std::move(labels), value);
    }
  }
  last_ = name;
  auto found = page_.numbers.find(name);
  if (found == page_.numbers.end()) found = page_.numbers.emplace(name, std::map<Labels, double>()).first;
  const std::size_t count = labels.size();
  labels.shrink_to_fit();
  const bool is_new = found->second.insert_or_assign(std::move(labels), value).second;
  return !is_new || KeepLabels(count);
}

bool PageParser::KeepLabels(std::size_t count) {
  labels_ += count;
  if (labels_ > limits_.labels_max) Cut();
  return !page_.is_cut;
}

bool PageParser::AddBucket(const std::string& family, Labels labels, double value) {
  last_ = family;
  const auto bound_label =
      std::find_if(labels.begin(), labels.end(), [](const auto& label) { return label.first == kBoundLabel; });
  if (bound_label == labels.end()) return Refuse("a bucket has no bound");
  const std::optional<double> bound = ParseNumber(bound_label->second);
  if (!bound) return Refuse("the bound of a bucket is no number");
  labels.erase(bound_label);
  const std::size_t count = labels.size();
  labels.shrink_to_fit();
  const auto [series, is_new] = page_.histograms[family].try_emplace(std::move(labels));
  CumulativeBuckets& buckets = series->second;
  // Also where the bound is NaN.
  if (!buckets.bounds.empty() && !(*bound > buckets.bounds.back())) return Refuse("the bounds of buckets do not rise");
  buckets.bounds.push_back(*bound);
  buckets.counts.push_back(value);
  return !is_new || KeepLabels(count);
}

}  // namespace streamhouse::apps
