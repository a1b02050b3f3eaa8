# Shared by script/server and script/test, which source it from the project's root.
# Makes what is missing and is quick when nothing is.

say() { printf '%s\n' "$@" >&2; }

# debian PACKAGE...: installs those of the Debian packages that are missing. Where it may not, it prints the line to
# run and fails.
debian() {
  local package missing=()
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    say "Missing on this machine. On Debian, run: sudo apt-get install ${missing[*]}"
    return 1
  fi
  say "Installing ${missing[*]}"
  apt_install "${missing[@]}" || { apt-get update -qq >&2 && apt_install "${missing[@]}"; }
}

apt_install() {
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>&1
}

# environment: makes .venv with pip in it. Debian's bare python3 has neither venv nor pip: then pip comes from a
# Debian package, or from a pip that the machine has already.
environment() {
  .venv/bin/python -m pip --version >/dev/null 2>&1 && return
  python3 -c 'import sys; raise SystemExit(sys.version_info < (3, 11))' ||
    { say "Körpü needs Python 3.11 or newer as python3."; return 1; }
  say "Making .venv"
  if python3 -c 'import ensurepip' 2>/dev/null; then
    python3 -m venv --clear .venv
  elif python3 -m pip --version >/dev/null 2>&1; then
    python3 -m venv --clear --without-pip .venv
    python3 -m pip --python .venv/bin/python install --quiet pip
  else
    debian python3-venv
    python3 -m venv --clear .venv
  fi
}

# packages PART: installs a part of the lock (`run`, `test`) if it has changed since the last time.
packages() {
  local part=$1 wanted=.venv/$1.wanted installed=.venv/$1.lock
  awk -v part="$part" '/^# part: / { now = $3 } now == part' requirements.lock >"$wanted"
  cmp -s "$wanted" "$installed" && return
  say "Installing the Python packages ($part)"
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$wanted"
  mv "$wanted" "$installed"
}

# pango: the two libraries that WeasyPrint draws letters with. The portal starts without them, but makes no PDF.
pango() {
  .venv/bin/python - <<'END' && return
from ctypes.util import find_library
raise SystemExit(not (find_library("pango-1.0") and find_library("pangoft2-1.0")))
END
  debian libpango-1.0-0 libpangoft2-1.0-0 || say "Until then no PDF can be made."
}
