"""SEC101 and SEC102: no key, password or file of credentials in the tree or in the history."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from aiscaffold.evidence import Evidence, at
from aiscaffold.facts.history import DEEPEST, Touch
from aiscaffold.facts.notebooks import read_notebook
from aiscaffold.facts.secrets import Secret, Sieve, is_placeholder, secrets_in
from aiscaffold.layout import is_foreign
from aiscaffold.regex import regex
from aiscaffold.repo import Repo
from aiscaffold.rule import MUST, Outcome, failed, passed, rule, unknown

LARGEST = 1_000_000  # bytes of a file that is no notebook; what is larger is data
HISTORY = 32_000_000  # bytes of older versions that are read, in about a second
GENERATED, LONG_LINES = 20_000, 500  # characters of a text, and of its lines on average, that nobody wrote
BATCH = 100  # objects after which the limit is looked at
NO_TEXT = regex(
    r"\.(?:png|jpe?g|gif|bmp|ico|webp|svg|tiff?|pdf|zip|gz|tgz|bz2|xz|7z|rar|tar|whl|jar|pkl|pickle|joblib|pt|"
    r"pth|ckpt|onnx|"
    r"h5|hdf5|npy|npz|parquet|feather|arrow|csv|tsv|xlsx?|docx?|pptx?|mp[34]|wav|ogg|flac|avi|mov|webm|ttf|"
    r"otf|woff2?|eot|"
    r"so|dll|dylib|exe|bin|model|db|sqlite3?|lock|map|pyc|class|o|bib|po|mo|vcf|dat|data|arff|libsvm|geojson|xml|tex)$|"
    r"(?:^|/)(?:package-lock\.json|pnpm-lock\.yaml|npm-shrinkwrap\.json|go\.sum|conda-lock\.yml)$|\.min\.(?:js|css)$",
    re.IGNORECASE,
)
SAMPLE = regex(
    r"(?:^|/)(?:[^/]*tests?|testing|testdata|fixtures?|cassettes?|mocks?|docs?|examples?|samples?|spec|"
    r"__tests__|stubs)/|"
    r"(?:^|/)(?:test_[^/]*|[^/]*_test|conftest)\.py$|\.(?:test|spec)\.[jt]sx?$|\.(?:example|sample|template|"
    r"dist|md|rst|cast)$|"
    r"(?:^|/)[^/]*(?:example|sample|template)[^/]*$",
    re.IGNORECASE,
)
LIKELY = regex(
    r"(?:^|/)\.env|config|settings|secret|credential|key|token|\.(?:ya?ml|toml|ini|cfg|env|pem)$", re.IGNORECASE
)
BROWSER = regex(r"\.(?:html?|jsx?|tsx?|vue|dart|swift|plist)$|google-services\.json$|firebase", re.IGNORECASE)

KEY = "sk-ant-" + "api03-" + "w7Qe2RtY9uIo4PaS1dFg6HjK8lZx3CvB5nMqW0eRtYuIoPaSdFgHjKlZxCvBnM4r7T2y9U1i6O3p8A5s0DfGh"


@dataclass(frozen=True, slots=True)
class _Find:
    secret: Secret
    place: Evidence
    is_certain: bool


@rule(
    "SEC101",
    "no-secrets",
    "No secret is in the tree or history",
    item="version-control",
    level=MUST,
    tier="C",
    fix="Revoke the secret at {path} line {line} at its provider first, then read it from the environment.",
    fix_absent="Revoke each secret at its provider first, then read it from the environment.",
    fix_past="Revoke the secret that {path} held in commit {commit} at its provider; then take it out of the history "
    "with `git filter-repo`, or ignore SEC101 with the reason that it is revoked.",
    expected="keys and passwords come from the environment or a secret store",
    minutes=20,
    bad={"app.py": f'client = Anthropic(api_key="{KEY}")\n'},
    good={"app.py": 'import os\n\nclient = Anthropic(api_key=os.environ["ANTHROPIC_API_KEY"])\n'},
)
def no_secrets(repo: Repo) -> Outcome:
    """Robots read every public commit within minutes, and a key that they find is used at its owner's expense.

    Deleting the line is not enough: the history still holds it, so the key has to be revoked. A reviewer who sees a
    live key in a repository looks no further.
    """
    sieve = Sieve()
    found = list(_of_tree(repo, sieve))
    known = {(find.secret.provider, find.secret.shown) for find in found}
    older = _History(repo, sieve)
    found += [find for find in older.finds() if (find.secret.provider, find.secret.shown) not in known]
    certain = [find.place for find in found if find.is_certain]
    if certain:
        return failed(*certain)
    if found:
        return unknown(*(find.place for find in found))
    return passed(Evidence(remark=f"{older.told}; every file searched: {len(repo.paths)}"))


def _of_tree(repo: Repo, sieve: Sieve) -> Iterator[_Find]:
    for path in repo.paths:
        if _is_searched(path) and not path.endswith(".ipynb") and repo.size(path) <= LARGEST:
            yield from _finds(sieve, path, repo.text_or_none(path) or "")
    for book in repo.notebooks:
        for cell in book.cells:
            for find in _finds(sieve, book.path, f"{cell.source}\n{cell.outputs}"):
                yield _Find(find.secret, at(book.path, find.place.remark, cell=cell.number), find.is_certain)


@lru_cache(100_000)
def _is_searched(path: str) -> bool:
    return not (NO_TEXT.search(path) or is_foreign(path))


def _finds(sieve: Sieve, path: str, text: str, commit: str = "") -> Iterator[_Find]:
    seen = set()
    if len(text) > GENERATED and text.count("\n") < len(text) // LONG_LINES:
        return  # bundled scripts and indexes
    if not sieve.lets_through(text):
        return
    is_sample = bool(SAMPLE.search(path))
    is_doubtful = bool(commit) or is_sample  # a name alone says too little in samples and in what cannot be mended
    for secret in secrets_in(text):
        if (secret.provider, secret.shown) in seen or (secret.weak and is_doubtful):
            continue
        seen.add((secret.provider, secret.shown))
        remark = f"{secret.provider} {secret.shown}" + (", in an older version" if commit else "")
        place = Evidence(path, 0 if commit else secret.line, commit=commit, remark=remark)
        yield _Find(secret, place, secret.certain and not is_sample)


class _History:
    """The older versions of files, each content once, the likeliest first, up to a limit that is told."""

    def __init__(self, repo: Repo, sieve: Sieve) -> None:
        self.repo = repo
        self.sieve = sieve
        self.read = 0
        self.versions = 0
        self.left = 0

    @property
    def told(self) -> str:
        """How far the history was searched; what was left out comes first."""
        if self.left:
            told = f"history: {self.versions:,} of {self.versions + self.left:,} older versions searched"
            return f"{told}, the likeliest first, then the newest ({self.read // 1_000_000} MB)"
        if self.repo.git.is_shallow:
            return f"history: a shallow clone, only its {self.versions:,} older versions searched"
        if len(self.repo.git.commits) > DEEPEST:
            return f"history: older versions of the newest {DEEPEST:,} commits searched: {self.versions:,}"
        return f"history: every older version searched: {self.versions:,}"

    def finds(self) -> Iterator[_Find]:
        """What they hold; every secret once."""
        touches = self._unread()
        blobs = list(touches)
        seen = set()
        for number, (blob, content) in enumerate(self.repo.git.contents(blobs)):
            if number % BATCH == 0 and self.read > HISTORY:
                self.left = len(blobs) - number
                return
            self.read += len(content)
            self.versions += 1
            for find in self._in(touches[blob], content):
                if (find.secret.provider, find.secret.shown) not in seen:
                    seen.add((find.secret.provider, find.secret.shown))
                    yield find

    def _unread(self) -> dict[str, Touch]:
        """The versions that the tree does not show, by the ids of their contents."""
        big = {touch.blob for _, touch in self.repo.git.big_blobs}
        newest: set[str] = set()
        found: dict[str, Touch] = {}
        for touch in self.repo.git.touches:
            is_current = touch.path not in newest and self.repo.has(touch.path)
            newest.add(touch.path)
            if touch.status != "D" and not is_current and _is_searched(touch.path) and touch.blob not in big:
                found.setdefault(touch.blob, touch)
        inside = {blob: touch for blob, touch in found.items() if touch.path.startswith(self.repo.project)}
        likely_first = sorted(
            inside.items(), key=lambda item: (not LIKELY.search(item[1].path), item[1].path.endswith(".ipynb"))
        )
        return dict(likely_first)

    def _in(self, touch: Touch, content: bytes) -> Iterator[_Find]:
        if b"\0" in content[:8_192]:
            return
        if not touch.path.endswith(".ipynb"):
            yield from _finds(self.sieve, touch.path, content.decode("utf-8", errors="replace"), touch.commit)
            return
        cells = read_notebook(touch.path, content).cells
        yield from _finds(
            self.sieve, touch.path, "\n".join(f"{cell.source}\n{cell.outputs}" for cell in cells), touch.commit
        )


NAMED = regex(
    r"/(?:\.env(?:\.(?:local|prod(?:uction)?|dev(?:elopment)?|staging))?|[\w-]+\.env|kaggle\.json|"
    r"credentials(?:\.json)?|"
    r"client_secrets?[^/]*\.json|token\.(?:json|pickle)|service[-_]?account[^/]*\.json|[^/]*(?:key|cred)[^/]*\.json|"
    r"\.pypirc|\.netrc|\.npmrc|\.git-credentials|\.dockercfg|\.docker/config\.json|\.s3cfg|\.boto|id_(?:rsa|"
    r"dsa|ecdsa|ed25519)|"
    r"\.streamlit/secrets\.toml|secrets?\.(?:ya?ml|toml|json|ini|py)|terraform\.tfstate|[^/]+\.(?:pem|key|ppk|"
    r"p12|pfx|jks|keystore|kdbx))$",
    re.IGNORECASE,
)
BINARY = regex(r"\.(?:p12|pfx|jks|keystore|kdbx)$|(?:^|/)token\.pickle$", re.IGNORECASE)
SECRET_LINE = regex(
    r"(?:^|[{,])[ \t\"']{0,20}(?:export[ \t]+)?[\w.-]{0,60}?(?:pass(?:word|wd)?|secret|token|api_?key|access_?key|auth|"
    r"private_?key|\bkey|_key)\w{0,20}"
    r"[\"']?[ \t]{0,4}[:=][ \t]{0,4}[\"']?([^\s\"'#,]{8,})",
    re.IGNORECASE | re.MULTILINE,
)
ENCRYPTED = regex(r"\$ANSIBLE_VAULT|ENC\[|sops|GITCRYPT|age-encryption|kind: SealedSecret", re.IGNORECASE)
PRIVATE = regex(r"-----BEGIN [A-Z ]{0,20}PRIVATE KEY")


@rule(
    "SEC102",
    "no-secret-files",
    "No file of credentials is tracked",
    item="version-control",
    level=MUST,
    tier="C",
    fix="Revoke what {path} holds, remove it with `git rm --cached`, and add it to .gitignore.",
    expected="files such as .env and kaggle.json are ignored, and an .env.example shows the names",
    minutes=15,
    bad={".env": "DATABASE_PASSWORD=w7Qe2RtY9uIo4P\n"},
    good={".env.example": "DATABASE_PASSWORD=\n", ".gitignore": ".env\n"},
)
def no_secret_files(repo: Repo) -> Outcome:
    """A file such as `.env`, `kaggle.json` or `id_rsa` exists to hold what nobody else may see.

    Once it is tracked, every later change to it is published as well, and every clone carries it. Track an example
    with the names and without the values.
    """
    named = [path for path in repo.paths if NAMED.search(f"/{path}") and not is_foreign(path)]
    found = [evidence for path in named for evidence in _credentials(repo, path)]
    real = [evidence for evidence in found if not SAMPLE.search(evidence.path)]
    if real:
        return failed(*real)
    return passed(*_harmless(named, found))


def _harmless(named: list[str], found: list[Evidence]) -> Iterable[Evidence]:
    in_samples = {evidence.path for evidence in found}
    told = [at(path, "belongs to a sample" if path in in_samples else "holds nothing secret") for path in named]
    return told or [Evidence(remark="no file of this kind is tracked")]


def _credentials(repo: Repo, path: str) -> Iterator[Evidence]:
    """What makes a file with a telling name one of credentials; nothing where it holds none."""
    if BINARY.search(path):
        yield at(path, "a store of keys")
        return
    text = repo.text_or_none(path) or ""
    if ENCRYPTED.search(text[:5_000]):
        return
    if found := PRIVATE.search(text):
        yield at(path, "a private key", text.count("\n", 0, found.start()) + 1)
        return
    if path.lower().endswith((".pem", ".key", ".ppk", ".py")):
        return  # certificates and public keys; code is SEC101's
    for match in SECRET_LINE.finditer(text[:LARGEST]):
        if not _is_empty_or_sample(match[1]):
            yield at(path, f"a value {match[1][0]}…", text.count("\n", 0, match.start(1)) + 1)
            return


def _is_empty_or_sample(value: str) -> bool:
    lowered = value.lower()
    words = re.fullmatch(r"[a-z]+(?:[-_. ][a-z]+)*\d{0,4}", lowered)
    harmless = re.match(r"(?:https?|file|redis|sqlite)://|[./~]|true|false|none|null", lowered)
    return is_placeholder(value) or bool(words) or bool(harmless)


RULES = (no_secrets, no_secret_files)
