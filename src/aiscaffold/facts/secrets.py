"""Secrets in texts: the keys of known providers by their form, and passwords that look drawn at random.

A finding carries the provider and a few first characters, never the secret itself.
"""

import base64
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from aiscaffold.regex import regex

CONTEXT = 80  # characters before a find that are looked at
SHORT = 12  # secrets below this show only one character
MOST = 50  # finds in one text
MOST_LINES = 200_000  # that are remembered, in some 20 MB; a forgotten one is looked at again


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret in a text. A `certain` one has its provider's own form; others may be harmless.

    A `weak` one is told by its name alone: a value that may not be drawn at random, or that may grant nothing.
    """

    provider: str
    line: int
    shown: str
    certain: bool
    weak: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """What the keys of one provider look like; `marks` are substrings without which none can be there."""

    provider: str
    marks: tuple[str, ...]
    pattern: re.Pattern[str]
    bits: float = 3.0  # of entropy per character that the secret part has at least
    certain: bool = True
    excused: Callable[[str, "re.Match[str]"], bool] | None = None
    spans_lines: bool = False


class Sieve:
    """Tells which of many texts may hold a secret; of versions of one file it looks at each line once."""

    def __init__(self) -> None:
        self.seen: set[str] = set()
        self.telling: set[str] = set()

    def lets_through(self, text: str) -> bool:
        """Whether `secrets_in` could find anything."""
        lines = set(text.split("\n"))
        fresh = lines - self.seen
        if fresh:
            if len(self.seen) > MOST_LINES:
                self.seen.clear()
            self.seen |= fresh
            joined = "\n".join(fresh)
            forms = dict.fromkeys(form for form in FORMS for mark in form.marks if mark in joined)
            self.telling.update(line for line in fresh if any(_may_be_in(line, form) for form in forms))
        return not self.telling.isdisjoint(lines)


def _may_be_in(line: str, form: Form) -> bool:
    if not any(mark in line for mark in form.marks):
        return False
    return form.spans_lines or form.pattern.search(line) is not None


def secrets_in(text: str) -> Iterator[Secret]:
    """Every secret of a text, form by form."""
    found = 0
    for form in FORMS:
        if not any(mark in text for mark in form.marks):
            continue
        for match in form.pattern.finditer(text):
            if _is_real(text, form, match):
                value = match[1]
                line = text.count("\n", 0, match.start(1)) + 1
                shown = value[: 4 if len(value) >= SHORT else 1] + "…"
                certain = form.certain and (form.bits != DRAWN or _is_drawn(value))
                yield Secret(form.provider, line, shown, certain, form.bits == DRAWN and not certain)
                found += 1
                if found >= MOST:
                    return


def is_placeholder(value: str) -> bool:
    """Whether a value stands for a secret: an example, a mask, a variable, a word."""
    lowered = value.lower()
    if PLACEHOLDER.search(lowered) or any(run in lowered for run in RUNS):
        return True
    return len(set(value)) < min(8, len(value) // 2)


def _is_drawn(value: str) -> bool:
    """Whether a value is drawn at random beyond doubt: a long hexadecimal number, letters of both cases and digits."""
    kinds = all(re.search(kind, value) for kind in ("[a-z]", "[A-Z]", r"\d.*\d"))
    return bool(HEX_DIGEST.fullmatch(value)) or (kinds and bool(re.fullmatch(r"[\w-]{20,}", value)))


def bits(value: str) -> float:
    """Shannon's entropy per character."""
    size = len(value)
    return -sum(count / size * math.log2(count / size) for count in Counter(value).values()) if size else 0.0


def _is_real(text: str, form: Form, match: "re.Match[str]") -> bool:
    value = match[1]
    before = text[match.start(1) - 1 : match.start(1)] if match.start(1) else ""
    if before.isalnum() or is_placeholder(value) or bits(value) < form.bits:
        return False
    return form.excused is None or not form.excused(text, match)


PLACEHOLDER = regex(
    r"example|your|x{4}|\*{3}|\.{3}|changeme|change[_-]me|dummy|fake|placeholder|redacted|insert|replace|sample|"
    r"[<>{}$]|todo|not[_-]?a[_-]?real|test[_-]?key|foobar|notreal|hunter2|aaaa|0000|\bmock|deadbeef|"
    r"my[_-](?:api|secret|token|key)"
)
RUNS = ("123456", "abcdef", "abc123", "qwerty", "987654")
STRONG = 4.2  # bits of entropy per character, of 40 characters drawn at random
DRAWN = 3.01  # of the forms that only a name tells of
WORDY = regex(
    r"[A-Za-z]+(?:[-_. /:](?:[A-Za-z]+|\d{1,4}))*[-_.:/]?\d{0,4}|[a-z_][a-z0-9_]{0,40}(?:\.[a-z0-9_]{1,40}){2,20}|"
    r"[\w.]+\([^)]*\)?|https?:.*|[./~].*"
)
HEX_DIGEST = regex(r"[0-9a-f]{32,128}")


