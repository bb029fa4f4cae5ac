"""The language of the part search: `material:316L mass>5kg -name:"V-17" (type:IfcWall OR layer:A)`.

    query := and ("OR" and)*        and := not+        not := ["-" | "NOT"] (term | "(" query ")")
    term  := value | field op value         op := ":" "=" "!=" ">" ">=" "<" "<="
    field := letters … or "quoted", a property as Name or Group/Name
    value := letters … or "quoted"; behind < and > a number with or without a unit

Spaces mean AND. `:` asks whether the value contains the text, or is that number as exactly as it
was written; `=` asks for the whole value. Case makes no difference. The page reads the same
language (frontend/src/state/query.ts); tests/vectors/queries.json holds both to it.
"""

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from holotable.errors import BadQuery
from holotable.review.quantity import Amount, read_amount, unit_of

Operator: TypeAlias = Literal[":", "=", "!=", ">", ">=", "<", "<="]

MAX_LENGTH: Final = 1_000  # characters
MAX_TERMS: Final = 50
MAX_DEPTH: Final = 20
_OPERATORS: Final[tuple[Operator, ...]] = (">=", "<=", "!=", ":", "=", ">", "<")
_SIGNS: Final = "+-\N{MINUS SIGN}"
_ENDS_WORD: Final = frozenset(' \t\r\n()":=<>!')


@dataclass(frozen=True, slots=True)
class Words:
    """A value without a field: part of a name, an id, or a value of any property."""

    text: str


@dataclass(frozen=True, slots=True)
class Term:
    """A field compared with a value.

    amount: the value where it is a number.  tolerance: half of its last digit, SI: what `:` allows.
    """

    field: str
    operator: Operator
    text: str
    amount: Amount | None
    tolerance: float


@dataclass(frozen=True, slots=True)
class Not:
    """Everything else."""

    inner: "Query"


@dataclass(frozen=True, slots=True)
class All:
    """What each of them finds."""

    parts: tuple["Query", ...]


@dataclass(frozen=True, slots=True)
class Some:
    """What any of them finds."""

    parts: tuple["Query", ...]


Query: TypeAlias = Words | Term | Not | All | Some


def parse_query(text: str) -> Query | None:
    """The query of a text; None when there is nothing in it.

    raises: BadQuery, with the place (0-based character) and what is wrong there.
    """
    if len(text) > MAX_LENGTH:
        raise BadQuery(
            f"A query has at most {MAX_LENGTH} characters.", position=MAX_LENGTH, reason="too_long"
        )
    reader = _Reader(text)
    reader.skip_space()
    if reader.at_end:
        return None
    found = reader.either(0)
    if not reader.at_end:
        raise BadQuery("This bracket closes nothing.", position=reader.at, reason="bracket")
    return found


