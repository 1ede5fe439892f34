"""Time stamps of the heads of journal and access log, by RFC 3161: what is asked, and what an answer shows.

The law of this file: a token is believed for what its certificates say, and for nothing else: they lead to a root that
the installation named, and were valid at the moment that the token says. No network here.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

QUERY, REPLY = "application/timestamp-query", "application/timestamp-reply"


class StampError(Exception):
    """A token that is none, is of another head, or is signed by nobody who is known; one word says which."""


@dataclass(frozen=True, slots=True)
class Stamps:
    """Verifies tokens against these roots, and the certificates between that the service does not send."""

    roots: tuple[x509.Certificate, ...]

    def moment(self, token: bytes, head: str, nonce: int | None = None) -> datetime:
        """When the service had this head's text, by the token: an answer as it came (RFC 3161, section 2.4.2).
        Raises StampError.
        """
        try:
            answer = decode_timestamp_response(token)
            verifier = VerifierBuilder(roots=list(self.roots), nonce=nonce).build()
            verifier.verify(answer, sha256(head.encode()).digest())
            return answer.tst_info.gen_time
        except (VerificationError, ValueError) as error:
            raise StampError(str(error).partition("\n")[0][:200]) from None


@dataclass(frozen=True, slots=True)
class Query:
    """What is sent for a head, and the number that its answer must repeat."""

    body: bytes
    nonce: int | None


def asked(head: str) -> Query:
    """The request for a time stamp of this head's text, by its SHA-256; the certificates are wanted in the answer."""
    made = TimestampRequestBuilder().data(head.encode()).hash_algorithm(HashAlgorithm.SHA256).build()
    return Query(made.as_bytes(), made.nonce)


def read_roots(pem: bytes) -> tuple[x509.Certificate, ...]:
    """The certificates in this text. Raises ValueError where there is none."""
    return tuple(x509.load_pem_x509_certificates(pem))