def _is_signed_address(text: str, match: "re.Match[str]") -> bool:
    """The key's id in an address that was signed for one download is no secret."""
    return bool(
        re.search(
            r"(?:Credential|AWSAccessKeyId|AccessId)(?:=|%3D)$", text[max(0, match.start() - CONTEXT) : match.start()]
        )
    )


def _lacks_secret_key(text: str, match: "re.Match[str]") -> bool:
    """An id is of use only beside its secret key."""
    near = text[max(0, match.start() - 600) : match.end() + 600]
    keys = re.findall(r"(?<![A-Za-z0-9/+=])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])", near)
    strong = [key for key in keys if bits(key) > STRONG and re.search(r"[A-Z]", key) and re.search(r"[a-z]", key)]
    return _is_signed_address(text, match) or not any(not is_placeholder(key) for key in strong)


def _is_public_token(_: str, match: "re.Match[str]") -> bool:
    """A token that carries no right, or that a page of documentation shows."""
    body = match[1].split(".")[1]
    try:
        claims = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)).decode("utf-8", errors="replace")
    except ValueError:
        return True
    return not claims.startswith("{") or bool(re.search(r'"anon"|John Doe|1234567890|"sub":"?test|example', claims))


def _is_local(text: str, match: "re.Match[str]") -> bool:
    """A password for a database on one's own machine, or one that says that it is none."""
    host = text[match.end() : match.end() + 60].lower()
    value = match[1].lower()
    local = re.match(
        r"(?:localhost|127\.|10\.|192\.168\.|0\.0\.0\.0|host\b|db\b|postgres|mysql|mongo(?:db)?[:/]|redis|"
        r"rabbit|database|server|hostname|[\w-]+(?:[:/]|$)(?!.*\.))|[^/]{0,40}example",
        host,
    )
    return bool(local) or bool(
        re.fullmatch(
            r"(?:pass(?:word|wd)?|pwd|postgres|root|admin|user|secret|guest|test|mysql|(?:super|top|"
            r"my)?[-_]?secret|[<%$({].*)\d{0,4}",
            value,
        )
    )


def _is_no_password(text: str, match: "re.Match[str]") -> bool:
    """A word, a name, an address or a digest instead of something drawn at random."""
    value = match[1]
    mixed = sum(bool(re.search(kind, value)) for kind in ("[a-z]", "[A-Z]", r"\d")) >= 2  # noqa: PLR2004 - kinds
    name = text[match.start() : match.start(1)].lower()
    public = re.search(
        r"public|publishable|token_?(?:type|url|uri|id)|_url|_path|_name|file|regex|hash|site_?key|pad|unk|mask", name
    )
    return not mixed or bool(WORDY.fullmatch(value)) or bool(public) or value.startswith("django-insecure-")


def _form(provider: str, marks: str, pattern: str, **more: float | bool | Callable[..., bool]) -> Form:
    return Form(provider, tuple(marks.split()), regex(pattern), **more)  # type: ignore[arg-type]


