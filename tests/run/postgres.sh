# A PostgreSQL server for one run. TEST_POSTGRES_URL, where given, is used as it is and never stopped;
# otherwise a throw-away server is started: own data folder, own port, loopback only, an ordinary account
# (PostgreSQL refuses to run as root), gone at the end.

POSTGRES_FOLDER=

need_postgres() {
  [ -n "${TEST_POSTGRES_URL:-}" ] && return 0
  find_postgres || install_debian "PostgreSQL 15 or later" postgresql || return 1
  find_postgres || { say "PostgreSQL: no initdb under /usr/lib/postgresql/*/bin or on the PATH"; return 1; }
  start_postgres
}

# Sets POSTGRES_BIN to the newest server's programs.
find_postgres() {
  local folder
  for folder in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -rV) "$(dirname "$(command -v initdb || echo /none/initdb)")"; do
    if [ -x "$folder/initdb" ] && [ -x "$folder/pg_ctl" ]; then
      POSTGRES_BIN=$folder
      return 0
    fi
  done
  return 1
}

# The account that owns the server: ours, or `postgres` where we are root.
as_postgres() {
  if [ "$(id -u)" -eq 0 ]; then
    (cd / && runuser -u postgres -- "$@")
  else
    "$@"
  fi
}

start_postgres() {
  local port secret data
  POSTGRES_FOLDER=$(mktemp -d "${TMPDIR:-/tmp}/agent-factory-postgres.XXXXXX")
  data="$POSTGRES_FOLDER/data"
  port=$(free_port)
  secret=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  (umask 077 && printf '%s' "$secret" >"$POSTGRES_FOLDER/secret")
  [ "$(id -u)" -ne 0 ] || chown -R postgres "$POSTGRES_FOLDER"
  if ! as_postgres "$POSTGRES_BIN/initdb" -D "$data" -U tests -A scram-sha-256 -E UTF8 --locale=C \
    --pwfile="$POSTGRES_FOLDER/secret" --no-sync >"$POSTGRES_FOLDER/initdb.log" 2>&1; then
    cat "$POSTGRES_FOLDER/initdb.log" >&2
    return 1
  fi
  # No fsync: what is tested is the gateway's order of writes, not this machine's disk.
  if ! as_postgres "$POSTGRES_BIN/pg_ctl" -D "$data" -l "$POSTGRES_FOLDER/data/server.log" -w -t 60 -s \
    -o "-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories= -c fsync=off -c max_connections=200" \
    start >&2; then
    cat "$POSTGRES_FOLDER/data/server.log" >&2
    return 1
  fi
  export TEST_POSTGRES_URL="postgres://tests:$secret@127.0.0.1:$port/postgres"
  say "PostgreSQL: started a throw-away server ($("$POSTGRES_BIN/postgres" --version | cut -d' ' -f3)) on port $port"
}

stop_postgres() {
  [ -n "$POSTGRES_FOLDER" ] || return 0
  as_postgres "$POSTGRES_BIN/pg_ctl" -D "$POSTGRES_FOLDER/data" -m immediate -s stop >/dev/null 2>&1 || true
  rm -rf "$POSTGRES_FOLDER"
  POSTGRES_FOLDER=
}

# A port of the loopback interface on which nobody listens now.
free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 20000))
    (: >"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { printf '%s' "$port"; return; }
  done
}
