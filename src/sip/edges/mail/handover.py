"""What delivery is injected with: composing with the prepared composer, and handing over to the relay."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sip.domain.effects import AnyMail
from sip.edges.mail.addresses import Home
from sip.edges.mail.envelope import Code, Composed, OutgoingEnvelope, UnmailableError, own_page
from sip.edges.mail.prepared import Composer
from sip.edges.mail.signing import Signer
from sip.edges.mail.ways.smtp import Sender, SentResult
from sip.store.post.sending import Outgoing
from sip.usecases.engine import delivery

LINK_PATH, CODE_PATH = "/svar/", "/kod"

_STATUS = {
    SentResult.ACCEPTED: delivery.SENT,
    SentResult.LATER: delivery.LATER,
    SentResult.NEVER: delivery.NEVER,
    SentResult.UNKNOWN: delivery.UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class RelayAnswer:
    """How a mail went, in delivery's words."""

    status: str
    code: int | None
    text: str


class Handover:
    """Composes mails of this installation and gives them to its relay."""

    def __init__(self, home: Home, base_url: str, sender: Sender, signer: Signer | None = None) -> None:
        self._composer = Composer(home)
        self._base_url = base_url.rstrip("/")
        self._code_page = self._base_url.partition("://")[2] + CODE_PATH
        self._sender = sender
        self._signer = signer

    def compose(self, mails: Sequence[AnyMail], secrets: delivery.MailSecrets) -> Composed:
        """One mail's bytes. Raises delivery.Unmailable for an address that no mail can go to."""
        links = tuple(self._leads_to(mail, token) for mail, token in zip(mails, secrets.links, strict=True))
        codes = tuple(None if code is None else Code(code, self._code_page) for code in secrets.codes)
        envelope = OutgoingEnvelope(
            secrets.bounce_token, secrets.reply_token, links, secrets.thread, secrets.partstat, codes
        )
        try:
            made = self._composer.compose(mails, envelope)
        except UnmailableError as error:
            raise delivery.Unmailable(str(error)) from error
        return made if self._signer is None else replace(made, data=self._signer.signed(made.data))

    def _leads_to(self, mail: AnyMail, token: str | None) -> str | None:
        """The page that the mail opens: by its link, or one of its reader's own, who signs in."""
        if token is not None:
            return f"{self._base_url}{LINK_PATH}{token}"
        return own_page(mail, self._base_url)

    async def send(self, mail: Outgoing) -> RelayAnswer:
        """One try with the relay; network trouble is a result."""
        sent = await self._sender.send(Composed(mail.message_id, mail.mail_from, mail.rcpt_to, mail.data))
        return RelayAnswer(_STATUS[sent.result], sent.code, sent.text)

    async def close(self) -> None:
        await self._sender.close()
