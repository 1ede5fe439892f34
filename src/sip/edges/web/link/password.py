"""The page behind the link of an account: a password is chosen, once.

The law of this file: as in `mailed`: GET shows and never acts. A password is never shown, kept by us in the
browser, or logged.
"""

from typing import Any

from litestar import Response

from sip.edges.web.shell.forms import FormState
from sip.edges.web.shell.page import Page
from sip.usecases import accounts
from sip.usecases.problems import InvalidError
from sip.usecases.reading.links import OpenedAccount
from sip.usecases.users_csv import PASSWORD_LEAST


def render(page: Page, token: str, opened: OpenedAccount, form: FormState, status: int = 200) -> Response[Any]:
    """One field, and whose account it is."""
    shown = FormState({}, form.errors, form.prefix)
    return page.html(
        "choose_password.html", status=status, token=token, f=shown, email=opened.email, least=PASSWORD_LEAST
    )


async def choose(page: Page, token: str, opened: OpenedAccount) -> Response[Any]:
    """The password that was chosen; the link ends with it."""
    reader = await page.reader()
    password = (await page.request.form()).get("password")
    try:
        text = password if isinstance(password, str) else ""
        await accounts.choose_password(
            page.services.db, page.request.state.passwords, opened.user_id, text, now=page.now
        )
    except InvalidError as error:
        reader.state.values = {**reader.state.values, "password": ""}
        page.say_problems(error, reader.state)
        return render(page, token, opened, reader.state, 422)
    return page.to("/sign-in?chosen=yes")
