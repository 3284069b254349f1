"""JupyterLab at the notebooks: our settings, our kernel, copies that replace nothing."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

from visitkit.app import laboratory

ASK = (
    "from jupyterlab_server.settings_utils import _get_overrides;"
    "from jupyter_client.kernelspec import KernelSpecManager;"
    "import json;"
    "print(json.dumps([_get_overrides('nowhere')[0],"
    " KernelSpecManager().get_kernel_spec('python3').argv]))"
)


@pytest.mark.parametrize(("lang", "locale"), [("zh", "zh_CN"), ("en", "default")])
def test_jupyterlab_finds_our_settings_and_our_kernel(lang: str, locale: str) -> None:
    """As JupyterLab itself reads them: language, no news, no look for updates, this Python."""
    if importlib.util.find_spec("jupyterlab_server") is None:
        pytest.skip("JupyterLab is not installed, so its settings are not read")
    with laboratory.surroundings(lang) as variables:
        done = subprocess.run(
            [sys.executable, "-c", ASK], env=variables, capture_output=True, text=True, check=True
        )
    overrides, kernel = json.loads(done.stdout.splitlines()[-1])
    assert overrides["@jupyterlab/translation-extension:plugin"]["locale"] == locale
    news = overrides["@jupyterlab/apputils-extension:notification"]
    assert news == {"fetchNews": "false", "checkForUpdates": False}
    assert overrides["@jupyter-widgets/jupyterlab-manager:plugin"]["saveState"] is False
    assert kernel[0] == sys.executable


def test_copies_replace_nothing(tmp_path: Path) -> None:
    """A notebook that the person has changed stays as it is; the others come."""
    names = [path.name for path in laboratory.shipped()]
    assert len(names) >= 3
    assert laboratory.copy_notebooks(tmp_path) == []
    mine = tmp_path / names[0]
    mine.write_text("changed", encoding="utf-8")
    (tmp_path / names[1]).unlink()
    kept = laboratory.copy_notebooks(tmp_path)
    assert [path.name for path in kept] == [names[0], *names[2:]]
    assert mine.read_text("utf-8") == "changed"
    assert (tmp_path / names[1]).is_file()


def test_the_command_listens_on_the_loopback_only(tmp_path: Path) -> None:
    """And asks for a token: nobody switches it off."""
    words = laboratory.command(tmp_path, 9999, browser=False)
    assert "--ip=127.0.0.1" in words
    assert "--port=9999" in words
    assert not [word for word in words if "token" in word]
