"""reStructuredText, as far as a README uses it: no directive is run and no file included."""

import re
from collections.abc import Iterator

from aiscaffold.document import Code, Document, Draft, Link, Table, split_lines
from aiscaffold.regex import regex

ADORNMENT = regex(r"([=\-~^\"'`#*+<>_:.!$%&,/;?@\\|])\1{2,}\s*\Z")
DIRECTIVE = regex(r"\.\. (?:\|(?P<subst>[^|]{1,200})\| )?(?P<name>[\w:+-]{1,60})::(?:\s+(?P<argument>.*))?\Z")
TARGET = regex(r"\.\. _(?:`(?P<quoted>[^`]{1,200})`|(?P<name>[^:`]{1,200}|_)):(?:\s+(?P<url>\S.*))?\Z")
OPTION = regex(r":([\w-]{1,40}):\s*(.*)\Z")
ITEM = regex(r"(?:[-*+•]|\(?(?:\d{1,3}|[a-zA-Z#])[.)])\s+(?=\S)")
FIELD = regex(r":[\w -]{1,60}:(?:\s|\Z)")
INLINE = regex(
    r"``(?P<code>[^`\n](?:[^`]|`(?!`)){0,200}?)``"
    r"|(?::[\w:.+-]{1,60}:)`(?P<role>[^`]{1,500})`"
    r"|`(?P<text>[^`<]{0,500})<(?P<url>[^<>`]{1,2000})>`__?"
    r"|`(?P<ref>[^`]{1,300})`__?"
    r"|\|(?P<subst>[^|\s][^|]{0,200})\|_{0,2}"
    r"|(?P<bare>https?://[^\s<>\"'`)\]}]{1,2000})"
    r"|\b(?P<word>[A-Za-z0-9][\w.-]{0,100})__?(?=[\s.,;:!?)]|\Z)"
)
EMPHASIS = regex(r"(?<![\w*])(\*{1,2})(?=\S)([^*\n]{1,500}?)\1(?![\w*])")
CODE = frozenset({"code", "code-block", "sourcecode", "parsed-literal", "prompt", "ipython", "doctest", "testcode"})
PICTURES = frozenset({"image", "figure", "video"})
ADMONITIONS = frozenset(
    """note warning tip important hint caution danger attention error admonition pull-quote epigraph topic sidebar
    container versionadded versionchanged deprecated seealso centered""".split()  # noqa: SIM905 - a list of names
)
SHORT = 4  # characters from which an underline may be shorter than its title
SIMPLE_RULE = regex(r"=+(?: +=+)+\s*\Z")
GRID_RULE = regex(r"\+(?:[-=]+\+)+\s*\Z")


def read_rst(path: str, text: str) -> Document:
    """Read a reStructuredText file."""
    draft = Draft(path, split_lines(text))
    _Reader(draft).read()
    return draft.finish()


