"""The page is for this machine and for whoever has the key, and for nobody else."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from visitkit.app import serving

if importlib.util.find_spec("voila") is None:
    pytest.skip("voila is not installed, so no page is served", allow_module_level=True)

KERNEL = "11111111-2222-3333-4444-555555555555"


def started(*options: str) -> tuple[subprocess.Popen[str], str]:
    """Start the command and return it with the address it told."""
    # Behind another program Ctrl-C may be switched off, and what is started takes that over.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    command = [sys.executable, "-m", "visitkit", "app", "--no-browser", "--lang", "en", *options]
    done = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert done.stdout is not None
    for line in done.stdout:
        found = re.search(r"http://\S+", line)
        if found:
            return done, found.group()
    pytest.fail("no address was told")


def ended(done: subprocess.Popen[str]) -> int:
    """Press Ctrl-C and return what it ended with."""
    done.send_signal(signal.SIGINT)
    return done.wait(60)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The address of a running page, its key included."""
    with socket.socket() as taken:
        # The port that is asked for is taken: another one is used.
        taken.bind((serving.HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        done, found = started("--port", str(port))
        assert f":{port}/" not in found
        yield found
        assert ended(done) == 0
        assert done.stdout is not None
        assert "Ended." in done.stdout.read()


def ask(url: str, method: str = "GET", **headers: str) -> tuple[int, str]:
    """Return status and body, without following to a login page."""

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: object) -> None:  # type: ignore[override]
            return None

    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(url, headers=named, method=method)
    try:
        with urllib.request.build_opener(Stay).open(request, timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(errors="replace")


UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec_WebSocket_Version": "13",
    "Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


def test_the_page_opens_with_its_key(address: str) -> None:
    """Title, both loading sentences, a strict policy for the browser."""
    with urllib.request.urlopen(address, timeout=120) as answer:
        page, policy = answer.read().decode(), answer.headers["Content-Security-Policy"]
        cookies = answer.headers.get_all("Set-Cookie")
    assert "<title>visitkit" in page
    assert 'lang="en"' in page
    assert page.count('<p lang="') == 2
    assert "default-src 'self'" in policy
    assert "http:" not in policy
    assert cookies
    assert all("samesite=strict" in cookie.lower() for cookie in cookies)


def test_nobody_else_on_the_network_reaches_it(address: str) -> None:
    """It listens on the loopback only."""
    port = int(re.search(r":(\d+)/", address).group(1))  # type: ignore[union-attr]
    assert address.startswith(f"http://{serving.HOST}:")
    for family, place in ((socket.AF_INET, socket.gethostbyname(socket.gethostname())),):
        if place.startswith("127."):
            pytest.skip("this machine has no address but the loopback")
        with socket.socket(family) as outside, pytest.raises(OSError, match="refused"):
            outside.connect((place, port))


@pytest.mark.parametrize(
    ("path", "method", "upgrade"),
    [
        ("", "GET", False),
        ("?token=wrong", "GET", False),
        (f"api/kernels/{KERNEL}", "GET", False),
        (f"api/kernels/{KERNEL}", "DELETE", False),
        (f"api/kernels/{KERNEL}/channels", "GET", True),
        (f"voila/query/{KERNEL}", "GET", True),
        (f"voila/api/shutdown/{KERNEL}", "POST", False),
        ("voila/files/visitkit.ipynb", "GET", False),
        ("voila/render/visitkit.ipynb", "GET", False),
    ],
)
def test_without_the_key_nothing_is_answered(
    address: str, path: str, method: str, upgrade: bool
) -> None:
    """Page, kernels, websockets and files: a login page or a refusal, and nothing of ours."""
    base = address.partition("?")[0]
    status, body = ask(base + path, method, **(UPGRADE if upgrade else {}))
    assert status in {302, 401, 403, 404}
    assert "open_app" not in body
    assert "kernelId" not in body


def test_another_name_for_this_machine_is_refused(address: str) -> None:
    """A site that was made to resolve to the loopback gets nothing, even with the key."""
    status, body = ask(address, Host="evil.example")
    assert status in {400, 403}
    assert "kernelId" not in body


def test_the_notebook_behind_the_page_is_one_cell() -> None:
    """And it begins in the language of the person."""
    notebook = json.loads(json.dumps(serving.page("zh", 7)))
    (cell,) = notebook["cells"]
    assert cell["source"].endswith("open_app(lang='zh', minutes=7)")
    assert [one["lang"] for one in notebook["metadata"]["visitkit"]["loading"]] == ["zh", "en"]


def test_what_it_needed_is_put_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The person's own Jupyter folders are named again afterwards."""
    for before in ("", str(tmp_path)):
        monkeypatch.setenv("JUPYTER_PATH", before)
        with serving._prepared("en", 15) as notebook:
            assert notebook.is_file()
            assert str(serving.share()) in os.environ["JUPYTER_PATH"]
        assert os.environ["JUPYTER_PATH"] == before
        assert not notebook.exists()


def test_our_template_adds_nothing_from_elsewhere() -> None:
    """No address of another machine stands in it."""
    for path in serving.share().rglob("*.*"):
        assert not re.search(r"(https?:)?//[\w-]+\.\w", path.read_text("utf-8")), path.name


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_when_it_ends_nothing_is_left(stop: signal.Signals) -> None:
    """Told to stop, it ends with its kernels and its folders, and says nothing of programmers."""
    psutil = pytest.importorskip("psutil")
    done, _ = started()
    kernels = psutil.Process(done.pid).children(recursive=True)
    assert kernels
    folders = [Path(one.cwd()) for one in kernels]
    assert all(folder.is_dir() for folder in folders)
    done.send_signal(stop)
    assert done.wait(60) == 0
    assert psutil.wait_procs(kernels, timeout=20)[1] == []
    assert not any(folder.exists() for folder in folders)


def test_a_page_that_nobody_holds_is_ended() -> None:
    """A browser that crashed cannot say that its page was left: idle kernels end by themselves."""
    kernels = serving._config("en", 8866).MappingKernelManager
    assert 0 < kernels.cull_interval <= kernels.cull_idle_timeout <= 600
    assert not kernels.get("cull_connected")


def test_what_is_left_out_of_an_import_is_there_again() -> None:
    """Only while the server is loaded is the checker of addresses not to be found."""
    with serving._without("colorsys"), pytest.raises(ImportError):
        importlib.import_module("colorsys")
    assert importlib.import_module("colorsys").rgb_to_hsv(0, 0, 0) == (0, 0, 0)
