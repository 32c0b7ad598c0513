#!/bin/bash
# Packages: Debian 12's libcli11-dev 2.1.2+ds-1 (CLI11 2.1.2), built with g++ 12 or later.
#
# Guess:    in a file for set_config(), which is TOML, a # within quotes belongs to the value; and a
#           key that is given twice is an error, as the flag is on the command line.
# Instead:  the # begins a comment within quotes too: "/a#b" becomes "/a, with the opening quote. Of
#           a key that is given twice with another between, the first value holds, without an error.
#           Side by side, the two are an error.
# Matters:  a password or path with # is cut, and the program starts with it. A line that an
#           operator appends to a file changes nothing, unless it happens to stand below the line
#           that it is to replace.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
(apt-get download -qq libcli11-dev=2.1.2+ds-1 && dpkg -x libcli11-dev_*.deb cli11) >log 2>&1 || { cat log; exit 1; }
cat >main.cc <<'END'
#include <CLI/CLI.hpp>
#include <iostream>

int main(int argc, char** argv) {
  CLI::App program;
  std::string data;
  int rate = 0;
  program.add_option("--data", data);
  program.add_option("--rate", rate);
  program.set_config("--config");
  program.allow_config_extras(false);
  try {
    program.parse(argc, argv);
    std::cout << "data [" << data << "] rate " << rate << "\n";
  } catch (const CLI::ParseError& error) {
    std::cout << "refused\n";
  }
}
END
g++ -std=c++17 -isystem cli11/usr/include main.cc -o main
# run NAME LINE...: what the program makes of a file with these lines.
run() {
  printf '%s\n' "${@:2}" >file.toml
  echo "$1: $(./main --config file.toml)"
}
{
  run 'quoted #' 'data = "/a#b"' 'rate = 1'
  run 'twice, apart' 'rate = 1' 'data = "x"' 'rate = 2'
  run 'twice, side by side' 'rate = 1' 'rate = 2' 'data = "x"'
  echo "twice, command line: $(./main --rate 1 --data x --rate 2)"
} | tee out
printf '%s\n' 'quoted #: data ["/a] rate 1' 'twice, apart: data [x] rate 1' 'twice, side by side: refused' \
  'twice, command line: refused' >expected
if ! cmp -s out expected; then
  echo "CHANGED: values of a file are read in another way"
  exit 1
fi
echo "SEEN: a quoted # cuts the value, and a second line for a key is ignored"
