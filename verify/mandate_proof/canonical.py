"""RFC 8785, the one way to write a JSON value: what digests and signatures of plans, dossiers and statements are over."""

from __future__ import annotations

import hashlib
import json
from typing import Any

SAFE_MAX = 2**53


class NotCanonical(ValueError):
    """The value has no canonical form."""


def canonical(value: Any) -> bytes:
    """The bytes of a value in RFC 8785 form."""
    try:
        return _text(value).encode()
    except (UnicodeEncodeError, RecursionError):
        raise NotCanonical("a value has no canonical form") from None


def canonical_digest(value: Any) -> bytes:
    """SHA-256 over the RFC 8785 form."""
    return hashlib.sha256(canonical(value)).digest()


def _text(value: Any) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return str(value) if -SAFE_MAX <= value <= SAFE_MAX else number_text(float(value))
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(map(_text, value)) + "]"
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
        return "{" + ",".join(f"{json.dumps(n, ensure_ascii=False)}:{_text(value[n])}" for n in names) + "}"
    raise NotCanonical(f"a {type(value).__name__} has no canonical form")


def number_text(number: float) -> str:
    """A double as ECMAScript writes it (ECMA-262, Number::toString)."""
    if number != number or number in (float("inf"), float("-inf")):
        raise NotCanonical("neither NaN nor infinity has a canonical form")
    if number == 0:
        return "0"
    sign = "-" if number < 0 else ""
    mantissa, _, exponent = repr(abs(number)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    point = len(whole) + int(exponent or 0) - (len(whole + fraction) - len((whole + fraction).lstrip("0")))
    digits = digits.rstrip("0")
    count = len(digits)
    if count <= point <= 21:
        return sign + digits + "0" * (point - count)
    if 0 < point <= 21:
        return sign + digits[:point] + "." + digits[point:]
    if -6 < point <= 0:
        return sign + "0." + "0" * -point + digits
    power = f"e{'+' if point > 0 else '-'}{abs(point - 1)}"
    return sign + digits[0] + ("." + digits[1:] if count > 1 else "") + power
