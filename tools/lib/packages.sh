# shellcheck shell=bash
# Which Debian packages each job needs, and how the missing ones come in. Sourced by the commands of
# tools/.
#
#   ensure_packages JOB...    run, test, bench, arm, page, package, fresh or format, or a library of
#                             tools/install: core, routes, exporters, client
#
# Silent when nothing is missing, and then costs one dpkg-query. Installs nothing that starts a
# service: servers that only tests talk to are unpacked privately (private_servers.sh).

# tools/install: what each library needs beside those below it.
packages_core=(g++ cmake make pkg-config)
packages_routes=(libboost1.81-dev libfmt-dev libprotozero-dev libre2-dev libzstd-dev zlib1g-dev)
packages_exporters=(libcrypt-dev libsnappy-dev libssl-dev libyaml-cpp-dev)
packages_client=(
  libgrpc++-dev liblz4-dev libprotobuf-dev libssl-dev libzstd-dev protobuf-compiler protobuf-compiler-grpc
)

packages_run=(
  g++ bazel-bootstrap bazel-skylib bazel-platforms bazel-rules-java bazel-rules-proto
  "${packages_routes[@]}" "${packages_exporters[@]}" "${packages_client[@]}"
  libcli11-dev libdeflate-dev libncurses-dev libsqlite3-dev
)
packages_format=(clang-format)
packages_bench=(libbenchmark-dev librdkafka-dev prometheus-cpp-dev)
packages_examples=(libmicrohttpd-dev libnats-dev)
# The tests build the benches and examples too, so that those cannot rot.
packages_test=(
  "${packages_bench[@]}" "${packages_examples[@]}" "${packages_format[@]}" libgmock-dev libgtest-dev
  libcjson1 libdlt2 libmosquitto-dev libwrap0
  clang clang-tidy libclang-rt-14-dev
  binutils curl locales openssl pylint python3 python3-prometheus-client shellcheck slowhttptest spin valgrind zstd
)

# tools/test_arm: the libraries and headers of the target come with the compiler; GoogleTest is
# built from its sources.
packages_arm=(g++-aarch64-linux-gnu qemu-user googletest)

# tools/page_test: a browser, and what drives it and reads pages by another parser than ours.
packages_page=(chromium chromium-driver fonts-dejavu-core python3-selenium python3-prometheus-client)

# tools/package: what makes Debian packages.
packages_package=(debhelper dpkg-dev)

# tools/package_test: what makes a fresh Debian.
packages_fresh=(debootstrap)

# The packages of job $1, one a line.
packages_for() {
  case "$1" in
    core) printf '%s\n' "${packages_core[@]}" ;;
    routes) printf '%s\n' "${packages_core[@]}" "${packages_routes[@]}" ;;
    exporters) printf '%s\n' "${packages_core[@]}" "${packages_routes[@]}" "${packages_exporters[@]}" ;;
    client) printf '%s\n' "${packages_core[@]}" "${packages_client[@]}" ;;
    format) printf '%s\n' "${packages_format[@]}" ;;
    run) printf '%s\n' "${packages_run[@]}" ;;
    arm) printf '%s\n' "${packages_arm[@]}" ;;
    page) printf '%s\n' "${packages_run[@]}" "${packages_page[@]}" ;;
    package) printf '%s\n' "${packages_core[@]}" "${packages_run[@]}" "${packages_package[@]}" ;;
    fresh) printf '%s\n' "${packages_fresh[@]}" ;;
    bench) printf '%s\n' "${packages_run[@]}" "${packages_bench[@]}" ;;
    test) printf '%s\n' "${packages_run[@]}" "${packages_test[@]}" ;;
    *) echo "packages_for: no such job: $1" >&2; return 2 ;;
  esac
}

# Those of its arguments that are not installed, one a line.
missing_packages() {
  local installed
  # Its status is 1 whenever it has never heard of one of the names.
  installed=$({ dpkg-query --show --showformat '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null || true; } |
    sed -n 's/ installed$//p')
  printf '%s\n' "$@" | grep --invert-match --line-regexp --fixed-strings --file <(printf '%s\n' "$installed") || true
}

# Runs apt-get as root: directly, or through a sudo that asks for no password. Its output is shown
# only if it fails.
apt_get_as_root() {
  local -a as_root=()
  [ "$(id -u)" = 0 ] || as_root=(sudo -n)
  local log status=0
  log=$(mktemp)
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 "$@" </dev/null \
    >"$log" 2>&1 || status=$?
  [ "$status" = 0 ] || tail -n 20 "$log" >&2
  rm -f "$log"
  return "$status"
}

may_install() {
  [ "$(id -u)" = 0 ] || { command -v sudo >/dev/null && sudo -n true 2>/dev/null; }
}

ensure_packages() {
  local job listed
  local -a wanted=() missing
  for job in "$@"; do
    listed=$(packages_for "$job") || return 2
    mapfile -t -O "${#wanted[@]}" wanted <<<"$listed"
  done
  mapfile -t wanted < <(printf '%s\n' "${wanted[@]}" | awk '!seen[$0]++')
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    echo "This needs Debian 12 (apt-get and dpkg-query), with: ${wanted[*]}" >&2
    return 1
  fi
  mapfile -t missing < <(missing_packages "${wanted[@]}")
  [ "${#missing[@]}" -gt 0 ] || return 0
  local by_hand="sudo apt-get update && sudo apt-get install --no-install-recommends ${missing[*]}"
  if ! may_install; then
    echo "Missing packages, and no right to install them. Run: $by_hand" >&2
    return 1
  fi
  echo "Installing ${#missing[@]} Debian packages (a minute or two): ${missing[*]}" >&2
  if ! { apt_get_as_root update && apt_get_as_root --yes --no-install-recommends install "${missing[@]}"; }; then
    echo "apt-get failed. Once it works, run: $by_hand" >&2
    return 1
  fi
}