def has_not(query: Query | None) -> bool:
    """Whether the query excludes anything; `!=` does, too."""
    match query:
        case None | Words():
            return False
        case Term(operator=operator):
            return operator == "!="
        case Not():
            return True
        case All(parts) | Some(parts):
            return any(has_not(part) for part in parts)


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.terms = 0

    @property
    def at_end(self) -> bool:
        return self.at >= len(self.text)

    def skip_space(self) -> None:
        while not self.at_end and self.text[self.at].isspace():
            self.at += 1

    def either(self, depth: int) -> Query:
        if depth > MAX_DEPTH:
            raise BadQuery("Too many brackets in one another.", position=self.at, reason="depth")
        choices = [self.both(depth)]
        while self.takes_word("OR"):
            choices.append(self.both(depth))
        return choices[0] if len(choices) == 1 else Some(tuple(choices))

    def both(self, depth: int) -> Query:
        parts: list[Query] = []
        while True:
            self.skip_space()
            if self.takes_word("AND"):
                continue
            if self.at_end or self.text[self.at] == ")" or self.sees_word("OR"):
                break
            parts.append(self.one(depth))
        if not parts:
            raise BadQuery("Something is missing here.", position=self.at, reason="missing")
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def one(self, depth: int) -> Query:
        if depth > MAX_DEPTH:
            raise BadQuery("Too many brackets in one another.", position=self.at, reason="depth")
        if self.takes_word("NOT"):
            self.skip_space()
            if self.at_end:
                raise BadQuery("Something is missing here.", position=self.at, reason="missing")
            return Not(self.one(depth + 1))
        following = self.text[self.at + 1 : self.at + 2]
        if self.text[self.at] == "-" and following and not following.isspace():
            self.at += 1
            return Not(self.one(depth + 1))
        if self.text[self.at] == "(":
            opened = self.at
            self.at += 1
            inner = self.either(depth + 1)
            if self.at_end or self.text[self.at] != ")":
                raise BadQuery("This bracket is not closed.", position=opened, reason="bracket")
            self.at += 1
            return inner
        return self.term()

    def term(self) -> Query:
        self.terms += 1
        if self.terms > MAX_TERMS:
            raise BadQuery(
                f"A query has at most {MAX_TERMS} terms.", position=self.at, reason="too_long"
            )
        start = self.at
        field = self.value()
        operator = self.operator()
        if operator is None:
            if field == "":
                raise BadQuery("Something is missing here.", position=start, reason="missing")
            return Words(field)
        if field == "":
            raise BadQuery(f"Name a property before {operator}.", position=start, reason="no_field")
        begins = self.at
        quoted = self.text[begins : begins + 1] == '"'
        value = self.value()
        if value == "" and not quoted:
            raise BadQuery(
                f"A value is missing after {operator}.", position=begins, reason="no_value"
            )
        amount = read_amount(value)
        if operator in (">", ">=", "<", "<=") and amount is None:
            raise _no_number(value, begins)
        return Term(field, operator, value, amount, _half_digit(value, amount))

    def operator(self) -> Operator | None:
        for operator in _OPERATORS:
            if self.text.startswith(operator, self.at):
                self.at += len(operator)
                return operator
        return None

    def value(self) -> str:
        """A quoted text, or the letters up to a space, bracket or operator."""
        if self.text[self.at : self.at + 1] == '"':
            opened = self.at
            closed = self.text.find('"', opened + 1)
            if closed < 0:
                raise BadQuery("This quote is not closed.", position=opened, reason="quote")
            self.at = closed + 1
            return self.text[opened + 1 : closed]
        start = self.at
        while not self.at_end and self.text[self.at] not in _ENDS_WORD:
            self.at += 1
        word = self.text[start : self.at]
        # A quote behind a digit, with nothing behind it, is an inch mark.
        if word[-1:].isdigit() and self.text[self.at : self.at + 1] == '"':
            rest = self.text[self.at + 1 : self.at + 2]
            if rest == "" or rest.isspace() or rest == ")":
                self.at += 1
                return word + '"'
        return word

    def sees_word(self, word: str) -> bool:
        end = self.at + len(word)
        following = self.text[end : end + 1]
        return self.text.startswith(word, self.at) and (
            following == "" or following.isspace() or following == "("
        )

    def takes_word(self, word: str) -> bool:
        self.skip_space()
        if not self.sees_word(word):
            return False
        self.at += len(word)
        return True


def _no_number(value: str, position: int) -> BadQuery:
    digits = value.lstrip(_SIGNS)
    at = next((at for at, letter in enumerate(digits) if letter not in "0123456789.eE"), 0)
    unit = digits[at:].strip() if at else ""
    if unit and unit_of(unit) is None:
        return BadQuery(
            f"The unit “{unit[:20]}” is not known. Try mm, m, in, kg, g, m², l, bar or °.",
            position=position + value.find(unit),
            reason="unit",
            unit=unit[:20],
        )
    return BadQuery(f"“{value[:20]}” is no number.", position=position, reason="number")


def _half_digit(value: str, amount: Amount | None) -> float:
    """Half of the last digit as it was written, in SI: 5kg is anything that rounds to 5 kg."""
    if amount is None:
        return 0.0
    number = value.strip().lstrip(_SIGNS)
    mantissa = ""
    for letter in number:
        if letter not in "0123456789.":
            break
        mantissa += letter
    decimals = len(mantissa.partition(".")[2])
    found = unit_of(amount.unit) if amount.unit else None
    return float(0.5 * 10.0**-decimals * (found[1] if found else 1.0))
