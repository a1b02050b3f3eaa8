# A PostgreSQL cluster of its own, sourced by script/test and script/bench: on a free port, ended when the script ends.
# For the tests it is made in a temporary folder, fast and forgetful; a folder that is named is kept, and durable.

# postgres_binaries: the folder with initdb and pg_ctl, or fails.
postgres_binaries() {
  local folder
  for folder in "$(pg_config --bindir 2>/dev/null)" $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -rV); do
    [ -x "$folder/initdb" ] && [ -x "$folder/pg_ctl" ] && { echo "$folder"; return; }
  done
  return 1
}

# postgres [FOLDER]: starts the cluster and sets POSTGRES_URL.
postgres() {
  local settings="-c fsync=off -c synchronous_commit=off -c full_page_writes=off"
  postgres_as=()
  if [ "$(id -u)" = 0 ]; then # PostgreSQL refuses to run as root
    local user
    user=$(getent passwd postgres >/dev/null && echo postgres || echo nobody)
    postgres_as=(setpriv "--reuid=$user" "--regid=$(id -g "$user")" --clear-groups env "HOME=/tmp")
  fi
  postgres_bin=$(postgres_binaries)
  postgres_kept=${1:+1}
  if [ -n "$postgres_kept" ]; then
    settings="-c shared_buffers=256MB"
    mkdir -p "$1"
    postgres_data=$(cd "$1" && pwd)
  else
    postgres_data=$(mktemp -d /tmp/korpu-postgres.XXXXXX)
  fi
  [ ${#postgres_as[@]} = 0 ] || chown "$user" "$postgres_data"
  trap postgres_end EXIT
  local port
  port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  (
    cd "$postgres_data"
    [ -s data/PG_VERSION ] || "${postgres_as[@]}" "$postgres_bin/initdb" -D data -U korpu -A trust -E UTF8 --locale=C.UTF-8 --no-sync >/dev/null
    "${postgres_as[@]}" "$postgres_bin/pg_ctl" -D data -w -s -l log start -o "-p $port -h 127.0.0.1 -k /tmp -c max_connections=200 $settings"
  )
  POSTGRES_URL=postgresql+psycopg://korpu@127.0.0.1:$port/postgres
}

postgres_end() {
  "${postgres_as[@]}" "$postgres_bin/pg_ctl" -D "$postgres_data/data" -s -m "$(test -n "$postgres_kept" && echo fast || echo immediate)" stop >/dev/null 2>&1 || true
  [ -n "$postgres_kept" ] || rm -rf "$postgres_data"
}
