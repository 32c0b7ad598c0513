#include "exporters/select/selector_parser.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "exporters/select/quoted_text.h"

namespace streamhouse::exporters {
namespace {

using metrics::Result;
using metrics::Status;
using metrics::StatusCode;

bool IsLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}
bool IsQuote(char c) {
  return c == '"' || c == '\'' || c == '`';
}

// Where a colon may stand: in names of metrics.
enum class Colon : bool { kRefused, kTaken };

class Parser {
 public:
  Parser(std::string_view text, SelectorBudget& budget) : text_(text), rest_(text), budget_(budget) {}

  Result<Selector> Parse() {
    SkipBlanks();
    if (Status taken = ParseAll(); !taken.ok()) return taken;
    return std::move(selector_);
  }

 private:
  Status ParseAll() {
    const std::string_view at = rest_;
    if (const std::string_view name = TakeIdentifier(Colon::kTaken); !name.empty()) {
      if (Status added = AddName(std::string(name), at); !added.ok()) return added;
      SkipBlanks();
    } else if (!Sees('{')) {
      return Refused("a name or { is expected");
    }
    if (Sees('{')) {
      Take(1);
      if (Status taken = ParseBraces(); !taken.ok()) return taken;
    }
    if (selector_.empty()) return RefusedAt(at, "a selector without matchers chooses nothing");
    return rest_.empty() ? Status::Ok() : Refused("the selector should end");
  }

  // What follows {, the closing brace included.
  Status ParseBraces() {
    SkipBlanks();
    while (!Sees('}')) {
      if (Status taken = ParseMatcher(); !taken.ok()) return taken;
      SkipBlanks();
      if (Sees('}')) break;
      if (!Sees(',')) return Refused("a comma or } is expected");
      Take(1);
      SkipBlanks();
    }
    Take(1);
    SkipBlanks();
    return Status::Ok();
  }

  Status ParseMatcher() {
    const std::string_view begin = rest_;
    const bool is_quoted = !rest_.empty() && IsQuote(rest_.front());
    std::string label;
    if (is_quoted) {
      Result<std::string> name = TakeString();
      if (!name.ok()) return name.status();
      label = *std::move(name);
    } else {
      label = TakeIdentifier(Colon::kRefused);
      if (label.empty()) return Refused("a label is expected");
    }
    SkipBlanks();
    if (is_quoted && (Sees(',') || Sees('}'))) return AddName(std::move(label), begin);
    const std::optional<MatchOperator> op = TakeOperator();
    if (!op) return Refused("=, !=, =~ or !~ is expected");
    SkipBlanks();
    if (rest_.empty() || !IsQuote(rest_.front())) return Refused("a string in quotes is expected");
    const std::string_view at = rest_;
    Result<std::string> value = TakeString();
    if (!value.ok()) return value.status();
    return Add(std::move(label), *op, *std::move(value), at);
  }

  std::optional<MatchOperator> TakeOperator() {
    constexpr std::pair<std::string_view, MatchOperator> kOperators[] = {{"=~", MatchOperator::kMatch},
                                                                         {"!~", MatchOperator::kNoMatch},
                                                                         {"!=", MatchOperator::kNotEqual},
                                                                         {"=", MatchOperator::kEqual}};
    for (const auto& [text, op] : kOperators) {
      if (!rest_.starts_with(text)) continue;
      Take(text.size());
      return op;
    }
    return std::nullopt;
  }

  Status AddName(std::string name, std::string_view at) {
    if (std::exchange(has_name_, true)) return RefusedAt(at, "a second name is one too many");
    return Add(std::string(kNameLabel), MatchOperator::kEqual, std::move(name), at);
  }

  // `at` is where a fault of the value stands.
  Status Add(std::string label, MatchOperator op, std::string value, std::string_view at) {
    Result<LabelMatcher> made = LabelMatcher::Make(std::move(label), op, std::move(value));
    if (!made.ok()) return RefusedAt(at, made.status().message());
    if (budget_.matchers == 0) return RefusedAt(at, "too many matchers");
    if (made->has_expression() && budget_.expressions == 0) return RefusedAt(at, "too many regular expressions");
    budget_.matchers -= 1;
    budget_.expressions -= made->has_expression() ? 1 : 0;
    selector_.push_back(*std::move(made));
    return Status::Ok();
  }

  Result<std::string> TakeString() {
    Result<std::string> taken = TakeQuoted(rest_);
    if (!taken.ok()) return Refused(taken.status().message());
    return taken;
  }

  // Empty where there is none.
  std::string_view TakeIdentifier(Colon colon) {
    const auto may_begin = [colon](char c) { return IsLetter(c) || (c == ':' && colon == Colon::kTaken); };
    std::size_t size = 0;
    while (size < rest_.size() && (may_begin(rest_[size]) || (size > 0 && IsDigit(rest_[size])))) ++size;
    const std::string_view taken = rest_.substr(0, size);
    Take(size);
    return taken;
  }

  // Comments too.
  void SkipBlanks() {
    constexpr std::string_view kBlanks = " \t\n\r";
    while (!rest_.empty()) {
      if (Sees('#')) {
        Take(std::min(rest_.find('\n'), rest_.size()));
      } else if (kBlanks.find(rest_.front()) != std::string_view::npos) {
        Take(1);
      } else {
        return;
      }
    }
  }

  bool Sees(char c) const { return rest_.starts_with(c); }
  void Take(std::size_t bytes) { rest_.remove_prefix(bytes); }

  Status Refused(const std::string& what) const { return RefusedAt(rest_, what); }
  Status RefusedAt(std::string_view at, const std::string& what) const {
    return {StatusCode::kInvalidArgument, "at character " + std::to_string(text_.size() - at.size() + 1) + ": " + what};
  }

  const std::string_view text_;
  std::string_view rest_;
  SelectorBudget& budget_;
  Selector selector_;
  bool has_name_ = false;
};

}  // namespace

Result<Selector> ParseSelector(std::string_view text, SelectorBudget& budget) {
  return Parser(text, budget).Parse();
}

}  // namespace streamhouse::exporters
