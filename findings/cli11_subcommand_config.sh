#!/bin/bash
# Packages: Debian 12's libcli11-dev 2.1.2+ds-1 (CLI11 2.1.2), built with g++ 12 or later.
#
# Guess:    set_config("--config") of a subcommand makes that subcommand read its flags from a file.
# Instead:  it compiles and --config is taken, but the file is not read: the flags keep their
#           defaults, without an error, also with allow_config_extras(false), also where the file
#           does not exist. A flag of the main program is read from the same file.
# Why:      only the main program's parsing looks for a file.
# Matters:  a service that is given its data folder in a file runs with the default one. Give the
#           main program the file, or read it yourself in the subcommand's callback.
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
  CLI::App* serve = program.add_subcommand("serve");
  serve->fallthrough(false);
  std::string of_program = "default", of_serve = "default";
  program.add_option("--data", of_program);
  program.set_config("--config");
  serve->add_option("--data", of_serve);
  serve->set_config("--config");
  serve->allow_config_extras(false);
  CLI11_PARSE(program, argc, argv);
  std::cout << "program: " << of_program << ", serve: " << of_serve << "\n";
}
END
g++ -std=c++17 -isystem cli11/usr/include main.cc -o main
echo 'data = "from the file"' >file.toml
./main --config file.toml | tee out
./main serve --config file.toml | tee -a out
./main serve --config missing.toml 2>&1 | tee -a out || true
if ! printf '%s\n' 'program: from the file, serve: default' 'program: default, serve: default' \
  'program: default, serve: default' | cmp -s - out; then
  echo "CHANGED: a subcommand reads its file, or refuses one"
  exit 1
fi
echo "SEEN: a subcommand's set_config() takes a file and does not read it"
