# The suites. Cargo always gets the whole workspace, so that one set of features is built, once, for all.

# Builds libraries, tests and the binary together, once, and keeps Cargo's list of what it made.
# Answers false when that failed.
built() {
  if [ -z "${BUILT:-}" ]; then
    say "building ..."
    BUILT=no
    MADE="$CARGO_TARGET_DIR/made-for-tests.json"
    cargo build --workspace --lib --bins --tests --message-format=json-render-diagnostics >"$MADE" && BUILT=yes
  fi
  [ "$BUILT" = yes ]
}

# run_test_binaries FOLDER [words for them]...: the integration tests of the package in FOLDER, as Cargo would
# start them. Not `cargo test --test NAME`, which takes every package's binary of that name, nor `-p`, which
# would build the dependencies again for one package's features.
run_test_binaries() {
  local folder=$1 here binary status=0
  shift
  here=$(cd "$folder" && pwd -P)
  while read -r binary; do
    printf '     Running %s\n' "$(basename "$binary")"
    (cd "$here" && CARGO_MANIFEST_DIR="$here" "$binary" "$@") || status=$?
  done < <(test_binaries "$here")
  return "$status"
}

# test_binaries FOLDER: the paths of the integration test binaries of the package in FOLDER.
test_binaries() {
  grep -F "\"manifest_path\":\"$1/Cargo.toml\"" "$MADE" | grep -F '"kind":["test"]' |
    sed -n 's/.*"executable":"\([^"]*\)".*/\1/p'
}

run_suite() {
  local suite=$1
  printf '\n=== %s\n' "$suite"
  case "$suite" in
    unit | store | journeys | structure | platforms | browser)
      if ! built; then
        BROKEN+=("$suite (does not compile)")
        FAILED=$((FAILED + 1))
        return 0
      fi
      ;;
  esac
  "suite_$suite"
}

suite_unit() { counted unit units; }

# Library tests, the leaf crates' own test binaries, and the examples in the documentation.
units() {
  local status=0 leaf
  cargo test --workspace --no-fail-fast --lib --bins || status=$?
  for leaf in lti policies audit; do
    run_test_binaries "$leaf" || status=$?
  done
  cargo test --workspace --no-fail-fast --doc || status=$?
  return "$status"
}

# The gateway's one test binary, told apart by its top modules.
suite_store() { gateway_tests store storage::; }
suite_structure() { gateway_tests structure structure::; }
suite_journeys() { gateway_tests journeys --skip storage:: --skip structure::; }

gateway_tests() {
  local suite=$1
  shift
  need_postgres || { not_run "$suite" "no PostgreSQL"; return 0; }
  counted "$suite" run_test_binaries . "$@"
}

suite_platforms() {
  need_postgres || { not_run platforms "no PostgreSQL"; return 0; }
  need_python || { not_run platforms "no Python environment"; return 0; }
  counted platforms env GATEWAY_BINARY="$CARGO_TARGET_DIR/debug/agent-factory" \
    "$PYTHON" -m pytest tests/platforms
}

suite_browser() {
  need_node_modules || { not_run browser "no Node.js packages"; return 0; }
  need_chromium || { not_run browser "no Chromium"; return 0; }
  counted browser env GATEWAY_BINARY="$CARGO_TARGET_DIR/debug/agent-factory" \
    npm --prefix tests/browser test --silent
}

# Needs the advisory database, which not every network reaches: named where it is not, and no failure then.
suite_advisories() {
  need_cargo_deny "$CARGO_DENY_VERSION" || { not_run advisories "no cargo-deny"; return 0; }
  if "$CARGO_DENY" check advisories; then
    PASSED=$((PASSED + 1))
    SUMMARY+=("advisories: 1 passed, 0 failed")
  else
    FAILED=$((FAILED + 1))
    SUMMARY+=("advisories: 0 passed, 1 failed")
  fi
}

suite_bench() {
  [ -x tests/bench/run ] || { not_run bench "there is no tests/bench/run yet"; return 0; }
  tests/bench/run
}
