# shellcheck shell=bash
# Folders that a command is told to write to. Sourced by the commands of tools/.

# Prints $1, or the nearest folder around it that exists, where that cannot be written. Prints
# nothing where a folder at $1 can be made or written.
unwritable_folder() {
  local place=$1
  until [ -e "$place" ]; do place=$(dirname "$place"); done
  [ -d "$place" ] && [ -w "$place" ] || printf '%s\n' "$place"
}
