"""People as JSON, written once: in the hellos of all who come, and in the news of them.

A hello names everybody, so 500 who come are 125,000 people to write; each is written once here and
again when they have changed. A person counts as unchanged while it is the same object, as `Members`
gives it.
"""

from collections.abc import Sequence

from holotable.rooms.protocol import Hello, Join, Left, Person, ServerMessage, encode


class Greeting:
    """What was written of everybody in one room."""

    def __init__(self) -> None:
        self._written: dict[int, tuple[Person, bytes]] = {}  # by slot

    def encode(self, message: ServerMessage) -> bytes:
        """Any message as the payload of a text frame."""
        if message["t"] == "hello":
            return self._hello(message)
        if message["t"] == "join":
            return b'{"t":"join","who":%b}' % self._person(message["who"])
        if message["t"] == "left":
            self._written.pop(message["slot"], None)
        return encode(message)

    def batch(self, messages: Sequence[Join | Left]) -> bytes:
        """One message as it is, several as a batch."""
        if len(messages) == 1:
            return self.encode(messages[0])
        inside = b",".join(self.encode(message) for message in messages)
        return b'{"t":"batch","messages":[%b]}' % inside

    def _hello(self, hello: Hello) -> bytes:
        people = b",".join(self._person(person) for person in hello["who"])
        rest = encode({key: value for key, value in hello.items() if key != "who"})
        return rest[:-1] + b',"who":[' + people + b"]}"

    def _person(self, person: Person) -> bytes:
        known = self._written.get(person["slot"])
        if known is not None and known[0] is person:
            return known[1]
        written = encode(person)
        self._written[person["slot"]] = (person, written)
        return written
