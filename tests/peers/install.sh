#!/usr/bin/env bash
# Installs the programs that tests/peers plays against: from Debian what is missing, from npm into .build/peers.
#
# As root, or as somebody who may sudo without a password. None of the daemons is started, now or by Debian's scripts:
# each test starts what it needs in a folder of its own.
set -euo pipefail
cd "$(dirname "$0")/../.."

export DEBIAN_FRONTEND=noninteractive
debian=(
  emacs-nox
  php-cli php-mbstring php-horde-itip php-horde-autoloader php-horde-mime php-horde-mail php-horde-smtp
  postfix postgrey
  dovecot-imapd dovecot-lmtpd dovecot-sieve
  khal vdirsyncer calcurse
  gcc libc6-dev libical-dev
  prometheus
  pgbouncer
)
npm=(
  ical.js@2.2.1 node-ical@0.27.2 oidc-provider@9.13.3 fhir@4.12.0
  openapi-typescript@7.13.0 openapi-fetch@0.17.0 typescript@5.9.3 standardwebhooks@1.1.1
)
modules=.build/peers

root=()
[ "$(id -u)" -eq 0 ] || root=(sudo -n)

# Debian's scripts start what they install unless this file says no.
policy=/usr/sbin/policy-rc.d
quiet() {
  [ ! -e "$policy" ] || return 0
  printf '#!/bin/sh\nexit 101\n' | "${root[@]}" tee "$policy" >/dev/null
  "${root[@]}" chmod 755 "$policy"
  trap '"${root[@]}" rm -f "$policy"' EXIT
}

command -v node >/dev/null || debian+=(nodejs)
command -v npm >/dev/null || debian+=(npm)
missing=()
for package in "${debian[@]}"; do
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  echo "From Debian: ${missing[*]}"
  quiet
  echo 'postfix postfix/main_mailer_type select No configuration' | "${root[@]}" debconf-set-selections
  "${root[@]}" apt-get update -qq
  "${root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

# Exact versions and no lock: a lock would name the place they came from.
wanted="${npm[*]}"
if [ "$(cat "$modules/installed" 2>/dev/null)" != "$wanted" ]; then
  echo "From npm: $wanted"
  mkdir -p "$modules"
  npm install --loglevel=error --no-save --no-package-lock --no-audit --no-fund --prefix "$modules" "${npm[@]}" >/dev/null
  printf '%s\n' "$wanted" >"$modules/installed"
fi
