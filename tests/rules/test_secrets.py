"""Secrets are found in code, notebooks and history, and never printed; examples are no secrets."""

import json
import random
import string
from pathlib import Path

import pytest
from audited import repository
from hypothesis import given
from hypothesis import strategies as st

from aiscaffold.facts.secrets import secrets_in
from aiscaffold.repo import Repo
from aiscaffold.rules import secrets
from aiscaffold.rules.secrets import no_secret_files, no_secrets
from aiscaffold.snapshot import open_snapshot


def drawn(length: int, letters: str = string.ascii_letters + string.digits) -> str:
    """A value that looks like a real one; put together here, so that no scanner takes this file for a leak."""
    return "".join(random.Random(length).choices(letters, k=length))


HEX = "0123456789abcdef"
KEYS = {
    "GitHub token": "ghp_" + drawn(36),
    "GitLab token": "glpat-" + drawn(20),
    "OpenAI key": "sk-" + drawn(20) + "T3Blbk" + "FJ" + drawn(20),
    "Anthropic key": "sk-ant-api03-" + drawn(93),
    "Hugging Face token": "hf_" + drawn(34, string.ascii_letters),
    "Slack token": "xoxb-" + drawn(12, string.digits[1:]) + "-" + drawn(24),
    "Stripe key": "sk_live_" + drawn(24),
    "npm token": "npm_" + drawn(36),
    "PyPI token": "pypi-AgE" + drawn(80),
    "SendGrid key": f"SG.{drawn(22)}.{drawn(43)}",
    "Twilio key": "SK" + drawn(32, HEX),
    "Groq key": "gsk_" + drawn(52),
    "Databricks token": "dapi" + drawn(32, HEX),
}
MEANT = {
    "Kaggle key": json.dumps({"username": "ada", "key": drawn(32, HEX)}),
    "Weights & Biases key": f'wandb.login(key="{drawn(40, HEX)}")',
    "password in an address": f"mongodb+srv://ada:{drawn(14)}@cluster0.ab1cd.mongodb.net/db",
    "key": f'API_KEY = "{drawn(32, HEX)}"',
    "secret": f'app.config["CLIENT_SECRET"] = "{drawn(32)}"',
    "key in an address": f"https://api.themoviedb.org/3/movie?api_key={drawn(32, HEX)}&language=en",
    "private key": "-----BEGIN RSA PRIVATE KEY-----\n" + drawn(64) + "\n" + drawn(64),
}


@pytest.mark.parametrize(
    ("provider", "text"), [*((name, f'x = "{key}"') for name, key in KEYS.items()), *MEANT.items()]
)
def test_a_secret_is_named_by_its_provider_and_never_shown(provider: str, text: str) -> None:
    outcome = no_secrets.check(Repo.given({"app.py": f"import os\n{text}\n"}))
    assert outcome.verdict == "fail"
    found = outcome.evidence[0]
    assert (found.path, found.line) == ("app.py", 2)
    assert found.remark.startswith(provider)
    assert len(found.remark.removeprefix(provider).strip(" …")) <= 4


@pytest.mark.parametrize(
    "text",
    [
        'key = "AKIAIOSFODNN7EXAMPLE"\nsecret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"',
        'api_key = "your-api-key-goes-here"',
        'API_KEY = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"',
        'password = "changeme"',
        'api_key = os.environ["OPENAI_API_KEY"]',
        'token = "<your-token-goes-in-here-please>"',
        "DATABASE_URL = postgres://postgres:postgres@localhost:5432/db",
        "url = mongodb://user:password@host:27017/",
        'tokenizer = "bert-base-multilingual-uncased"',
        'secret_name = "projects/app/secrets/database"',
        'tokenizer_id = "mistralai/Mistral-7B-Instruct-v0.1"',
        'tokenizer_cls_name = "GPT2TokenizerFast1"',
        'token = "time_token.mlp.0.weight"',
        'names = ("time_token", "embed4time_token.mlp.0.weight")',
        'broken = "' + drawn(24) + '"',
        'api_key: "${{ secrets.API_KEY_OF_THE_APP }}"',
        f"digest = '{drawn(64, HEX)}'",
        f"https://data.example/file?X-Amz-Credential={'AKIA' + drawn(16, 'ABCDEFGHJKLMNPQR')}%2F2024",
        f"token = sk-{'0' * 48}",
    ],
)
def test_examples_variables_and_digests_are_no_secrets(text: str) -> None:
    assert no_secrets.check(Repo.given({"app.py": text + "\n"})).verdict == "pass"


def test_a_key_in_a_test_or_a_page_can_be_a_sample() -> None:
    outcome = no_secrets.check(Repo.given({"tests/test_app.py": f"token = '{KEYS['GitHub token']}'\n"}))
    assert (outcome.verdict, outcome.evidence[0].place) == ("unknown", "tests/test_app.py:1")


def notebook(source: str, output: str = "", cell_id: str = "a", image: str = "") -> str:
    outputs = [{"output_type": "stream", "text": output}, {"output_type": "display_data", "data": {"image/png": image}}]
    cell = {"cell_type": "code", "id": cell_id, "source": source, "outputs": outputs, "execution_count": 1}
    return json.dumps({"nbformat": 4, "metadata": {}, "cells": [{**cell, "source": "1", "outputs": []}, cell]})


