#!/bin/sh
# Makes the secrets of an installation by chance, once; what is there is kept. Then write sip.env and secrets/smtp_url.
set -eu
cd "$(dirname "$0")"
umask 077
mkdir -p secrets

# chance NAME: a file with 64 hexadecimal digits, unless it is there.
chance() {
  [ -s "secrets/$1" ] || od -An -N32 -tx1 /dev/urandom | tr -d ' \n' >"secrets/$1"
}

# text NAME WORDS: a file with these words, unless it is there.
text() {
  [ -s "secrets/$1" ] || printf '%s' "$2" >"secrets/$1"
}

# Within compose's own network, which nobody else is on; over another say sslmode=verify-full.
for name in secret_key postgres_password owner_password app_password engine_password receiver_password; do chance "$name"; done
text database_owner_url "postgresql://sip_owner:$(cat secrets/owner_password)@database:5432/sip?sslmode=disable"
text database_url "postgresql://sip_app:$(cat secrets/app_password)@database:5432/sip?sslmode=disable"
text engine_url "postgresql://sip_engine:$(cat secrets/engine_password)@database:5432/sip?sslmode=disable"
text receiver_url "postgresql://sip_receiver:$(cat secrets/receiver_password)@database:5432/sip?sslmode=disable"
text smtp_url 'smtp://user:password@relay.region.example:587?tls=required'
text watch_smtp_url 'smtp://user:password@other-relay.region.example:587?tls=required'

# In the containers users of their own read them (10001, the database's); on the machine nobody else enters the folder.
chmod 700 secrets
chmod 644 secrets/*
[ -e sip.env ] || cp sip.env.example sip.env
echo 'Made: secrets/ and sip.env. Now write the relay into secrets/smtp_url, another for the watchdog into secrets/watch_smtp_url, and the addresses into sip.env.'
