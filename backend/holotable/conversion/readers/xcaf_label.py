"""Labels of an XCAF document: their path, their name, sequences of them."""

from typing import Any

from OCP.TCollection import TCollection_AsciiString
from OCP.TDataStd import TDataStd_Name
from OCP.TDF import TDF_Tool


def labels_of(sequence: Any) -> list[Any]:
    """A sequence of labels, attributes or strings as a list."""
    # len(), not Length(): the bindings take 0.1 ms to find the latter, measured.
    return [sequence.Value(index) for index in range(1, len(sequence) + 1)]


def entry_of(label: Any) -> str:
    """The label's path in its document, for example 0:1:1:2."""
    text = TCollection_AsciiString()
    TDF_Tool.Entry_s(label, text)
    return str(text.ToCString())


def name_of(label: Any) -> str:
    """The label's name, empty when it has none."""
    # FindAttribute on an absent attribute is a segmentation fault (CONVERSION: gotcha 1).
    if not label.IsAttribute(TDataStd_Name.GetID_s()):
        return ""
    attribute = TDataStd_Name()
    if not label.FindAttribute(TDataStd_Name.GetID_s(), attribute):
        return ""
    return str(attribute.Get().ToExtString()).strip()
