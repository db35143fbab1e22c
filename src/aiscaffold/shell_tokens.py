"""The words and operators of a shell script, with their lines: bash and sh, and enough of PowerShell and cmd."""

from dataclasses import dataclass

from aiscaffold.regex import regex

_BARE = regex(r"[^\s;&|()<>\"'\\$`{]+")
_BLANK = regex(r"[^\S\n]+")
_REDIRECT = regex(r"\d{0,2}(?:<<<|<<-?|>>|>\||<>|[<>]&|[<>](?!\())|&>>?")
_OPERATOR = regex(r"\n|&&|\|\||;;&?|;&|\|&|[;&|()]")
_IN_QUOTES = regex(r"[\"\\$`]")
_IN_PARENS = regex(r"[()'\"\\]")
_CONTINUED = ("\\\n", "`\n", "^\n")
_LONGEST_EXPRESSION = 500
_ENDS_WORD = frozenset(" \t\r\f\v\n;&|<>)")


@dataclass(frozen=True, slots=True)
class Token:
    """A word or an operator; `inner` are the command substitutions of a word, with the lines that they start on."""

    text: str
    line: int
    is_word: bool
    inner: tuple[tuple[str, int], ...] = ()


def tokens(script: str) -> list[Token]:
    """The tokens of a script: comments, redirections and here-documents left out, quotes taken off."""
    return _Scanner(script.replace("\r\n", "\n")).scan()


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.line = 1
        self.found: list[Token] = []
        self.redirect = ""
        self.here_documents: list[str] = []

    def scan(self) -> list[Token]:
        while self.at < len(self.text):
            self._step()
        return self.found

    def _step(self) -> None:
        if self.text.startswith(_CONTINUED, self.at):
            self._skip(2)
        elif blank := _BLANK.match(self.text, self.at):
            self.at = blank.end()
        elif self.text[self.at] == "#":
            self.at = self._find("\n", self.at)
        elif redirect := _REDIRECT.match(self.text, self.at):
            self.redirect = redirect[0].lstrip("0123456789")
            self.at = redirect.end()
        elif operator := _OPERATOR.match(self.text, self.at):
            self._operator(operator[0])
        else:
            self._word()

    def _operator(self, text: str) -> None:
        self.found.append(Token(text, self.line, is_word=False))
        self.redirect = ""
        self._skip(len(text))
        if text == "\n":
            self._here_documents()

    def _here_documents(self) -> None:
        for end in self.here_documents:
            while self.at < len(self.text):
                newline = self._find("\n", self.at)
                text = self.text[self.at : newline]
                self._skip(newline + 1 - self.at)
                if text.strip() == end:
                    break
        self.here_documents.clear()

    def _word(self) -> None:
        line, parts, inner = self.line, list[str](), list[tuple[str, int]]()
        while self.at < len(self.text) and not self._ends_word(parts):
            self._part(parts, inner)
        if not self.redirect:
            self.found.append(Token("".join(parts), line, True, tuple(inner)))
        elif self.redirect in ("<<", "<<-"):
            self.here_documents.append("".join(parts))
        self.redirect = ""

    def _ends_word(self, parts: list[str]) -> bool:
        if self.text.startswith(("<(", ">("), self.at):
            return False
        if self.text[self.at] == "(":  # an array, or a pattern of bash, goes on
            return not (parts and parts[-1].endswith(("=", "@", "?", "!")))
        return self.text[self.at] in _ENDS_WORD

    def _part(self, parts: list[str], inner: list[tuple[str, int]]) -> None:
        text, at = self.text, self.at
        if bare := _BARE.match(text, at):
            parts.append(bare[0])
            self.at = bare.end()
        elif text[at] == "'":
            parts.append(self._take(self._find("'", at + 1) + 1)[1:].removesuffix("'"))
        elif text[at] == '"':
            self._skip(1)
            self._quoted(parts, inner)
        elif text[at] == "\\":
            self._escape(parts)
        elif text[at] == "{":
            parts.append(self._take(self._braces_end() if text.startswith("{{", at) else at + 1))
        elif text[at] in "(<>":
            parts.append(self._take(self._parens_end(at + (1 if text[at] == "(" else 2))))
        else:
            self._substitution(parts, inner)

    def _escape(self, parts: list[str]) -> None:
        following = self.text[self.at + 1 : self.at + 2]
        self._skip(2)
        # Before a letter a backslash means nothing in sh: whoever writes it there writes a path of Windows.
        if following != "\n":
            parts.append(f"/{following}" if following.isalnum() else following)

    def _quoted(self, parts: list[str], inner: list[tuple[str, int]]) -> None:
        while self.at < len(self.text):
            special = _IN_QUOTES.search(self.text, self.at)
            parts.append(self._take(special.start() if special else len(self.text)))
            if special is None:
                return
            if special[0] == '"':
                self._skip(1)
                return
            if special[0] == "\\":
                escaped = self._take(self.at + 2)
                parts.append(escaped[1:] if escaped[1:] in ('"', "\\", "$", "`") else escaped.replace("\\\n", ""))
            else:
                self._substitution(parts, inner)

    def _substitution(self, parts: list[str], inner: list[tuple[str, int]]) -> None:
        text, at, line = self.text, self.at, self.line
        if text.startswith("${{", at):
            parts.append(self._take(self._braces_end()))
        elif text.startswith("$((", at):
            parts.append(self._take(self._parens_end(at + 2)))
        elif text.startswith("$(", at):
            parts.append(self._take(self._parens_end(at + 2)))
            inner.append((parts[-1][2:].removesuffix(")"), line))
        elif text.startswith("${", at):
            parts.append(self._take(self._find("}", at) + 1))
        elif text[at] == "`":
            parts.append(self._take(self._find("`", at + 1) + 1))
            inner.append((parts[-1][1:].removesuffix("`"), line))
        else:
            parts.append(self._take(at + 1))

    def _braces_end(self) -> int:
        end = self.text.find("}}", self.at, self.at + _LONGEST_EXPRESSION)
        return end + 2 if end >= 0 and "\n" not in self.text[self.at : end] else self.at + 1

    def _parens_end(self, at: int) -> int:
        """Where the parenthesis ends that was opened before `at`."""
        depth = 1
        while depth and (special := _IN_PARENS.search(self.text, at)):
            at = special.end()
            if special[0] in "'\"":
                at = self._find(special[0], at) + 1
            elif special[0] == "\\":
                at += 1
            else:
                depth += 1 if special[0] == "(" else -1
        return at if depth == 0 else len(self.text)

    def _find(self, text: str, at: int) -> int:
        found = self.text.find(text, at)
        return found if found >= 0 else len(self.text)

    def _take(self, end: int) -> str:
        taken = self.text[self.at : end]
        self._skip(end - self.at)
        return taken

    def _skip(self, characters: int) -> None:
        self.line += self.text.count("\n", self.at, self.at + characters)
        self.at += characters
