"""The command line in our own words: help, refusals, languages, ends."""

from __future__ import annotations

import importlib
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import visitkit
from visitkit import text
from visitkit.cli.main import COMMANDS, main
from visitkit.cli.parser import Parser
from visitkit.errors import StoreError
from visitkit.text import LANGUAGES

CHINESE = re.compile("[\u3400-\u9fff]")


def test_version(run: Callable) -> None:
    """The version is told and nothing else."""
    assert run("--version").out == f"visitkit {visitkit.__version__}\n"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_overview_names_every_command(run: Callable, lang: str) -> None:
    """Help lists the commands in the language asked for, and is no fault."""
    said = run("--lang", lang, "--help")
    assert said.code == 0
    assert all(f"\n  {name} " in said.out for name in COMMANDS)
    assert bool(CHINESE.search(said.out)) is (lang == "zh")


def test_no_command_is_wrong_usage(run: Callable) -> None:
    """Without a command the overview is shown, with the code of wrong usage."""
    said = run()
    assert said.code == 2
    assert "demo" in said.out


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_every_command(run: Callable, name: str, lang: str) -> None:
    """Every command and every option is explained, without a word of argparse's own."""
    said = run(name, "--help", "--lang", lang)
    assert said.code == 0
    assert text.say("cli.help.codes", lang)[:5] in said.out
    assert text.say("cli.help.usage", lang) in said.out
    own = ("positional arguments", "show this help message", "usage: visitkit" * (lang == "zh"))
    assert not any(word in said.out for word in own if word)
    module = importlib.import_module(f"visitkit.cli.{name}")
    parser = Parser("x", lang)
    module.arguments(parser)
    assert all(action.help for action in parser._actions)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["bogus"], "There is no command “bogus”"),
        (["--lang", "fr", "check"], "--lang is followed by “fr”"),
        (["check", "--lang"], "--lang is followed by “”"),
        (["check"], "PATH is missing"),
        (["check", "x", "y"], "“y” is not understood"),
        (["check", "x", "--bogus"], "“--bogus” is not understood"),
        (["screen", "x"], "--out is missing"),
        (["screen", "x", "--out"], "after --out"),
        (["screen", "x", "--out", "o", "--json=3"], "after --json"),
        (["screen", "x", "--out", "o", "--capacity", "few"], "a whole number from 0 up"),
        (["screen", "x", "--out", "o", "--capacity", "-1"], "a whole number from 0 up"),
        (["screen", "x", "--out", "o", "--seed", "1.5"], "a whole number from 0 up"),
        (["policy", "fly"], "There is no “fly”"),
        (["policy", "diff", "recommended"], "diff is followed by 2 names"),
    ],
)
def test_wrong_usage(run: Callable, words: list[str], told: str) -> None:
    """Each mistake is one sentence that names the word and where help is, with code 2."""
    said = run(*words)
    assert said.code == 2
    assert told in said.err
    assert len(said.err.splitlines()) == 1
    assert said.out == ""


def test_refusals_speak_chinese(run: Callable) -> None:
    """The language asked for is that of errors too, wherever --lang stands."""
    for words in (["--lang=zh", "check", "nofile"], ["check", "nofile", "--lang", "zh"]):
        said = run(*words)
        assert CHINESE.search(said.err)
        assert os.environ["VISITKIT_LANG"] == "en"


def test_language_is_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Running a command in a notebook does not change the notebook's language."""
    monkeypatch.delenv("VISITKIT_LANG", raising=False)
    main(["--lang", "zh", "--version"])
    assert "VISITKIT_LANG" not in os.environ


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (KeyboardInterrupt(), 130, "Stopped"),
        (PermissionError(13, "denied", "/locked"), 2, "/locked may not be read or written"),
        (FileNotFoundError(2, "no", "/gone"), 2, "/gone: there is no such file"),
        (OSError(28, "No space left on device", "/out"), 2, "no room left on the disk"),
        (OSError(5, "Input/output error", "/disk"), 2, "/disk: Input/output error."),
        (StoreError("load.file_missing", path="here.xlsx"), 2, "here.xlsx"),
        (ZeroDivisionError("S0412 is in here"), 70, "ZeroDivisionError"),
    ],
)
def test_every_end_is_a_sentence(
    run: Callable,
    monkeypatch: pytest.MonkeyPatch,
    error: BaseException,
    code: int,
    told: str,
) -> None:
    """No failure shows a traceback, and an unexpected one shows nothing of its content."""

    def fail(*_: object) -> int:
        raise error

    monkeypatch.setattr("visitkit.cli.doctor.run", fail)
    said = run("doctor")
    assert said.code == code
    assert told in said.err
    assert "Traceback" not in said.err
    assert "S0412" not in said.err


def test_debug_shows_the_traceback(run: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks for it gets the error itself."""

    def fail(*_: object) -> int:
        raise ZeroDivisionError

    monkeypatch.setattr("visitkit.cli.doctor.run", fail)
    monkeypatch.setenv("VISITKIT_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        main(["doctor"])


def test_a_process_of_its_own(tmp_path: Path) -> None:
    """python -m visitkit speaks UTF-8 whatever the machine says, and gives its code back."""
    words = [sys.executable, "-m", "visitkit", "check", "nofile", "--lang", "zh"]
    variables = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C"}
    done = subprocess.run(words, capture_output=True, check=False, env=variables, cwd=tmp_path)
    assert done.returncode == 2
    assert CHINESE.search(done.stderr.decode("utf-8"))
    assert b"Traceback" not in done.stderr


def test_a_reader_who_leaves(tmp_path: Path) -> None:
    """When the reader of a pipe has gone, the command ends without a word of complaint."""
    words = [sys.executable, "-m", "visitkit", "policy", "show", "recommended"]
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        complaint = process.stderr.read()
    assert complaint == b""
    assert process.returncode == 141
