# Counts what the suites say of themselves, so that the last line is the sum of what a reader saw above it.

PASSED=0
FAILED=0
NOT_RUN=()
BROKEN=()
SUMMARY=()

# counted SUITE COMMAND...: runs the command, shows its output, adds its own totals to ours.
# A command that fails without a failed test counts as one failure; one that ran no test is not run.
counted() {
  local suite=$1 output status=0 passed failed
  shift
  output=$(mktemp)
  "$@" 2>&1 | tee "$output" || status=$?
  read -r passed failed < <(totals_of "$output")
  rm -f "$output"
  if [ "$status" -ne 0 ] && [ "$failed" -eq 0 ]; then
    failed=1
    BROKEN+=("$suite (ended with $status before a test failed)")
  fi
  PASSED=$((PASSED + passed))
  FAILED=$((FAILED + failed))
  SUMMARY+=("$suite: $passed passed, $failed failed")
  if [ "$passed" -eq 0 ] && [ "$failed" -eq 0 ]; then
    not_run "$suite" "it holds no test"
  fi
}

# not_run SUITE WHY
not_run() {
  NOT_RUN+=("$1: $2")
}

# The totals of cargo test, pytest and node's test runner, summed over one output.
totals_of() {
  sed 's/\x1b\[[0-9;]*m//g' "$1" | awk '
    # cargo test: "test result: ok. 12 passed; 0 failed; 0 ignored; ..."
    /^test result: / { for (i = 1; i <= NF; i++) { if ($i == "passed;") p += $(i-1); if ($i == "failed;") f += $(i-1) } next }
    # pytest -q: "3 failed, 12 passed, 1 error in 4.2s"
    /^(=+ )?[0-9]+ (passed|failed|error|errors|skipped|xfailed).* in [0-9.]+s/ {
      for (i = 2; i <= NF; i++) {
        if ($i ~ /^passed/) p += $(i-1)
        if ($i ~ /^failed/ || $i ~ /^errors?/) f += $(i-1)
      }
      next
    }
    # node --test, either reporter: "# pass 12", "ℹ fail 0"
    /^(#|ℹ) pass [0-9]+$/ { p += $3 }
    /^(#|ℹ) fail [0-9]+$/ { f += $3 }
    /^(#|ℹ) cancelled [0-9]+$/ { f += $3 }
    END { print p + 0, f + 0 }'
}

# Says each suite's totals, what did not run, and ends with the plain line and the exit code.
closing_words() {
  local line
  printf '\n'
  for line in "${SUMMARY[@]}"; do printf '%s\n' "$line"; done
  for line in "${BROKEN[@]}"; do printf 'broken: %s\n' "$line"; done
  for line in "${NOT_RUN[@]}"; do printf 'NOT RUN: %s\n' "$line"; done
  if in_ci; then
    FAILED=$((FAILED + ${#NOT_RUN[@]}))
  fi
  printf '%d passed, %d failed\n' "$PASSED" "$FAILED"
  [ "$FAILED" -eq 0 ] && [ "$PASSED" -gt 0 ]
}
