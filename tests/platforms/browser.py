"""A browser without JavaScript, as far as launches need one: cookies, redirects, forms, and the headers by which
a server tells a navigation from anything else.

Names ending in `.localhost` are loopback (RFC 6761), without asking a resolver. Secure cookies are kept and sent
over plain http on loopback, as browsers do there.
"""

from http.cookiejar import CookieJar, DefaultCookiePolicy
from urllib.parse import urljoin, urlsplit, urlunsplit

import requests
from bs4 import BeautifulSoup
from requests.adapters import HTTPAdapter
from requests.cookies import extract_cookies_to_jar, get_cookie_header

USER_AGENT = "Mozilla/5.0 (X11; CrOS x86_64) Chromebook-of-the-library/156"
TIMEOUT = 20
REDIRECTS = {301, 302, 303, 307, 308}


def origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


class Loopback(HTTPAdapter):
    """Connects `*.localhost` to 127.0.0.1 and says the real name in `Host`. Refuses to leave the machine.

    Cookies are kept here, since requests would drop the rule that lets Secure ones pass on loopback.
    """

    def __init__(self, cookies: CookieJar):
        super().__init__()
        self.cookies = cookies

    def send(self, request, **kwargs):
        parts = urlsplit(request.url)
        host = parts.hostname or ""
        if host not in ("127.0.0.1", "localhost") and not host.endswith(".localhost"):
            raise AssertionError(f"a launch led away from this machine, to {host}")
        sent = request.copy()
        sent.headers["Host"] = parts.netloc
        sent.url = urlunsplit(parts._replace(netloc=f"127.0.0.1:{parts.port or 80}"))
        sent.headers.pop("Cookie", None)
        request.headers.pop("Cookie", None)
        cookie = get_cookie_header(self.cookies, request)
        if cookie:
            sent.headers["Cookie"] = cookie
        response = super().send(sent, **kwargs)
        extract_cookies_to_jar(self.cookies, request, response.raw)
        response.request, response.url = request, request.url
        return response


class Page:
    """What came back, and what a person could press on it."""

    def __init__(self, response: requests.Response):
        self.response = response
        self.status = response.status_code
        self.url = response.url
        self.html = "html" in response.headers.get("content-type", "")
        self.text = response.text if self.html else ""
        self.soup = BeautifulSoup(self.text, "html.parser")

    @property
    def words(self) -> str:
        """What a reader sees."""
        return self.soup.get_text(" ", strip=True)

    def self_going_form(self):
        """The form that goes by itself where scripts run: nothing in it to fill in, and it stays in this window."""
        for form in self.soup.find_all("form"):
            fields = form.find_all(["input", "textarea", "select"])
            # Open edX hides the form and not its fields.
            hidden = "display: none" in form.get("style", "") or all(
                field.get("type") in ("hidden", "submit") for field in fields
            )
            if hidden and form.get("target", "_self") == "_self":
                return form
        return None


class Browser:
    """One person's browser: one cookie jar. Keeps the forms it posted, so that a test can post one again."""

    def __init__(self):
        self.session = requests.Session()
        self.session.trust_env = False
        self.cookies = CookieJar(DefaultCookiePolicy(secure_protocols=("http", "https")))
        self.session.mount("http://", Loopback(self.cookies))
        self.posted = []

    def open(self, url: str) -> Page:
        """Goes to an address as if typed in, and walks on as far as pages go by themselves."""
        return self._walk(self._navigate("GET", url, came_from=None))

    def post_form(self, url: str, fields: dict, came_from: str) -> Page:
        """Posts a form from a page at `came_from`, and walks on."""
        return self._walk(self._navigate("POST", url, came_from, fields))

    def fetch(self, page: Page, path: str, method: str = "GET", **kwargs) -> requests.Response:
        """What the page's own script would fetch, streamed."""
        headers = {
            "User-Agent": USER_AGENT,
            "Accept": kwargs.pop("accept", "*/*"),
            "Accept-Language": "en-US,en;q=0.9",
            "Referer": page.url,
            "Sec-Fetch-Site": "same-origin",
            "Sec-Fetch-Mode": "cors",
            "Sec-Fetch-Dest": "empty",
        }
        if method != "GET":
            headers["Origin"] = origin_of(page.url)
        headers.update(kwargs.pop("headers", {}))
        return self.session.request(
            method, urljoin(page.url, path), headers=headers, stream=True, timeout=TIMEOUT,
            allow_redirects=False, **kwargs,
        )

    def _walk(self, page: Page) -> Page:
        for _ in range(8):
            onward = self._onward(page)
            if onward is None:
                return page
            page = onward
        raise AssertionError(f"the pages went on and on; the last was {page.url}")

    def _onward(self, page: Page):
        if page.status != 200:
            return None
        form = page.self_going_form()
        if form is not None:
            method = form.get("method", "get").upper()
            url = urljoin(page.url, form.get("action", page.url))
            fields = {
                field["name"]: field.get("value", "")
                for field in form.find_all("input")
                if field.get("name")
            }
            return self._navigate(method, url, page, fields)
        refresh = page.soup.find("meta", attrs={"http-equiv": lambda v: v and v.lower() == "refresh"})
        if refresh is not None and "url=" in refresh["content"].lower():
            url = refresh["content"].split("=", 1)[1].strip("'\" ")
            return self._navigate("GET", urljoin(page.url, url), page)
        # The page that reads a cookie back leads on by a link where scripts do not run.
        link = page.soup.select_one("noscript a[href]")
        if link is not None and link.get("target", "_self") == "_self":
            return self._navigate("GET", urljoin(page.url, link["href"]), page)
        return None

    def _navigate(self, method: str, url: str, came_from, fields: dict | None = None) -> Page:
        source = came_from.url if isinstance(came_from, Page) else came_from
        silent = isinstance(came_from, Page) and "no-referrer" in came_from.response.headers.get(
            "referrer-policy", ""
        )
        if method == "POST":
            self.posted.append((url, dict(fields or {}), source))
        for _ in range(20):
            headers = {
                "User-Agent": USER_AGENT,
                "Accept": "text/html,application/xhtml+xml,*/*;q=0.8",
                "Accept-Language": "en-US,en;q=0.9",
                "Upgrade-Insecure-Requests": "1",
                "Sec-Fetch-Site": _fetch_site(source, url),
                "Sec-Fetch-Mode": "navigate",
                "Sec-Fetch-Dest": "document",
            }
            if method == "POST":
                headers["Origin"] = "null" if silent else origin_of(source)
            body = {"data": fields} if method == "POST" else {"params": fields}
            response = self.session.request(
                method, url, headers=headers, timeout=TIMEOUT, allow_redirects=False, **body
            )
            if response.status_code not in REDIRECTS or "location" not in response.headers:
                return Page(response)
            url = urljoin(response.url, response.headers["location"])
            if response.status_code not in (307, 308):
                method, fields = "GET", None
        raise AssertionError(f"redirected without end; the last was {url}")


def _fetch_site(source: str | None, url: str) -> str:
    if source is None:
        return "none"
    if origin_of(source) == origin_of(url):
        return "same-origin"
    same_host = urlsplit(source).hostname == urlsplit(url).hostname
    return "same-site" if same_host else "cross-site"
