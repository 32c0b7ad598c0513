// ScreenLayout: what stands in which line of the terminal, and what the keys do.
//
// When to use something else: screen.h draws the lines.
// Guarantees:
// 1. Compose() makes at most `height` lines of at most `width` columns, of printable text.
// 2. The first says how many programs answer, the last which keys there are.
// Thread safety: a value.
// Cost: linear in the cells of the tables, and their sorting.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "apps/top/figures.h"
#include "apps/top/table.h"

namespace streamhouse::apps {

struct ScreenLine {
  enum class Emphasis : std::uint8_t { kPlain, kTitle, kHeader, kFocus, kAlarm, kHelp };

  std::string text;
  Emphasis emphasis = Emphasis::kPlain;
};

struct ScreenSize {
  std::size_t width = 0;
  std::size_t height = 0;
};

// What a person has pressed.
struct Key {
  enum class Kind : std::uint8_t {
    kCharacter,
    kUp,
    kDown,
    kPageUp,
    kPageDown,
    kNext,      // Tab, the arrow to the right
    kPrevious,  // the arrow to the left
    kEnter,
    kErase,
    kEscape,
    kOther,  // means nothing
  };

  Kind kind = Kind::kCharacter;
  char character = 0;
};

// "2 of 3 programs answer; rates over 2.0 s".
std::string Headline(const Figures& figures);

class ScreenLayout {
 public:
  enum class Action : std::uint8_t { kGoOn, kQuit };

  Action Press(const Key& key);

  bool is_paused() const { return is_paused_; }

  std::vector<ScreenLine> Compose(const Figures& figures, const ScreenSize& size);

 private:
  static constexpr std::size_t kPanels = 5;  // a panel a table, in the order of TablesOf()

  struct Panel {
    std::size_t sort_steps = 0;  // how often the user asked for the next column
    std::size_t first_row = 0;   // that is shown
    std::size_t lines = 0;       // that it gets, its header among them
  };

  void PressInFilter(const Key& key);
  Action PressCharacter(char character);
  void ShareLines(const std::vector<Table>& tables, std::size_t height);
  void AppendPanel(std::size_t index, const Table& table, std::size_t width, std::vector<ScreenLine>& lines);
  std::string TitleLine(const Figures& figures) const;
  std::string HelpLine(const Table& focused) const;

  std::array<Panel, kPanels> panels_ = {};
  std::size_t focus_ = 1;
  bool is_paused_ = false;
  bool is_filter_edited_ = false;
  std::string filter_;
};

}  // namespace streamhouse::apps
