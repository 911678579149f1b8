"""A real browser for tests: started once, watched for anything that goes wrong on any page."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Playwright
from werkzeug.serving import WSGIRequestHandler, make_server

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

CHROMIUM = shutil.which("chromium")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--no-first-run",
)
SMALL, WIDE = {"width": 360, "height": 740}, {"width": 1280, "height": 900}
PATIENCE_MS = 15_000

in_browser = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on this computer"),
]

_COLLECT_VIOLATIONS = """
window.violations = [];
document.addEventListener(
    'securitypolicyviolation', event => violations.push(event.violatedDirective + ' ' + event.blockedURI)
);
"""


def launch(playwright: Playwright, *more: str) -> Browser:
    """Start the distribution's Chromium."""
    return playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=[*FLAGS, *more])


@dataclass
class Pages:
    """Opens pages, each in a context of its own, and collects what goes wrong on them."""

    browser: Browser
    contexts: list[BrowserContext] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def open(self, **options: Any) -> Page:
        """Open an empty page; options are those of `Browser.new_context`."""
        context = self.browser.new_context(**{"viewport": WIDE, "locale": "en-GB", **options})
        context.set_default_timeout(PATIENCE_MS)
        if options.get("java_script_enabled", True):
            context.add_init_script(_COLLECT_VIOLATIONS)
        self.contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("console", self._heard)
        return page

    def close(self) -> list[str]:
        """Close all; returns everything that went wrong."""
        for context in self.contexts:
            for page in context.pages:
                self.wrong += violations(page)
            context.close()
        return self.wrong

    def _heard(self, message: Any) -> None:
        # Chromium reports every answer of 400 and above; error pages are asked for on purpose.
        if message.type == "error" and "the server responded with a status of" not in message.text:
            self.wrong.append(message.text)


def violations(page: Page) -> list[str]:
    """What the content policy of a page has stopped."""
    found: list[str] = page.evaluate("() => window.violations ?? []")
    return found


def scrolls_sideways(page: Page) -> bool:
    """Whether a page is wider than its window."""
    is_wider: bool = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return is_wider


def axe_report(page: Page) -> str:
    """What axe finds at fault with a page, nothing if it finds nothing."""
    results = Axe().run(page)
    return "" if results.violations_count == 0 else str(results.generate_report())


class _Silent(WSGIRequestHandler):
    """Serves with keep-alive, as a real server does, and logs nothing."""

    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - the parent's name
        """Log nothing."""


@contextmanager
def served(app: "WSGIApplication") -> Iterator[str]:
    """Serve an application on a free port of this computer; yields its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Silent)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
