"""Shell scripts as the simple commands that they run, and commands without the wrappers around them."""

from dataclasses import dataclass, field, replace

from aiscaffold.folders import joined, target
from aiscaffold.regex import regex
from aiscaffold.shell_failures import Found, apply_set, is_strict, keeps_pipes, soften, waits
from aiscaffold.shell_tokens import Token, tokens
from aiscaffold.wrappers import plain

__all__ = ["Simple", "commands", "plain"]

_ASSIGNMENT = regex(r"(?:[A-Za-z_]\w*(?:\[[^]]*\])?\+?|\$env:\w+)=")
_ENDS_LINE = frozenset({"\n", ";", "&", ";;", ";&", ";;&"})
_DEEPEST = 40
_LONGEST = 100_000  # characters of a script that are read
_END = Token("\n", 0, is_word=False)


@dataclass(frozen=True, slots=True)
class Simple:
    """One simple command of a script.

    `line` counts from 1 within the script. A `soft` command's failure is swallowed. `cwd` is the folder that `cd`
    lines before it lead to, relative to the script's start: nothing where there is none, `?` where it is not known.
    """

    words: tuple[str, ...]
    line: int
    soft: bool
    cwd: str


def commands(script: str, *, pipefail: bool = False) -> tuple[Simple, ...]:
    """The simple commands of a script in their order, those of branches, loops and called functions among them.

    With `pipefail` the shell fails where any part of a pipe does.
    """
    return tuple(
        Simple(found.words, found.line, found.soft, found.cwd)
        for found in _parse(script[:_LONGEST], 1, descend=True, pipefail=pipefail)
    )


def _parse(script: str, line: int, *, descend: bool, pipefail: bool = False) -> list[Found]:
    parser = _Parser(tokens(script), line - 1, descend)
    while not parser.is_done:
        parser.sequence(frozenset())
        parser.next()
    apply_set(parser.found)
    if not (pipefail or keeps_pipes(parser.found) or "PIPESTATUS" in script):
        soften(parser.piped)
    if not waits(parser.found):
        soften(parser.background)
    return parser.found


