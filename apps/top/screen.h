// Screen: a terminal that shows lines and tells which keys are pressed, by ncurses.
//
// When to use something else: screen_layout.h decides what the lines are.
// Guarantees:
// 1. The destructor leaves the terminal as it was found.
// 2. Open() changes nothing unless it succeeds.
// 3. Ctrl-Z leaves the terminal to the shell, and fg draws it again. Signals that end the process
//    are the caller's.
// Thread safety: one thread; one object at a time.
// Cost: only lines that have changed are sent to the terminal.
// Errors: Open() returns no screen where stdin or stdout is no terminal, or TERM is unknown,
// "dumb", or a terminal without a cursor that moves: print lines instead.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "apps/top/screen_layout.h"

namespace streamhouse::apps {

class Screen {
 public:
  static std::unique_ptr<Screen> Open();
  ~Screen();
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  ScreenSize Size() const;

  // The terminal has another size now (SIGWINCH).
  void Resize();

  void Draw(const std::vector<ScreenLine>& lines);

  // The next key that was pressed; does not wait. Nothing where no key is left, or the terminal has
  // gone.
  std::optional<Key> NextKey();

 private:
  explicit Screen(void* terminal) : terminal_(terminal) {}

  void* const terminal_;  // ncurses' SCREEN, whose header defines too many macros
};

}  // namespace streamhouse::apps
