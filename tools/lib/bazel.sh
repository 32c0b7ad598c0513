# shellcheck shell=bash
# Where Bazel puts what it builds. Sourced by the commands of tools/.

# The folder bazel-bin of a build with these flags. What Bazel says is shown only if it fails.
bazel_bin() {
  local folder log status=0
  log=$(mktemp)
  folder=$(bazel info "$@" bazel-bin </dev/null 2>"$log") || status=$?
  [ "$status" = 0 ] || cat "$log" >&2
  rm -f "$log"
  [ "$status" = 0 ] && printf '%s\n' "$folder"
}
