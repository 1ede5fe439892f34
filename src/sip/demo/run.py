"""`sip demo`: the county, the service and the people, all started here and all stopped here.

The law of this file: the exit code is 0 only when the story ran to its end and no promise was broken (with
`--until-done`), or when somebody stopped the demo; a second start never meets the first.
"""

import os
import signal
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from http.client import HTTPException
from pathlib import Path
from types import FrameType

from sip.demo import county
from sip.demo.agenda import Agenda
from sip.demo.api import ApiClient
from sip.demo.browser import Browser
from sip.demo.chapters import BEGINS, ENDS
from sip.demo.convening import Convening
from sip.demo.engine import DAY_MINUTES_A_SECOND, Engine, NeverAtRest
from sip.demo.groups import counties
from sip.demo.groups.chapter import ENDS as GROUPS_END
from sip.demo.groups.chapter import Chapter
from sip.demo.moment import Moment
from sip.demo.postoffice import Carrier, PostOffice
from sip.demo.screen import Screen
from sip.demo.service import DataFolder, Service, ServiceError, free_port
from sip.demo.story import Story
from sip.demo.units import People

PACE_AFTER = 1 / DAY_MINUTES_A_SECOND
STOPS = (signal.SIGINT, signal.SIGTERM, *((signal.SIGHUP,) if hasattr(signal, "SIGHUP") else ()))
NEVER = GROUPS_END + timedelta(days=3650)
MONTHS_PACE = 12.0
"""How much faster the second chapter goes: it is four months long, and little happens on most of its days."""


@dataclass(frozen=True, slots=True)
class Arguments:
    """What `sip demo` was asked for. `speed` 1 is a working week in about two minutes; `port` 0 takes a free one."""

    until_done: bool = False
    keep: bool = False
    speed: float = 1.0
    port: int = 0


def run(arguments: Arguments) -> int:
    """Plays the story. Returns the exit code."""
    moment = Moment(BEGINS)
    screen = Screen(moment)
    previous = {number: signal.signal(number, _as_interrupt) for number in STOPS}
    try:
        with ExitStack() as stack:
            try:
                return _play(arguments, moment, screen, stack)
            except KeyboardInterrupt:
                screen.say("\nStopping ...")
                return 130 if arguments.until_done else 0
            finally:
                for number in STOPS:  # what was started is stopped, however often somebody presses
                    signal.signal(number, signal.SIG_IGN)
    except (ServiceError, NeverAtRest) as error:
        screen.say(str(error))
        return 1
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def _play(arguments: Arguments, moment: Moment, screen: Screen, stack: ExitStack) -> int:
    folder = DataFolder(_home(), keep=arguments.keep)
    stack.callback(folder.close)
    gone = [box.email for box in county.mailboxes().values() if box.box == "gone"]
    mail = folder.path / "mail" if arguments.keep else None
    office = PostOffice(gone, moment, mail)
    relay_port = office.open()
    stack.callback(office.close)
    service = Service(folder.path, relay_port, arguments.port or free_port())
    stack.callback(service.stop)
    with screen.busy("Starting the database, the service and everybody's mailbox"):
        convening = _begin(service, stack)
    carrier = Carrier("127.0.0.1", service.receiver_port)
    agenda = Agenda()
    people = People(county.mailboxes(), carrier, lambda: Browser(service.base_url), agenda, moment, screen.tell)
    story = Story(convening, office, people, agenda, moment, screen)
    pace = None if arguments.until_done else arguments.speed
    engine = Engine(moment, convening, office, agenda, story.read, story.look, pace=pace)
    chapter = Chapter(lambda: Browser(service.base_url), carrier, office, agenda, screen, story.read)
    stack.callback(chapter.close)
    second = Engine(moment, convening, office, agenda, chapter.read, story.look, pace=pace and pace * MONTHS_PACE)
    if mail is not None:
        screen.say(f"Every mail is written as it comes, to {mail}.")
    if not arguments.until_done:
        screen.welcome(service.base_url, county.users())
    try:
        broken = _perform(engine, story, carrier, screen)
        _begin_groups(service, screen)
        broken = _perform_groups(second, chapter, screen) or broken
        if broken and (words := service.last_words()):
            screen.say(f"The service's log ends so:\n{words}")
        if arguments.keep:
            screen.say(f"Everything is kept in {folder.path}.")
        if not arguments.until_done:
            where = service.base_url
            screen.say(f"The story is over. The service stays up at {where}, a minute a second, until Ctrl-C.")
            second.pace = PACE_AFTER
            second.run(NEVER)
    except (OSError, HTTPException) as error:
        words = service.last_words()
        raise ServiceError(f"The service no longer answers ({error}). Its log ends so:\n{words}") from error
    return 1 if broken else 0


def _perform(engine: Engine, story: Story, carrier: Carrier, screen: Screen) -> bool:
    """The whole story, and what came of it. Returns whether a promise was broken."""
    story.prepare()
    try:
        engine.run(ENDS)
    except NeverAtRest as error:
        story.trouble.append(str(error))
    broken = story.broken(carrier)
    screen.summary(story.summary(carrier), broken)
    return bool(broken)


def _begin(service: Service, stack: ExitStack) -> Convening:
    """The service at work, its clock on the story's Monday; the county, its agreement, its users."""
    service.launch()
    # While it starts: the key of the conveners' own system.
    key = service.command("api-key", "create", "--name", "demo", "--role", "administrator").split()[-1]
    service.wait()
    api = ApiClient(service.base_url, key)
    stack.callback(api.close)
    convening = Convening(api)
    convening.set_clock(BEGINS)
    service.command("directory", "import", str(county.DIRECTORY))
    convening.agree(county.AGREEMENT.read_text(encoding="utf-8"))
    lines = ["email;role;password", *(f"{user.email};{user.role};{user.password}" for user in county.users())]
    service.command("user", "import", "-", given="\n".join(lines))
    return convening


def _begin_groups(service: Service, screen: Screen) -> None:
    """Two counties more, each as one file, with those who keep their groups."""
    with screen.busy("Two more counties come to the service, each as one file"):
        for file in counties.FILES:
            service.command("county", "import", str(file))
        service.command("directory", "import", str(counties.DIRECTORY))
        service.command("user", "import", "-", given=counties.as_import())


def _perform_groups(engine: Engine, chapter: Chapter, screen: Screen) -> bool:
    """The second chapter, and what came of it. Returns whether a promise was broken."""
    screen.chapter("The groups around the meetings", counties.users())
    chapter.begin()
    try:
        engine.run(GROUPS_END)
    except NeverAtRest as error:
        chapter.trouble.append(str(error))
    broken = chapter.broken()
    screen.summary(chapter.summary(), broken)
    return bool(broken)


def _home() -> Path:
    base = os.environ.get("XDG_DATA_HOME", "")
    return (Path(base) if base.startswith("/") else Path.home() / ".local" / "share") / "sip-demo"


def _as_interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
