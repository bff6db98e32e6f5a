"""Reads what somebody else wrote: nothing is taken for granted, everything has a limit, every failure is Unreadable."""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import Any

FILE_BYTES_MAX = 32 * 1024 * 1024
JSON_DEPTH_MAX = 64
NUMBER_DIGITS_MAX = 32


class Unreadable(Exception):
    """The file, or the key, cannot be read; the text says what and where."""


def read_bytes(path: str, limit: int, what: str) -> bytes:
    """The bytes of a file that is no longer than the limit."""
    try:
        with open(path, "rb") as file:
            data = file.read(limit + 1)
    except (OSError, ValueError) as error:
        raise Unreadable(f"{what} {path!r} cannot be opened: {getattr(error, 'strerror', None) or error}") from None
    if len(data) > limit:
        raise Unreadable(f"{what} {path!r} is longer than {limit} bytes")
    return data


_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_BRACKET = re.compile(r"[\[\]{}]")


def parse_json(text: str, what: str) -> Any:
    """JSON without duplicate fields, endless nesting, endless numbers, NaN or infinity."""
    depth = 0
    for match in _BRACKET.finditer(_STRING.sub("", text)):
        depth += 1 if match.group() in "[{" else -1
        if depth > JSON_DEPTH_MAX:
            raise Unreadable(f"{what} is nested deeper than {JSON_DEPTH_MAX}")
    try:
        return json.loads(
            text,
            object_pairs_hook=_object_of,
            parse_constant=_refuse_constant,
            parse_int=_int_of,
            parse_float=_float_of,
        )
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"{what} is not JSON as it should be: {error}") from None


def _object_of(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("an object names a field twice")
    return found


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _int_of(text: str) -> int:
    if len(text) > NUMBER_DIGITS_MAX:
        raise ValueError("a number is too long")
    return int(text)


def _float_of(text: str) -> float:
    if len(text) > NUMBER_DIGITS_MAX:
        raise ValueError("a number is too long")
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError("a number is too large")
    return number


def fields_of(value: Any, where: str, required: str, optional: str = "") -> dict[str, Any]:
    """An object that has exactly these fields; a field that is not understood is not passed over."""
    if not isinstance(value, dict):
        raise Unreadable(f"{where} is no object")
    for name in required.split():
        if name not in value:
            raise Unreadable(f"{where} has no field {name}")
    known = {*required.split(), *optional.split()}
    for name in value:
        if name not in known:
            raise Unreadable(f"{where} has a field {str(name)[:40]!r}, which this verifier does not know")
    return value


def text_of(value: Any, where: str, length_max: int = 10_000) -> str:
    """A string that can be written as UTF-8."""
    if not isinstance(value, str) or len(value) > length_max:
        raise Unreadable(f"{where} is no text of at most {length_max} characters")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise Unreadable(f"{where} is no proper Unicode text") from None
    return value


def number_of(value: Any, where: str) -> int:
    """A whole number from 0 to 2^53 - 1."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**53:
        raise Unreadable(f"{where} is no whole number from 0 to 2^53 - 1")
    return value


def list_of(value: Any, where: str, length_max: int) -> list[Any]:
    """A list of at most so many."""
    if not isinstance(value, list) or len(value) > length_max:
        raise Unreadable(f"{where} is no list of at most {length_max} entries")
    return value


def base64_of(value: Any, where: str, length_max: int) -> bytes:
    """Bytes; the one base64 text that they have, and no other."""
    if not isinstance(value, str) or len(value) > length_max * 4 // 3 + 4:
        raise Unreadable(f"{where} is no base64 of at most {length_max} bytes")
    try:
        data = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise Unreadable(f"{where} is no base64") from None
    if base64.b64encode(data).decode() != value:
        raise Unreadable(f"{where} is no base64 as it is written")
    return data
