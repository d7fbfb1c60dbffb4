"""The reader of the API's description, in a real browser: complete, and without any outside address."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from playwright.sync_api import Error, Page, sync_playwright

from registry.app import create_app
from registry.config import Settings
from tests.conftest import skip_visibly

CHROMIUM = Path("/usr/bin/chromium")


class _Silent(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    settings = Settings.from_environment({"MARJAA_DATA": str(tmp_path_factory.mktemp("data"))})
    server = make_server("127.0.0.1", 0, create_app(settings), handler_class=_Silent)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    if not CHROMIUM.exists():
        skip_visibly("Chromium is not installed")
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(
                executable_path=CHROMIUM,
                args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"],
            )
        except Error as error:
            skip_visibly(f"Chromium does not start: {error}")
        yield browser.new_page()
        browser.close()


MOST_SCROLLS = 200


def test_the_api_can_be_read_and_tried_without_the_network(page: Page, address: str) -> None:
    asked: list[str] = []
    problems: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.goto(f"{address}/api/v1/docs")
    page.wait_for_selector(".opblock-summary-path")
    wanted = {"/referentials/{referential}/items/{code}", "/referentials/{referential}/match"}
    # Of many addresses only those in sight are drawn.
    for _ in range(MOST_SCROLLS):
        drawn = page.eval_on_selector_all(
            ".opblock-summary-path", "all => all.map(each => each.dataset.path)"
        )
        wanted -= {path.removeprefix("/api/v1") for path in drawn}
        if not wanted:
            break
        page.mouse.wheel(0, 400)
        page.wait_for_timeout(100)
    assert not wanted
    assert not problems
    assert all(url.startswith((address, "data:")) for url in asked)
