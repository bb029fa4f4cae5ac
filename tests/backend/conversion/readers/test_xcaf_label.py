from OCP.collections import Sequence_TDF_Label
from OCP.TCollection import TCollection_ExtendedString
from OCP.TDataStd import TDataStd_Name
from OCP.TDocStd import TDocStd_Document

from holotable.conversion.readers.xcaf_label import entry_of, labels_of, name_of


def test_a_label_says_its_path_and_its_name_and_a_nameless_one_does_not_crash() -> None:
    document = TDocStd_Document(TCollection_ExtendedString("BinXCAF"))
    named, nameless = (document.Main().FindChild(number) for number in (3, 4))
    TDataStd_Name.Set_s(named, TCollection_ExtendedString(" Bolt M8 "))
    sequence = Sequence_TDF_Label()
    sequence.Append(named)
    sequence.Append(nameless)

    assert [entry_of(label) for label in labels_of(sequence)] == ["0:1:3", "0:1:4"]
    assert [name_of(label) for label in labels_of(sequence)] == ["Bolt M8", ""]
