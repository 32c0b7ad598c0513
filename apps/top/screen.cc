#include "apps/top/screen.h"

#define NCURSES_NOMACROS
#include <ncurses.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "apps/top/cell_text.h"

namespace streamhouse::apps {
namespace {

constexpr int kEscapeDelayMs = 50;  // in which the rest of an arrow's code arrives
constexpr short kAlarmColour = 1;
constexpr int kControlH = 'H' & 0x1F;

attr_t AttributesOf(ScreenLine::Emphasis emphasis) {
  switch (emphasis) {
    case ScreenLine::Emphasis::kTitle:
      return A_BOLD;
    case ScreenLine::Emphasis::kHeader:
      return A_UNDERLINE;
    case ScreenLine::Emphasis::kFocus:
      return A_REVERSE;
    case ScreenLine::Emphasis::kAlarm:
      return A_BOLD | (::has_colors() ? static_cast<attr_t>(COLOR_PAIR(kAlarmColour)) : 0);
    case ScreenLine::Emphasis::kPlain:
    case ScreenLine::Emphasis::kHelp:
      break;
  }
  return A_NORMAL;
}

Key KeyOf(int code) {
  switch (code) {
    case KEY_UP:
      return Key{.kind = Key::Kind::kUp};
    case KEY_DOWN:
      return Key{.kind = Key::Kind::kDown};
    case KEY_PPAGE:
      return Key{.kind = Key::Kind::kPageUp};
    case KEY_NPAGE:
      return Key{.kind = Key::Kind::kPageDown};
    case '\t':
    case KEY_RIGHT:
      return Key{.kind = Key::Kind::kNext};
    case KEY_BTAB:
    case KEY_LEFT:
      return Key{.kind = Key::Kind::kPrevious};
    case '\r':
    case '\n':
    case KEY_ENTER:
      return Key{.kind = Key::Kind::kEnter};
    case KEY_BACKSPACE:
    case kControlH:
    case 0x7F:
      return Key{.kind = Key::Kind::kErase};
    case 0x1B:
      return Key{.kind = Key::Kind::kEscape};
    default:
      break;
  }
  // A function key, a control character, or a byte of a letter of another script.
  if (code < 0x20 || code > 0x7E) return Key{.kind = Key::Kind::kOther};
  return Key{.kind = Key::Kind::kCharacter, .character = static_cast<char>(code)};
}

// Some terminals show one line after the other.
bool CanMoveCursor() {
  const char* const move = ::tigetstr("cup");
  return move != nullptr && move != reinterpret_cast<const char*>(-1);
}

}  // namespace

std::unique_ptr<Screen> Screen::Open() {
  const char* const name = std::getenv("TERM");
  const bool is_named = name != nullptr && *name != '\0' && std::string_view(name) != "dumb";
  if (!is_named || ::isatty(STDIN_FILENO) == 0 || ::isatty(STDOUT_FILENO) == 0) return nullptr;
  SCREEN* const terminal = ::newterm(name, stdout, stdin);
  if (terminal == nullptr) return nullptr;
  std::unique_ptr<Screen> screen(new Screen(terminal));
  if (!CanMoveCursor()) return nullptr;
  ::cbreak();
  ::noecho();
  ::nodelay(::stdscr, TRUE);
  ::keypad(::stdscr, TRUE);
  ::set_escdelay(kEscapeDelayMs);
  ::curs_set(0);
  if (::has_colors()) {
    ::start_color();
    ::use_default_colors();
    ::init_pair(kAlarmColour, COLOR_RED, -1);
  }
  return screen;
}

Screen::~Screen() {
  ::endwin();
  ::delscreen(static_cast<SCREEN*>(terminal_));
}

ScreenSize Screen::Size() const {
  return {.width = static_cast<std::size_t>(std::max(1, ::getmaxx(::stdscr))),
          .height = static_cast<std::size_t>(std::max(1, ::getmaxy(::stdscr)))};
}

void Screen::Resize() {
  winsize size = {};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0) return;
  ::resizeterm(size.ws_row, size.ws_col);
  ::clearok(::stdscr, TRUE);
}

void Screen::Draw(const std::vector<ScreenLine>& lines) {
  const auto width = static_cast<std::size_t>(::getmaxx(::stdscr));
  ::werase(::stdscr);
  int y = 0;
  for (const ScreenLine& line : lines) {
    const bool is_bar = line.emphasis == ScreenLine::Emphasis::kFocus || line.emphasis == ScreenLine::Emphasis::kHeader;
    std::string text = line.text;
    if (is_bar) text.resize(text.size() + width - std::min(width, Columns(text)), ' ');
    ::wattrset(::stdscr, static_cast<int>(AttributesOf(line.emphasis)));
    ::mvwaddnstr(::stdscr, y++, 0, text.data(), static_cast<int>(text.size()));
  }
  ::wattrset(::stdscr, A_NORMAL);
  ::wrefresh(::stdscr);
}

std::optional<Key> Screen::NextKey() {
  const int code = ::wgetch(::stdscr);
  return code == ERR ? std::nullopt : std::optional<Key>(KeyOf(code));
}

}  // namespace streamhouse::apps
