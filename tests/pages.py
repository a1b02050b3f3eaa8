"""A browser without JavaScript: opens pages, reads them strictly, fills in and sends their forms."""

from __future__ import annotations

import re
from contextvars import Context
from typing import Any
from urllib.parse import urlencode

import html5lib
from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from portal.accounts.models import Person
from portal.db import session
from tests.factories import PASSWORD
from tests.narrowing import found

NUMBERS = re.compile(r"\d+")
# path without numbers, method, status: strict reading takes a third of a request's time, so each kind of answer is
# read so once a process; all_pages reads every page by a stricter checker still
READ_STRICTLY: set[tuple[str, str, int]] = set()


def one(part: Tag, selector: str) -> Tag:
    """The first element that the CSS selector finds in a page or a part of it; the test fails if there is none."""
    return found(part.select_one(selector))


def text_of(part: Tag, selector: str) -> str:
    """The element's text without the blanks around it, which come from the template's layout."""
    return one(part, selector).text.strip()


def attribute(part: Tag, selector: str, name: str) -> str:
    """One attribute of the element, written as in the page; the test fails if the element has none of this name."""
    value = found(one(part, selector).get(name))
    return value if isinstance(value, str) else " ".join(value)


class Browser:
    """`page` is the page that is open, `status` and `location` are those of the last answer."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.status = 0
        self.location = ""
        self.page = BeautifulSoup("", "html.parser")

    def ask(self, method: str, address: str, **more: Any) -> TestResponse:
        """One request in a context of its own, as in a server: the test's open application context would lend it its
        session and whoever was signed in before. What the test has made so far is committed first."""
        session.commit()
        return Context().run(self.client.open, address, method=method, buffered=True, **more)

    def _took(self, response: TestResponse) -> TestResponse:
        self.status, self.location = response.status_code, response.location or ""
        if response.mimetype == "text/html" and response.status_code not in (301, 302, 303):
            kind = NUMBERS.sub("", response.request.path), response.request.method, response.status_code
            if kind not in READ_STRICTLY:
                html5lib.HTMLParser(strict=True).parse(response.text)
                READ_STRICTLY.add(kind)
            self.page = BeautifulSoup(response.text, "html.parser")
        return response

    def open(self, address: str, status: int = 200) -> BeautifulSoup:
        self._took(self.ask("GET", address))
        assert self.status == status, (address, self.status, self.text[:600])
        return self.page

    @property
    def text(self) -> str:
        return self.page.get_text(" ", strip=True)

    @property
    def problems(self) -> list[str]:
        """The lines of the error summary, each with the field that it links to."""
        return [link.get_text(" ", strip=True) for link in self.page.select(".error-summary li")]

    def one(self, selector: str) -> Tag:
        """See `one`, for the page that is open."""
        return one(self.page, selector)

    def text_of(self, selector: str) -> str:
        return text_of(self.page, selector)

    def attribute(self, selector: str, name: str) -> str:
        return attribute(self.page, selector, name)

    def value(self, field: str) -> str:
        """The value of the field with this name."""
        return self.attribute(f'[name="{field}"]', "value")

    def form(self, having: str = "csrf_token", action: str = "") -> Tag:
        """The form with a field of this name (in the content, not the header), or with this action's end."""
        for form in self.page.select("main form"):
            if form.select_one(f'[name="{having}"]') and str(form.get("action", "")).endswith(action):
                return form
        raise AssertionError(f"no form with {having} and {action}")

    def answers(self, form: Tag) -> dict[str, Any]:
        """The fields that a browser would send of this form, without its buttons."""
        values: dict[str, Any] = {}
        for part in form.select("input[name], textarea[name], select[name]"):
            name, kind = str(part["name"]), part.get("type", "")
            if part.name == "select":
                chosen = part.select_one("option[selected]") or part.select_one("option")
                values[name] = chosen["value"] if chosen else ""
            elif part.name == "textarea":
                values[name] = part.text.removeprefix("\n")
            elif kind in ("checkbox", "radio"):
                if part.has_attr("checked"):
                    values.setdefault(name, []).append(part["value"])
            elif kind != "file":
                values[name] = part.get("value", "")
        return values

    def send(self, address: str, fields: dict[str, Any] | None = None, **find: str) -> TestResponse:
        """Sends the open page's form with some answers changed; None leaves an answer out."""
        values = self.answers(self.form(**find)) | (fields or {})
        given = {name: value for name, value in values.items() if value is not None}
        return self._took(self.post(address, given))

    @property
    def warnings(self) -> list[str]:
        """What the page asks to be looked at before it is confirmed."""
        return [line.get_text(" ", strip=True) for line in self.page.select(".warning-summary li")]

    def insist(self, address: str, fields: dict[str, Any] | None = None, **find: str) -> TestResponse:
        """Sends the form as `send` does, and once more where it was only warned of something."""
        answer = self.send(address, fields, **find)
        if self.status == 422 and self.warnings and not self.problems:
            press = self.page.select_one(".warning-summary button[name]")
            return self.send(address, {str(press["name"]): str(press["value"])} if press else {}, **find)
        return answer

    def post(self, address: str, given: dict[str, Any]) -> TestResponse:
        """Sends these answers; (stream, name) is a file."""
        if not any(isinstance(value, tuple) for value in given.values()):
            data = urlencode(given, doseq=True, errors="surrogatepass")
            return self.ask("POST", address, data=data, content_type="application/x-www-form-urlencoded")
        files = {n: FileStorage(*value) if isinstance(value, tuple) else value for n, value in given.items()}
        boundary, body = encode_multipart(files)
        return self.ask("POST", address, data=body, content_type=f"multipart/form-data; boundary={boundary}")

    def sign_in(self, person: Person) -> Browser:
        self.open("/sign-in")
        self.send("/sign-in", {"email": person.email, "password": PASSWORD}, having="password")
        assert self.status == 302, self.text
        return self
