"""Values that a JSON schema allows, made up at random: the grammar of the bodies that are sent."""

import base64
from random import Random
from typing import Any, Final

from tests.fuzz.official import JsonSchema

NUMBERS: Final = (0, 1, -1, 7, 0.5, -2.25, 2**31, 2**53 - 1, 2**53 + 1, -(2**63), 2**64, 1e300, 5e-324, 100)
TEXTS: Final = (
    *(
        "",
        "a",
        "Grüße, 世界",
        "two: things",
        'say "no"',
        "back\\slash",
        "line\nbreak",
        "\t",
        "\0",
        "\x1f\x7f",
        "😀",
        "ſK",
    ),
    *("null", "../..", "https://example.com/?a=b:c", "x" * 300, "\u2028", "e\u0301", "\ufeff", "%00", "{}", "[1]"),
)
DEEPEST: Final = 6
"""How far the optional is still made up."""

Vocabulary = dict[str, tuple[Any, ...]]
"""By the name of a field: values that mean something to the server."""


class Instances:
    """Makes values up from the definitions of one revision."""

    def __init__(self, definitions: dict[str, JsonSchema], vocabulary: Vocabulary) -> None:
        self._definitions, self._vocabulary = definitions, vocabulary

    def make(self, random: Random, schema: JsonSchema, field: str = "", depth: int = 0) -> Any:
        """A value that the schema allows; a known field mostly has a word of the vocabulary."""
        words = self._vocabulary.get(field)
        if words is not None and random.random() < 0.85:
            return random.choice(words)
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            return self.make(random, self._definitions[name], field, depth)
        for choice in ("anyOf", "oneOf"):
            if choice in schema:
                return self.make(random, random.choice(schema[choice]), field, depth)
        if "allOf" in schema:
            return self._all(random, schema["allOf"], depth)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return random.choice(schema["enum"])
        return self._by_type(random, schema, depth)

    def _all(self, random: Random, schemas: list[JsonSchema], depth: int) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for schema in schemas:
            made.update(self.make(random, schema, "", depth))
        return made

    def _by_type(self, random: Random, schema: JsonSchema, depth: int) -> Any:
        kind = schema.get("type")
        if isinstance(kind, list):
            kind = random.choice(kind)
        if kind == "object" or "properties" in schema:
            return self._object(random, schema, depth)
        if kind == "array":
            most = max(0, 3 - depth // 2)
            item = schema.get("items", {})
            return [self.make(random, item, "", depth + 1) for _ in range(random.randint(0, most))]
        if kind == "string":
            return _string(random, schema.get("format"))
        if kind in ("number", "integer"):
            return _number(random, schema, whole=kind == "integer")
        if kind in ("boolean", "null"):
            return random.random() < 0.5 if kind == "boolean" else None
        return anything(random, depth)

    def _object(self, random: Random, schema: JsonSchema, depth: int) -> dict[str, Any]:
        properties, required = schema.get("properties", {}), schema.get("required", ())
        more = 0.0 if depth >= DEEPEST else 0.45 * 0.6**depth
        chosen = [name for name in properties if name in required or random.random() < more]
        made = {name: self.make(random, properties[name], name, depth + 1) for name in chosen}
        further = schema.get("additionalProperties", not properties)
        if further is not False and random.random() < more / 3:
            made[random.choice(TEXTS)] = self.make(random, further if isinstance(further, dict) else {}, "", depth + 1)
        return made


def anything(random: Random, depth: int = 0) -> Any:
    """Any JSON value."""
    kind = random.randrange(6 if depth >= DEEPEST else 8)
    if kind < 2:
        return random.choice(TEXTS)
    if kind < 4:
        return random.choice(NUMBERS)
    if kind < 6:
        return random.choice((None, True, False))
    if kind == 6:
        return [anything(random, depth + 1) for _ in range(random.randint(0, 3))]
    return {random.choice(TEXTS): anything(random, depth + 1) for _ in range(random.randint(0, 3))}


def _string(random: Random, form: str | None) -> str:
    if form == "byte":
        return base64.b64encode(random.randbytes(random.randint(0, 12))).decode()
    if form == "uri":
        return random.choice(("https://example.com/a", "file:///srv", "data:,x"))
    return random.choice(TEXTS) if random.random() < 0.5 else f"t{random.getrandbits(32):x}"


def _number(random: Random, schema: JsonSchema, *, whole: bool) -> float:
    low, high = schema.get("minimum", -(2**53)), schema.get("maximum", 2**53)
    fitting = [each for each in NUMBERS if low <= each <= high and (not whole or type(each) is int)]
    if fitting and random.random() < 0.5:
        return random.choice(fitting)
    return random.randint(int(low), int(high)) if whole else random.uniform(low, high)