# What follows the word, which ends the name: `tokenizer_id` is no token.
NAMED = (
    r"(?i:[_-]?(?:(?:access[_-]?)?key|value|prod(?:uction)?|dev|live|\d{1,2})){0,2}"
    r"[\"']?\]?\)?[ \t]{0,4}(?:=|:|=>|,)[ \t]{0,4}[\"']([^\"'\s]{16,120})[\"']"
)
FORMS: tuple[Form, ...] = (
    _form("AWS key", "AKIA ASIA", r"((?:AKIA|ASIA)[A-Z2-7]{16})(?![A-Za-z0-9])", excused=_lacks_secret_key),
    _form("AWS key id", "AKIA", r"(AKIA[A-Z2-7]{16})(?![A-Za-z0-9])", certain=False, excused=_is_signed_address),
    _form("GitHub token", "ghp_ gho_ ghu_ ghs_ ghr_", r"(gh[pousr]_[A-Za-z0-9]{36,251})(?!\w)"),
    _form("GitHub token", "github_pat_", r"(github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59})"),
    _form("GitLab token", "glpat-", r"(glpat-[\w-]{20,64})"),
    _form("OpenAI key", "T3BlbkFJ", r"(sk-[\w-]{16,120}T3BlbkFJ[\w-]{16,120})"),
    _form("OpenRouter key", "sk-or-v1-", r"(sk-or-v1-[0-9a-f]{64})"),
    _form("Anthropic key", "sk-ant-", r"(sk-ant-(?:api|admin|oat)\d\d-[\w-]{80,120})"),
    _form("Hugging Face token", "hf_", r"(hf_[A-Za-z]{34})(?![A-Za-z0-9_])"),
    _form("Google key", "AIza", r"(AIza[\w-]{35})(?![\w-])", certain=False),
    _form("Google OAuth secret", "GOCSPX-", r"(GOCSPX-[\w-]{28})"),
    _form("Slack token", "xox", r"(xox[baprs]-\d{8,14}-[\w-]{10,120})"),
    _form(
        "Slack webhook",
        "hooks.slack.com",
        r"hooks\.slack\.com/services/(T[A-Z0-9]{8,12}/B[A-Z0-9]{8,12}/[A-Za-z0-9]{20,30})",
    ),
    _form("Discord webhook", "/api/webhooks/", r"discord(?:app)?\.com/api/webhooks/(\d{17,20}/[\w-]{60,80})"),
    _form("Telegram token", ":AA", r"(\d{8,10}:AA[\w-]{33})(?![\w-])"),
    _form("Stripe key", "_live_", r"([sr]k_live_[A-Za-z0-9]{24,120})"),
    _form(
        "Kaggle key",
        "\"username\" 'username'",
        r"[\"']username[\"']\s{0,4}:\s{0,4}[\"'][\w-]{2,60}[\"']\s{0,4},\s{0,4}[\"']key[\"']\s{0,4}:\s{0,4}[\"']([0-9a-f]{32})[\"']",
        spans_lines=True,
    ),
    _form(
        "Kaggle key",
        "KAGGLE_KEY",
        r"KAGGLE_KEY[\"']?\]?\s{0,4}[=:]\s{0,4}[\"']?([0-9a-f]{32})(?![0-9a-f])",
        spans_lines=True,
    ),
    _form(
        "Weights & Biases key",
        "wandb WANDB",
        r"(?:wandb\.login\(|wandb login|WANDB_API_KEY)[^\n]{0,30}?([0-9a-f]{40})(?![0-9a-f])",
    ),
    _form("Azure storage key", "AccountKey=", r"AccountKey=([A-Za-z0-9+/]{86}==)"),
    _form("npm token", "npm_", r"(npm_[A-Za-z0-9]{36})(?!\w)"),
    _form("PyPI token", "pypi-AgE", r"(pypi-AgE[\w-]{50,250})"),
    _form("Twilio key", "SK", r"(SK[0-9a-f]{32})(?![0-9a-f])"),
    _form("SendGrid key", "SG.", r"(SG\.[\w-]{22}\.[\w-]{43})(?![\w-])"),
    _form("Databricks token", "dapi", r"(dapi[0-9a-f]{32})(?![0-9a-f])"),
    _form("DigitalOcean token", "dop_v1_", r"(dop_v1_[0-9a-f]{64})"),
    _form("Replicate token", "r8_", r"(r8_[A-Za-z0-9]{37})(?!\w)"),
    _form("Groq key", "gsk_", r"(gsk_[A-Za-z0-9]{52})(?!\w)"),
    _form("LangSmith key", "lsv2_", r"(lsv2_(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10})"),
    _form("Pinecone key", "pcsk_", r"(pcsk_\w{60,90})"),
    _form("Tavily key", "tvly-", r"(tvly-(?:dev-)?[A-Za-z0-9]{32})(?!\w)"),
    _form("NVIDIA key", "nvapi-", r"(nvapi-[\w-]{60,70})"),
    _form(
        "private key",
        "PRIVATE KEY-----",
        r"(-----BEGIN (?:(?:RSA|EC|DSA|OPENSSH|PGP|ENCRYPTED) )?PRIVATE KEY(?: BLOCK)?-----(?:\s|\\[nr]|"
        r"[A-Za-z-]+: [^\n]{1,80}\n){0,9}[A-Za-z0-9+/=]{40,})",
        spans_lines=True,
    ),
    _form(
        "password in an address",
        "://",
        r"(?:mongodb(?:\+srv)?|postgres(?:ql)?(?:\+\w{1,20})?|mysql(?:\+\w{1,20})?|rediss?|"
        r"amqps?)://[^\s:/@\"']{1,60}:([^\s@/\"']{6,80})@",
        bits=2.3,
        excused=_is_local,
    ),
    _form(
        "JSON web token",
        "eyJ",
        r"(eyJ[\w-]{10,200}\.eyJ[\w-]{10,2000}\.[\w-]{20,600})",
        certain=False,
        excused=_is_public_token,
    ),
    _form("password", "assword ASSWORD", r"(?:assword|ASSWORD)" + NAMED, bits=DRAWN, excused=_is_no_password),
    _form("secret", "ecret ECRET", r"(?:ecret|ECRET)" + NAMED, bits=DRAWN, excused=_is_no_password),
    _form(
        "key", "pi_key PI_KEY piKey pikey", r"(?:pi_key|PI_KEY|pi_?[kK]ey)" + NAMED, bits=DRAWN, excused=_is_no_password
    ),
    _form(
        "key in an address",
        "pi_key= pikey= ppid= piKey=",
        r"(?:pi_?[kK]ey|ppid)=([A-Za-z0-9]{24,64})(?![\w-])",
        excused=_is_no_password,
    ),
    _form("token", "TOKEN oken", r"(?:TOKEN|[Tt]oken)" + NAMED, bits=DRAWN, certain=False, excused=_is_no_password),
)