@dataclass
class _Parser:
    tokens: list[Token]
    offset: int
    descend: bool
    at: int = 0
    depth: int = 0
    cwd: str = ""
    folders: list[str] = field(default_factory=list)
    found: list[Found] = field(default_factory=list)
    piped: list[Found] = field(default_factory=list)  # into another command
    background: list[Found] = field(default_factory=list)
    functions: dict[str, list[Found]] = field(default_factory=dict)

    @property
    def is_done(self) -> bool:
        return self.at >= len(self.tokens)

    def peek(self, ahead: int = 0) -> Token:
        return self.tokens[self.at + ahead] if self.at + ahead < len(self.tokens) else _END

    def next(self) -> Token:
        token = self.peek()
        self.at += 1
        return token

    def sequence(self, until: frozenset[str]) -> None:
        """Read commands up to a closing word, which is left to the caller."""
        before, separator = len(self.found), "\n"
        while not self.is_done:
            token = self.peek()
            if token.text in until or (not token.is_word and token.text in (")", ";;", ";&", ";;&")):
                return
            if not token.is_word and token.text in _ENDS_LINE:
                if token.text == "&" and not separator:
                    self.background += self.found[before:]
                separator = self.next().text
                continue
            start = len(self.found)
            self._and_or()
            if token.text == "exit" and not self.depth and len(self.found) == start + 1:
                self.at = len(self.tokens)  # in no branch, loop or function: nothing behind it is run
            if separator == ";" and self._swallows(start):
                soften(self.found[before:start])
            before, separator = start, ""

    def _swallows(self, start: int) -> bool:
        """Whether `; true` ended a line."""
        last = self.found[start:]
        is_end = self.is_done or self.peek().text == "\n"
        strict = any(command.words[:1] == ("set",) and is_strict(command.words[1:], False) for command in self.found)
        return (
            is_end
            and len(last) == 1
            and last[0].words[0] not in ("echo", "printf")
            and last[0].never_fails
            and not strict
        )

    def _and_or(self) -> None:
        parts, operator, first = [], "", len(self.found)
        while True:
            start = len(self.found)
            self._pipeline()
            parts.append((operator, start, len(self.found)))
            if self.peek().is_word or self.peek().text not in ("&&", "||"):
                break
            operator = self.next().text
            self._skip_newlines()
        for operator, start, end in parts:
            rescued = operator == "||" and start < end and self.found[end - 1].never_fails
            if rescued and not any(command.always_fails for command in self.found[start:]):
                soften(self.found[first:start])

    def _pipeline(self) -> None:
        while self.peek().is_word and self.peek().text in ("!", "time"):
            self.next()
        start = len(self.found)
        self._command()
        while not self.peek().is_word and self.peek().text in ("|", "|&"):
            self.piped += self.found[start:]
            start = len(self.found)
            self.next()
            self._skip_newlines()
            self._command()

    def _skip_newlines(self) -> None:
        while not self.is_done and not self.peek().is_word and self.peek().text == "\n":
            self.next()

    def _command(self) -> None:
        token = self.peek()
        self.depth += 1
        if self.depth > _DEEPEST:
            self.next()
        elif not token.is_word:
            self._group()
        elif token.text in self._COMPOUND:
            self._COMPOUND[token.text](self)
        elif not self.peek(1).is_word and self.peek(1).text == "(" and self.peek(2).text == ")":
            self._function(skip=3)
        else:
            self._simple()
        self.depth -= 1

    def _group(self) -> None:
        if self.next().text != "(":
            return
        cwd = self.cwd
        self.sequence(frozenset())
        self._close(")")
        self.cwd = cwd

    def _close(self, *words: str) -> None:
        if self.peek().text in words:
            self.next()

    def _braces(self) -> None:
        self.next()
        self.sequence(frozenset({"}"}))
        self._close("}")

    def _function(self, skip: int) -> None:
        name = self.peek(skip - len("()") - 1 if self.peek(skip - 1).text == ")" else 1).text
        self.at += skip
        self._skip_newlines()
        start, cwd, self.cwd = len(self.found), self.cwd, ""
        self._command()
        self.cwd = cwd
        self.functions[name] = self.found[start:]
        del self.found[start:]

    def _function_word(self) -> None:
        self._function(skip=4 if self.peek(2).text == "(" else 2)

    def _if(self) -> None:
        self.next()
        start = len(self.found)
        self.sequence(frozenset({"then"}))
        end = len(self.found)
        while not self.is_done and self.peek().text in ("then", "else", "elif"):
            self.next()
            self.sequence(frozenset({"then", "else", "elif", "fi"}))
        self._close("fi")
        if not any(command.always_fails for command in self.found[end:]):
            soften(self.found[start:end])

    def _loop(self) -> None:
        if self.next().text in ("for", "select"):
            while not self.is_done and self.peek().text not in ("do", "\n", ";"):
                self.next()
        self.sequence(frozenset({"do"}))
        self._close("do")
        self.sequence(frozenset({"done"}))
        self._close("done")

    def _case(self) -> None:
        while not self.is_done and self.next().text not in ("in", "\n"):
            pass
        while not self.is_done and self.peek().text != "esac":
            while self.peek().text not in (")", "esac") and not self.is_done:
                self.next()
            self._close(")")
            self.sequence(frozenset({"esac"}))
            self._close(";;", ";&", ";;&")
        self._close("esac")

    def _test(self) -> None:
        first = self.next()
        while not self.is_done and self.peek().text not in ("]]", "\n"):
            self.next()
        self._close("]]")
        self.found.append(Found((first.text,), first.line + self.offset, self.cwd))

    _COMPOUND = {  # noqa: RUF012 - a table, never written to
        "{": _braces,
        "if": _if,
        "while": _loop,
        "until": _loop,
        "for": _loop,
        "select": _loop,
        "case": _case,
        "function": _function_word,
        "[[": _test,
    }

    def _simple(self) -> None:
        words: list[str] = []
        line = self.peek().line + self.offset
        while self.peek().is_word:
            token = self.next()
            if self.descend:
                for script, start in token.inner:
                    self._inner(script, start)
            if words or not _ASSIGNMENT.match(token.text):
                words.append(token.text)
        is_assignment = len(words) > 1 and words[0].startswith("$") and words[1] in ("=", "+=")  # of PowerShell
        if words and not is_assignment:
            self._add(tuple(words), line)

    def _inner(self, script: str, line: int) -> None:
        for found in _parse(script, line + self.offset, descend=False):
            self.found.append(Found(found.words, found.line, joined(self.cwd, found.cwd), found.soft))

    def _add(self, words: tuple[str, ...], line: int) -> None:
        if words[0] in self.functions:
            for body in self.functions[words[0]]:
                self.found.append(replace(body, cwd=joined(self.cwd, body.cwd)))
            return
        self.found.append(Found(words, line, self.cwd))
        if words[0] in ("cd", "pushd", "chdir", "Set-Location"):
            self.folders.append(self.cwd)
            self.cwd = joined(self.cwd, target(words))
        elif words[0] == "popd" and self.folders:
            self.cwd = self.folders.pop()
