#!/usr/bin/env bash
# What Exim says of a sender with an IPv6 address, the Python library for it cannot read: the whole field is lost.
#
# Seen with Exim 4.96 (Debian) and authres 1.2.0, 2026-11-28. Exim's ${authresults} writes the client's address as
# smtp.remote-ip=2001:..., bare. In RFC 8601 (2.2) a value is a token or in quotes, and a token holds no colon.
# authres holds to that and raises; all results in the field go with it. From an IPv4 address the field of the same
# server is read.
#
# Why it surprises: both are the usual choice of their kind, and the test that is written for it has an IPv4 address
# in it.
#
# What it means: whether a mail counts as vouched for depends on the way it came. Large senders come by IPv6: a forged
# answer and a true one look alike then. Read the methods that can be read, and put each check into a field of its
# own.
set -euo pipefail
. "$(dirname "$0")/form.bash"
debian_packages exim4-daemon-light=4.96-15+deb12u11 libidn12=1.41-1 libgnutls-dane0=3.7.9-2+deb12u7 \
  libunbound8=1.17.1-2+deb12u4 libnss-wrapper=1.1.12-1
pip_packages authres==1.2.0

# Exim wants its own user to exist; it is told so here, and nothing is added to the machine.
echo "Debian-exim:x:101:101::/:/bin/false" | cat /etc/passwd - >"$dir/passwd"
echo "Debian-exim:x:101:" | cat /etc/group - >"$dir/group"
cat >"$dir/exim.conf" <<'CONF'
primary_hostname = mx.example
acl_smtp_rcpt = answer
begin acl
answer:
  warn !verify = reverse_host_lookup
  deny message = ${authresults {mx.example}}
CONF
wrapper=$(find "$dir/debian" -name 'libnss_wrapper.so')
for client in 192.0.2.1 2001:db8::1; do
  # -bh plays a session as if it came from that address; nothing is delivered.
  printf 'EHLO c.ward.example\r\nMAIL FROM:<anna@ward.example>\r\nRCPT TO:<sip@sip.example>\r\nQUIT\r\n' |
    LD_PRELOAD=$wrapper NSS_WRAPPER_PASSWD=$dir/passwd NSS_WRAPPER_GROUP=$dir/group \
      "$dir/debian/usr/sbin/exim4" -C "$dir/exim.conf" -bh "$client" 2>"$dir/exim.log" |
    sed -nE 's/^550[- ]//p' | tr -d '\r' | tr '\n' ' ' >"$dir/field"
  py - "$dir/field" <<'PY'
import pathlib
import sys

import authres

field = pathlib.Path(sys.argv[1]).read_text().strip()
print(field)
for said in (field, field + "; dmarc=pass header.from=ward.example"):
    try:
        print("   authres reads:", *(one.method for one in authres.AuthenticationResultsHeader.parse(said).results))
    except authres.core.AuthResError as error:
        print("   authres raises:", type(error).__name__)
PY
done | seen
[ "$(grep -cE 'remote-ip=(192|2001)' "$dir/seen")" = 2 ] || changed "Exim no longer writes the address into the field."
still 'authres reads: iprev dmarc' "the field of an IPv4 client is no longer read."
[ "$(grep -c 'authres raises' "$dir/seen")" = 2 ] || changed "the field of an IPv6 client is read now."
