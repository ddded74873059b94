# Where things are kept between runs: one folder in the user's cache, so that a fresh clone finds it warm.
# Nothing is ever written outside that folder, the checkout's ignored folders and a temporary folder.

# The licence, ban and source checks: the version that .ci/run and ./test advisories build.
readonly CARGO_DENY_VERSION=0.20.2

AGENT_FACTORY_CACHE="${XDG_CACHE_HOME:-$HOME/.cache}/agent-factory"
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$AGENT_FACTORY_CACHE/target}"
mkdir -p "$AGENT_FACTORY_CACHE" "$CARGO_TARGET_DIR"

in_ci() { [ "${CI:-}" = true ]; }

say() { printf '%s\n' "$*" >&2; }
