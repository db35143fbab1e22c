"""The one error boundary."""

import pytest
from support import Run

from aiscaffold import __version__, cli


def test_the_version_is_one_line(run: Run) -> None:
    assert run("--version") == (0, f"aiscaffold {__version__}\n", "")


def test_a_bare_call_shows_the_help(run: Run) -> None:
    code, out, _ = run()
    assert code == 0
    assert "new " in out
    assert "templates " in out


@pytest.mark.parametrize("call", [["nwe"], ["new"], ["new", "mini", "--frobnicate"], ["--frobnicate"]])
def test_wrong_usage_exits_2_in_one_line_with_a_hint(run: Run, call: list[str]) -> None:
    code, out, err = run(*call)
    assert (code, out) == (2, "")
    assert err.startswith("aiscaffold: ")
    assert "hint:" in err


def test_what_nobody_foresaw_is_our_bug(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def explode() -> None:
        raise ZeroDivisionError("surprise")

    monkeypatch.setattr(cli.templates, "load_catalogue", explode)
    code, _, err = run("templates")
    assert code == 4
    assert "ZeroDivisionError: surprise" in err
    assert "please report it" in err


def test_an_interrupt_exits_130(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli.templates, "load_catalogue", interrupt)
    assert run("templates")[0] == 130