class _Reader:
    """Goes through the lines, block by block."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.lines = [line.expandtabs(8).rstrip() for line in draft.readable()]
        self.levels: list[str] = []  # adornments in the order of their first use
        self.targets = dict(self._targets())

    def _targets(self) -> Iterator[tuple[str, str]]:
        for line in self.lines:
            if found := TARGET.match(line.strip()):
                name = found["quoted"] or found["name"]
                self.draft.anchors.add(re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-"))
                if found["url"]:
                    yield " ".join(name.lower().split()), found["url"].strip("<>`")

    def read(self) -> None:
        """Read the whole document."""
        number = 0
        while number < len(self.lines):
            number = self._block(number)

    def _block(self, number: int) -> int:
        """Read the block that begins at a line, and give the line after it."""
        bare = self.lines[number].strip()
        if after := self._heading(number):
            return after
        if bare.startswith(".. ") or bare == "..":
            return self._explicit(number)
        if bare.startswith(">>>"):
            return self._doctest(number)
        if GRID_RULE.match(bare) or SIMPLE_RULE.match(bare):
            return self._table(number)
        is_empty = not bare or bare == "__" or ADORNMENT.match(bare)
        return number + 1 if is_empty else self._paragraph(number)

    def _heading(self, number: int) -> int:
        over, title, under = [*self.lines[number : number + 3], "", ""][:3]
        is_rule, is_underlined = bool(ADORNMENT.match(over)), bool(ADORNMENT.match(title))
        if is_rule and title.strip() and not is_underlined and under and set(under) == set(over):
            return self._add_heading(over[0] * 2, title, number + 1, number + 3)
        if over[:1].strip() and not is_rule and is_underlined and len(title) >= min(len(over), SHORT):
            return self._add_heading(title[0], over, number, number + 2)
        return 0

    def _add_heading(self, style: str, title: str, number: int, after: int) -> int:
        if style not in self.levels:
            self.levels.append(style)
        shown = INLINE.sub(_shown, title)
        self.draft.add_heading(EMPHASIS.sub(r"\2", shown).strip(), self.levels.index(style) + 1, number + 1)
        return after

    def _explicit(self, number: int) -> int:
        """Read a directive, or step over a comment, a target or a footnote."""
        indent = _indent(self.lines[number])
        after = self._end(number, indent)
        found = DIRECTIVE.match(self.lines[number].strip())
        if not found:
            return after
        options, body = self._options(number + 1, after)
        name = found["name"].lower()
        argument = (found["argument"] or "").strip()
        if name in PICTURES:
            self._picture(found["subst"], argument, options, number)
            return body if name == "figure" else after
        if name in CODE:
            self._code("" if name == "parsed-literal" else argument, body, after)
        elif name == "list-table":
            self._list_table(body, after)
        elif name == "csv-table":
            self._csv_table(options, body, after)
        return min(body, after) if name in ADMONITIONS else after

    def _end(self, number: int, indent: int) -> int:
        """The line after a block whose further lines are indented more deeply than its first."""
        end = number + 1
        for later in range(number + 1, len(self.lines)):
            if self.lines[later]:
                if _indent(self.lines[later]) <= indent:
                    break
                end = later + 1
        return end

    def _options(self, number: int, end: int) -> tuple[dict[str, str], int]:
        """The options of a directive, and the first line of its content."""
        options: dict[str, str] = {}
        while number < end and (found := OPTION.match(self.lines[number].strip())):
            options[found[1]] = found[2]
            number += 1
        while number < end and not self.lines[number]:
            number += 1
        return options, number

    def _picture(self, name: str | None, target: str, options: dict[str, str], number: int) -> None:
        alt = options.get("alt", name or "")
        self.draft.add_image(target, alt, number + 1, is_linked="target" in options)
        if address := options.get("target"):
            self.draft.links.append(Link(self._resolved(address), alt, number + 1))

    def _resolved(self, address: str) -> str:
        name = address.strip("`").removesuffix("_").strip("`").lower()
        return self.targets.get(name, address) if address.endswith("_") else address

    def _code(self, language: str, start: int, end: int) -> None:
        body = self.lines[start:end]
        margin = min((_indent(line) for line in body if line), default=0)
        text = "\n".join(line[margin:] for line in body).strip("\n")
        if text:
            self.draft.add_block(language.split(maxsplit=1)[0].lower() if language else "", text + "\n", start + 1)

    def _doctest(self, number: int) -> int:
        end = number
        while end < len(self.lines) and self.lines[end]:
            end += 1
        self._code("python", number, end)
        return end

    def _paragraph(self, number: int) -> int:
        """Read a paragraph or a list item, and the literal block that it may announce."""
        indent = _indent(self.lines[number])
        item = ITEM.match(self.lines[number].strip())
        end = number + 1
        while end < len(self.lines) and self._continues(end, indent, is_item=bool(item)):
            end += 1
        text = "\n".join(line.strip() for line in self.lines[number:end])
        text = text[item.end() :] if item else text
        announces = text.endswith("::")
        if not FIELD.match(text):
            self._say(text.removesuffix("::") if announces else text, number + 1)
        if not announces:
            return end
        start = end
        while start < len(self.lines) and not self.lines[start]:
            start += 1
        after = self._end(end, indent) if start < len(self.lines) and _indent(self.lines[start]) > indent else end
        if after > start:
            self._code("", start, after)
        return max(after, end)

    def _continues(self, number: int, indent: int, *, is_item: bool) -> bool:
        line = self.lines[number]
        bare = line.strip()
        if not bare or bare.startswith((".. ", ">>>")) or ITEM.match(bare) or FIELD.match(bare):
            return False
        if self.lines[number - 1].endswith("::") and _indent(line) > indent:
            return False
        return is_item or _indent(line) == indent

    def _say(self, text: str, line: int) -> None:
        at, where = line, 0

        def take(found: re.Match[str]) -> str:
            nonlocal at, where
            at, where = at + text.count("\n", where, found.start()), found.start()
            self._note(found, at)
            if found["code"] or found["subst"] or found["bare"]:
                return ""
            return _shown(found)

        spoken = EMPHASIS.sub(r"\2", INLINE.sub(take, text.removeprefix("| ")))
        self.draft.add_prose(" ".join(spoken.split()), line)

    def _note(self, found: re.Match[str], line: int) -> None:
        if found["code"]:
            self.draft.codes.append(Code(found["code"], line))
        elif found["url"]:
            self.draft.links.append(Link(self._resolved(found["url"]), " ".join((found["text"] or "").split()), line))
        elif found["bare"]:
            target = found["bare"].rstrip(".,;:!?*_")
            self.draft.links.append(Link(target, target, line))
        elif target := self.targets.get(" ".join((found["ref"] or found["word"] or "").lower().split())):
            self.draft.links.append(Link(target, _shown(found), line))

    def _table(self, number: int) -> int:
        """Read a grid or a simple table; a cell over several lines of a grid gives several rows."""
        is_grid = self.lines[number].strip().startswith("+")
        end = number + 1
        while end < len(self.lines) and self.lines[end] and (not is_grid or self.lines[end].strip()[0] in "+|"):
            end += 1
        rows = [self._row(line, is_grid=is_grid) for line in self.lines[number:end]]
        self._add_table([row for row in rows if row], number + 1)
        return end

    def _row(self, line: str, *, is_grid: bool) -> tuple[str, ...]:
        bare = line.strip()
        if GRID_RULE.match(bare) or SIMPLE_RULE.match(bare):
            return ()
        cells = bare.strip("|").split("|") if is_grid else re.split(r" {2,}", bare)
        return tuple(cell.strip() for cell in cells if bare)

    def _list_table(self, number: int, end: int) -> None:
        rows: list[list[str]] = []
        for line in self.lines[number:end]:
            bare = line.strip()
            if bare.startswith("* -"):
                rows.append([bare[3:].strip()])
            elif rows and bare.startswith("-"):
                rows[-1].append(bare[1:].strip())
            elif rows and bare:
                rows[-1][-1] += " " + bare
        self._add_table([tuple(row) for row in rows], number + 1)

    def _csv_table(self, options: dict[str, str], number: int, end: int) -> None:
        rows = [options.get("header", ""), *(line.strip() for line in self.lines[number:end])]
        self._add_table([tuple(cell.strip(' "') for cell in row.split(",")) for row in rows if row], number + 1)

    def _add_table(self, rows: list[tuple[str, ...]], line: int) -> None:
        if rows:
            self.draft.tables.append(Table(rows[0], tuple(rows[1:]), line))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _shown(found: re.Match[str]) -> str:
    """What a reader sees of an inline element."""
    if found["role"]:
        return found["role"].partition("<")[0].strip().lstrip("~!")
    names = ("code", "text", "ref", "word", "bare")
    return next((found[name].strip() for name in names if found[name]), "")
