"""Reads the text of a condition, for tests of applications only: what decides never reads text.

It takes what Licet CEL profile 1 has (docs/conditions.md) and gives the tree that the control plane would give; that is held by the
cases of `libs/conformance`. It checks neither types nor limits: whether a condition is a good one, `licet test` and `licet apply` tell.
"""

from __future__ import annotations

import re
from typing import Any, Final

Tree = dict[str, Any]
_TOKEN: Final = re.compile(
    r"""(?P<space>\s+|//[^\n]*)
    |(?P<number>0[xX][0-9a-fA-F]+|\d+\.\d+(?:[eE][+-]?\d+)?|\d+(?:[eE][+-]?\d+)?)
    |(?P<text>[rR]?(?:\"{3}(?s:.*?)\"{3}|'{3}(?s:.*?)'{3}|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'))
    |(?P<name>[A-Za-z_]\w*)
    |(?P<sign>&&|\|\||==|!=|<=|>=|[<>!().,\[\]-])""",
    re.VERBOSE,
)
_COMPARISONS: Final = {"==": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge", "in": "in"}
_LITERALS: Final = {"true": True, "false": False, "null": None}
_ESCAPES: Final = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_ESCAPE: Final = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2})|(.))", re.DOTALL)


def read_condition(text: str) -> Tree:
    """Give the tree of a condition. Raises ValueError where the text is not of the profile."""
    reader = _Reader(text)
    tree = reader.alternatives()
    if reader.next[0] != "end":
        raise reader.fault()
    return tree


class _Reader:
    """Reads from left to right, one method for each level of binding."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._start = 0
        self.next = ("end", "")
        self._step()

    def alternatives(self) -> Tree:
        return self._chain("||", "or", lambda: self._chain("&&", "and", self._comparison))

    def fault(self, why: str = "") -> ValueError:
        found = self.next[1] or "the end"
        return ValueError(f"cannot read the condition `{self._text}` at `{found}` (character {self._start + 1}){why and ': ' + why}")

    def _step(self) -> tuple[str, str]:
        """Give the token at hand, and go on to the next."""
        before = self.next
        while True:
            self._start = self._at
            if self._at == len(self._text):
                self.next = ("end", "")
                return before
            match = _TOKEN.match(self._text, self._at)
            if match is None:
                self.next = ("?", self._text[self._at])
                raise self.fault()
            self._at = match.end()
            if match.lastgroup != "space":
                self.next = (str(match.lastgroup), match[0])
                return before

    def _took(self, sign: str) -> bool:
        if self.next[1] == sign and self.next[0] in ("sign", "name"):
            self._step()
            return True
        return False

    def _must(self, sign: str) -> None:
        if not self._took(sign):
            raise self.fault(f"expected `{sign}`")

    def _chain(self, sign: str, op: str, operand: Any) -> Tree:
        """Read `a && b && c`; a chain in brackets joins the one around it."""
        parts = [operand()]
        while self._took(sign):
            parts.append(operand())
        if len(parts) == 1:
            return parts[0]  # type: ignore[no-any-return]
        return {"op": op, "args": [item for part in parts for item in (part["args"] if part["op"] == op else [part])]}

    def _comparison(self) -> Tree:
        left = self._unary()
        while self.next[0] in ("sign", "name") and self.next[1] in _COMPARISONS:
            op = _COMPARISONS[self._step()[1]]
            left = {"op": op, "args": [left, self._unary()]}
        return left

    def _unary(self) -> Tree:
        if self._took("!"):
            return {"op": "not", "args": [self._unary()]}
        if self._took("-"):
            number = self._primary()
            if number["op"] != "lit" or isinstance(number["value"], (bool, str)) or number["value"] is None:
                raise self.fault("`-` stands before a number only")
            return {"op": "lit", "value": -number["value"] or 0}
        return self._members(self._primary())

    def _primary(self) -> Tree:
        kind, word = self._step()
        if kind == "number":
            return {"op": "lit", "value": int(word, 16) if word[:2] in ("0x", "0X") else float(word)}
        if kind == "text":
            return {"op": "lit", "value": _unquoted(word)}
        if kind == "name":
            return {"op": "lit", "value": _LITERALS[word]} if word in _LITERALS else self._named(word)
        if word == "(":
            tree = self.alternatives()
            self._must(")")
            return tree
        if word == "[":
            return {"op": "list", "args": self._until("]")}
        raise self.fault()

    def _named(self, name: str) -> Tree:
        if not self._took("("):
            return {"op": "var", "path": [name]}
        args = self._until(")")
        if len(args) == 1 and name == "has" and args[0]["op"] == "var" and len(args[0]["path"]) > 1:
            return {"op": "has", "path": args[0]["path"]}
        if len(args) == 1 and name in ("size", "timestamp"):
            return {"op": name, "args": args}
        raise self.fault(f"`{name}` is not available like this")

    def _members(self, tree: Tree) -> Tree:
        while True:
            if self._took("["):
                key = self._primary()
                self._must("]")
                tree = self._member(tree, key.get("value"))
            elif self._took("."):
                name = self._step()[1]
                tree = self._method(tree, name) if self._took("(") else self._member(tree, name)
            else:
                return tree

    def _member(self, tree: Tree, name: Any) -> Tree:
        if tree["op"] != "var" or not isinstance(name, str):
            raise self.fault("only a path has members, and they are named by texts")
        return {"op": "var", "path": [*tree["path"], name]}

    def _method(self, tree: Tree, name: str) -> Tree:
        args = self._until(")")
        if name == "size" and not args:
            return {"op": "size", "args": [tree]}
        if name in ("startsWith", "endsWith", "contains") and len(args) == 1:
            return {"op": name, "args": [tree, args[0]]}
        if name in ("exists", "all") and len(args) == 2 and args[0]["op"] == "var" and len(args[0]["path"]) == 1:
            return {"op": name, "each": args[0]["path"][0], "args": [tree, args[1]]}
        raise self.fault(f"`{name}` is not available like this")

    def _until(self, end: str) -> list[Tree]:
        found: list[Tree] = []
        while not self._took(end):
            if found:
                self._must(",")
                if self._took(end):
                    break
            found.append(self.alternatives())
        return found


def _unquoted(token: str) -> str:
    raw = token[0] in "rR"
    text = token[1:] if raw else token
    width = 3 if text[:3] in ('"""', "'''") else 1
    text = text[width:-width]
    return text if raw else _ESCAPE.sub(_character, text)


def _character(match: re.Match[str]) -> str:
    code = match[1] or match[2] or match[3]
    if code:
        return chr(int(code, 16))
    return chr(int(match[4], 8)) if match[4] else _ESCAPES.get(match[5], match[5])
