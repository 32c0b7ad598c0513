"""A program in a pseudo terminal, and what a person would see there.

The terminal that is understood is the VT52: it has no modes to know, and ncurses knows it.
"""

import codecs
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import threading
import time

import processes

UP, DOWN, RIGHT, LEFT = "\x1bA", "\x1bB", "\x1bC", "\x1bD"
F5 = "\x1b?t"

_MOVES = {"A": (-1, 0), "B": (1, 0), "C": (0, 1), "D": (0, -1)}
_TOKEN = re.compile(r"\x1bY(?P<place>..)|\x1b(?P<command>[^Y])|(?P<partial>\x1bY?.?)$|(?P<plain>.)", re.DOTALL)


class _Screen:
    """What a VT52 of this size shows."""

    def __init__(self, columns, rows):
        self._columns = columns
        self._cells = [[" "] * columns for _ in range(rows)]
        self._row = self._column = 0
        self._rest = ""

    def lines(self):
        return ["".join(cells).rstrip() for cells in self._cells]

    def write(self, text):
        text = self._rest + text
        self._rest = ""
        for token in _TOKEN.finditer(text):
            if token["partial"]:
                self._rest = token["partial"]
            elif token["place"]:
                self._row, self._column = (ord(c) - 32 for c in token["place"])
            elif token["command"]:
                self._obey(token["command"])
            else:
                self._put(token["plain"])

    def _obey(self, command):
        if command == "H":
            self._row = self._column = 0
        elif command in _MOVES:
            self._row += _MOVES[command][0]
            self._column += _MOVES[command][1]
        elif command in "JK":
            self._clear_line()
            for cells in self._cells[self._row + 1 :] if command == "J" else ():
                cells[:] = [" "] * self._columns
        elif command == "I":
            self._cells = [[" "] * self._columns, *self._cells[:-1]]
        elif command not in "=>FG":
            raise AssertionError(f"no command of a VT52: {command!r}")

    def _clear_line(self):
        cells = self._cells[self._row]
        cells[self._column :] = [" "] * (self._columns - self._column)

    def _put(self, character):
        if character == "\r":
            self._column = 0
        elif character == "\b":
            self._column -= 1
        elif character == "\t":
            self._column = self._column // 8 * 8 + 8
        elif character == "\n":
            self._next_line()
        elif character == "\a":
            pass
        elif character < " ":
            raise AssertionError(f"a control character on the screen: {character!r}")
        else:
            if self._column >= self._columns:
                raise AssertionError(f"beyond the right edge: {character!r} of {self.lines()[self._row]!r}")
            self._cells[self._row][self._column] = character
            self._column += 1

    def _next_line(self):
        if self._row + 1 < len(self._cells):
            self._row += 1
        else:
            self._cells = [*self._cells[1:], [" "] * self._columns]


class Terminal:
    """`streamhouse ARGUMENTS` in a terminal of its own."""

    def __init__(self, test, *arguments, columns=80, rows=24, term="vt52"):
        self._fd, self._end = pty.openpty()
        self._lock = threading.Lock()
        self._text = ""  # all that was written
        self._problem = None
        self._screen = _Screen(columns, rows) if term == "vt52" else None
        self._set_size(columns, rows)
        self.settings_before = termios.tcgetattr(self._end)
        environment = {name: value for name, value in os.environ.items() if name != "TERM"} | {"LC_ALL": "C.UTF-8"}
        if term:
            environment["TERM"] = term
        streams = dict.fromkeys(("stdin", "stdout", "stderr"), self._end)
        command = ["setsid", "--ctty", processes.BINARY, *map(str, arguments)]
        self._process = subprocess.Popen(command, env=environment, **streams)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        test.addCleanup(self._close)

    def _read(self):
        # A byte that is no text stays recognizable: 0x9B is "\udc9b". A character may come in two
        # pieces.
        decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        while True:
            try:
                piece = decoder.decode(os.read(self._fd, 65536))
            except OSError:
                return
            with self._lock:
                self._text += piece
                try:
                    if self._screen:
                        self._screen.write(piece)
                except (AssertionError, IndexError) as problem:
                    self._problem = self._problem or problem

    def _close(self):
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        if self._end is not None:
            self.hang_up()

    def _set_size(self, columns, rows):
        fcntl.ioctl(self._end, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    @property
    def text(self):
        with self._lock:
            return self._text

    def settings(self):
        return termios.tcgetattr(self._end)

    def lines(self):
        """What stands on the screen; fails where something was written that a VT52 does not know."""
        with self._lock:
            if self._problem:
                raise self._problem
            return self._screen.lines()

    def wait_for(self, pattern):
        """The first line that matches, as a match."""

        def find():
            found = next((m for m in map(re.compile(pattern).search, self.lines()) if m), None)
            if not found and self._process.poll() is not None:
                raise AssertionError(f"ended with {self._process.returncode} before {pattern!r}: {self.lines()}")
            return found

        try:
            return processes.wait_for(find, pattern)
        except AssertionError as problem:
            raise AssertionError(f"{problem}; the screen is:\n" + "\n".join(self.lines())) from None

    def press(self, keys):
        os.write(self._fd, keys.encode())

    def hold(self, key, times):
        """Presses a key again and again, each time when the program has read it."""
        deadline = time.monotonic() + processes.DEADLINE_SECONDS
        pause = threading.Event()
        for count in range(times):
            self.press(key)
            while self._has_unread_keys():
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise AssertionError(f"read {count} of {times} keys; it has ended with {self._process.poll()}")
                pause.wait(0.001)

    def _has_unread_keys(self):
        # The system hands over what was written before it answers; FIONREAD may be too early.
        readable, _, _ = select.select((self._end,), (), (), 0)
        return bool(readable)

    def resize(self, columns, rows):
        """As a window manager does it; the program is told by a signal."""
        with self._lock:
            self._screen = _Screen(columns, rows)
            self._set_size(columns, rows)

    def hang_up(self):
        os.close(self._end)
        self._end = None
        self._process.poll()
        os.close(self._fd)

    def send_signal(self, number):
        self._process.send_signal(number)

    def wait(self):
        return self._process.wait(processes.DEADLINE_SECONDS)
