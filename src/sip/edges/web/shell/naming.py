"""Each sentence at the head of a page that says what is wrong begins with what its field is called.

The law of this file: it is done to the page as it leaves, so that no form can be forgotten, and the name is the one
that stands above the field. A sentence that leads to nothing with a name stays as it is.
"""

import re

_LIST = re.compile(r'(<div class="note bad" role="alert" id="errors".*?</div>)', re.DOTALL)
_LINK = re.compile(r'<a href="#([^"]+)">([^<]*)</a>')
_ASIDE = re.compile(r'<span class="soft small">.*?</span>|<(small)\b.*?</\1>', re.DOTALL)
_TAG = re.compile(r"<[^>]+>")


def named(page: str) -> str:
    """The page with "Until the day: Fill this in." where it said "Fill this in."."""
    return _LIST.sub(lambda found: _LINK.sub(lambda link: _named(page, *link.groups()), found[1]), page, count=1)


def _named(page: str, field: str, sentence: str) -> str:
    name = _name_of(page, field)
    between = "" if not name else " " if name[-1] in "?!.:" else ": "
    return f'<a href="#{field}">{name}{between}{sentence}</a>'


def _name_of(page: str, field: str) -> str:
    """What stands in the label of a field, or in the legend of a group."""
    own = re.escape(field)
    label = rf'<label\b[^>]* for="{own}"[^>]*>(.*?)</label>'
    legend = rf'<fieldset\b[^>]* id="{own}"[^>]*>\s*<legend[^>]*>(.*?)</legend>'
    found = re.search(label, page, re.DOTALL) or re.search(legend, page, re.DOTALL)
    return "" if found is None else " ".join(_TAG.sub("", _ASIDE.sub("", found[1])).split())