def test_notebooks_are_searched_in_sources_and_outputs_but_not_in_images() -> None:
    key = KEYS["Hugging Face token"]
    for book in (notebook(f"login('{key}')"), notebook("show()", output=f"logged in with {key}")):
        outcome = no_secrets.check(Repo.given({"eda.ipynb": book}))
        assert (outcome.verdict, outcome.evidence[0].place) == ("fail", "eda.ipynb cell 2")
    assert no_secrets.check(Repo.given({"eda.ipynb": notebook("1", image=key, cell_id=key)})).verdict == "pass"


def test_a_secret_that_was_deleted_is_still_in_the_history(tmp_path: Path) -> None:
    commits = [
        {"subject": "Add the client", "files": {"app.py": f"key = '{KEYS['npm token']}'\n"}},
        {"subject": "Read the key from the environment", "files": {"app.py": "key = environ['KEY']\n"}},
    ]
    top = repository({".history": json.dumps(commits), "README.md": "# App\n"}, tmp_path / "app")
    outcome = no_secrets.check(Repo(open_snapshot(top)))
    assert outcome.verdict == "fail"
    assert (outcome.evidence[0].path, len(outcome.evidence[0].commit)) == ("app.py", 40)
    assert "older version" in outcome.evidence[0].remark


def test_a_clean_repository_tells_how_far_was_searched(tmp_path: Path) -> None:
    commits = [{"subject": f"Add part {n}", "files": {"app.py": f"part = {n}\n"}} for n in range(3)]
    top = repository({".history": json.dumps(commits)}, tmp_path / "app")
    told = no_secrets.check(Repo(open_snapshot(top))).evidence[0].remark
    assert told == "history: every older version searched: 2; every file searched: 1"


def test_a_long_history_tells_first_what_was_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "HISTORY", 100)
    monkeypatch.setattr(secrets, "BATCH", 1)
    commits = [{"subject": f"Add part {n}", "files": {"app.py": f"part = {n:030}\n"}} for n in range(9)]
    top = repository({".history": json.dumps(commits)}, tmp_path / "app")
    outcome = no_secrets.check(Repo(open_snapshot(top)))
    assert outcome.verdict == "pass"
    assert outcome.evidence[0].remark.startswith("history: 3 of 8 older versions searched")


def test_a_secret_far_back_in_a_long_history_is_found(tmp_path: Path) -> None:
    filler = "\n".join(drawn(1_000) for _ in range(13))
    commits = [
        {"subject": "Add the client", "files": {"app.py": f"key = '{KEYS['npm token']}'\n"}},
        *({"subject": f"Add part {n}", "files": {"app.py": f"{n}\n{filler * 70}\n"}} for n in range(15)),
    ]
    top = repository({".history": json.dumps(commits)}, tmp_path / "app")
    assert no_secrets.check(Repo(open_snapshot(top))).verdict == "fail"


def test_what_only_a_name_tells_of_is_not_held_against_an_older_version(tmp_path: Path) -> None:
    weak = {"app.py": f'client_secret = "{drawn(16, string.ascii_lowercase + string.digits)}"\n'}
    assert no_secrets.check(Repo.given(weak)).verdict == "unknown"
    assert no_secrets.check(Repo.given({"examples/app.py": weak["app.py"]})).verdict == "pass"
    commits = [{"subject": "Add the client", "files": weak}, {"subject": "Mend it", "files": {"app.py": "x = 1\n"}}]
    top = repository({".history": json.dumps(commits)}, tmp_path / "app")
    assert no_secrets.check(Repo(open_snapshot(top))).verdict == "pass"


@pytest.mark.parametrize(
    ("path", "text", "verdict"),
    [
        (".env", f"API_TOKEN={drawn(20)}\n", "fail"),
        ("app/.env.local", f"DB_PASSWORD={drawn(20)}\n", "fail"),
        ("kaggle.json", json.dumps({"username": "ada", "key": drawn(32, HEX)}), "fail"),
        ("server.pem", "-----BEGIN PRIVATE KEY-----\nabc\n", "fail"),
        (".streamlit/secrets.toml", f'api_key = "{drawn(30)}"\n', "fail"),
        ("keystore.p12", "binary", "fail"),
        (".env", "PORT=8000\nDEBUG=true\n", "pass"),
        (".env.example", "API_TOKEN=\n", "pass"),
        (".env", "API_TOKEN=your-token-here\n", "pass"),
        ("ca.pem", "-----BEGIN CERTIFICATE-----\nabc\n", "pass"),
        ("tests/certs/server.key", "-----BEGIN PRIVATE KEY-----\nabc\n", "pass"),
        ("secrets.yaml", "token: ENC[AES256_GCM,data:abcdefgh]\nsops: {}\n", "pass"),
        ("app.py", "x = 1\n", "pass"),
    ],
)
def test_a_file_of_credentials_holds_a_value(path: str, text: str, verdict: str) -> None:
    outcome = no_secret_files.check(Repo.given({path: text}))
    assert outcome.verdict == verdict
    assert verdict == "pass" or outcome.evidence[0].path == path


@given(st.text())
def test_no_text_ends_the_search(text: str) -> None:
    lines = text.count("\n") + 1
    assert all(1 <= secret.line <= lines for secret in secrets_in(f"api_key = '{text}'"))
