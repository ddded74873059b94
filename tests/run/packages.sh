# What the suites need from outside: Debian packages, Python packages, npm packages. Each function installs
# what is missing or says exactly what to install, and answers false. None ever fetches a prebuilt browser.

# install_debian WHAT-FOR PACKAGE...
install_debian() {
  local purpose=$1
  shift
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    say "$purpose: not installed. On Debian: sudo apt-get install $*"
    return 1
  fi
  say "$purpose: installing $* ..."
  if [ -z "${DEBIAN_LISTS_FRESH:-}" ]; then
    apt-get update -q >&2 || return 1
    DEBIAN_LISTS_FRESH=yes
  fi
  DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" >&2
}

# A Python environment in the cache, named by its pinned requirements, so that a changed pin is a new one.
# Sets PYTHON.
need_python() {
  local requirements=tests/platforms/requirements.txt name folder
  if ! python3 -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    install_debian "Python 3.11 or later with venv" python3 python3-venv || return 1
  fi
  name=$({ cat "$requirements"; python3 --version; } | sha256sum | cut -c1-16)
  folder="$AGENT_FACTORY_CACHE/python-$name"
  PYTHON="$folder/bin/python"
  [ -e "$folder/complete" ] && return 0
  say "Python packages: installing into the cache ..."
  rm -rf "$folder"
  python3 -m venv "$folder" &&
    "$PYTHON" -m pip install -q --disable-pip-version-check --no-input -r "$requirements" >&2 &&
    touch "$folder/complete"
}

# Sets nothing: leaves tests/browser/node_modules as the lock file says.
need_node_modules() {
  local lock=tests/browser/package-lock.json modules=tests/browser/node_modules
  if ! node -e 'process.exit(process.versions.node.split(".")[0] >= 20 ? 0 : 1)' 2>/dev/null; then
    install_debian "Node.js 20 or later with npm" nodejs npm || return 1
    node -e 'process.exit(process.versions.node.split(".")[0] >= 20 ? 0 : 1)' || {
      say "Node.js 20 or later: this system's package is older; install it from elsewhere"
      return 1
    }
  fi
  cmp -s "$lock" "$modules/.installed-from" && return 0
  say "npm packages: installing ..."
  (cd tests/browser && npm ci --no-audit --no-fund >&2) && cp "$lock" "$modules/.installed-from"
}

# Sets CHROMIUM, unless given.
need_chromium() {
  if [ -z "${CHROMIUM:-}" ]; then
    command -v chromium >/dev/null || install_debian "Chromium" chromium fonts-liberation || return 1
    CHROMIUM=$(command -v chromium)
  fi
  export CHROMIUM
}

# cargo-deny in the cache; sets CARGO_DENY. Three minutes on two cores, once.
need_cargo_deny() {
  local version=$1 folder
  folder="$AGENT_FACTORY_CACHE/cargo-deny-$version"
  CARGO_DENY="$folder/bin/cargo-deny"
  [ -x "$CARGO_DENY" ] && return 0
  say "cargo-deny $version: building into the cache ..."
  CARGO_TARGET_DIR="$folder/target" cargo install cargo-deny --version "$version" --locked --quiet \
    --root "$folder" >&2 && rm -rf "$folder/target"
}
