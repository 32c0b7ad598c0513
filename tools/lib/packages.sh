# shellcheck shell=bash
# Which Debian packages each job needs, and how the missing ones come in. Sourced by the commands of
# tools/.
#
#   ensure_packages run|test|bench|arm|page|package|fresh
#
# Silent when nothing is missing, and then costs one dpkg-query. Installs nothing that starts a
# service: servers that only tests talk to are unpacked privately (private_servers.sh).

packages_run=(
  g++ bazel-bootstrap bazel-skylib bazel-platforms bazel-rules-java bazel-rules-proto
  libboost1.81-dev libcli11-dev libcrypt-dev libdeflate-dev libfmt-dev libgrpc++-dev liblz4-dev libncurses-dev libprotobuf-dev libprotozero-dev
  libre2-dev libsnappy-dev libsqlite3-dev libssl-dev libyaml-cpp-dev libzstd-dev zlib1g-dev
  protobuf-compiler protobuf-compiler-grpc
)
packages_bench=(libbenchmark-dev librdkafka-dev prometheus-cpp-dev)
# The tests build the benches too, so that those cannot rot.
packages_test=(
  "${packages_bench[@]}" libgmock-dev libgtest-dev
  libcjson1 libdlt2 libmosquitto-dev libwrap0
  clang clang-format clang-tidy libclang-rt-14-dev
  binutils curl locales openssl pylint python3 python3-prometheus-client shellcheck slowhttptest spin valgrind zstd
)

# tools/test_arm: the libraries and headers of the target come with the compiler; GoogleTest is
# built from its sources.
packages_arm=(g++-aarch64-linux-gnu qemu-user googletest)

# tools/page_test: a browser, and what drives it and reads pages by another parser than ours.
packages_page=(chromium chromium-driver fonts-dejavu-core python3-selenium python3-prometheus-client)

# tools/package: what makes Debian packages.
packages_package=(cmake debhelper dpkg-dev pkg-config)

# tools/package_test: what makes a fresh Debian.
packages_fresh=(debootstrap)

# The packages of job $1, one a line.
packages_for() {
  case "$1" in
    run) printf '%s\n' "${packages_run[@]}" ;;
    arm) printf '%s\n' "${packages_arm[@]}" ;;
    page) printf '%s\n' "${packages_run[@]}" "${packages_page[@]}" ;;
    package) printf '%s\n' "${packages_run[@]}" "${packages_package[@]}" ;;
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
  local -a wanted missing
  mapfile -t wanted < <(packages_for "$1")
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
