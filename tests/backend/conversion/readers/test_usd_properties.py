from usd_files import layer

from holotable.conversion.readers.usd_library import Sdf, Usd
from holotable.conversion.readers.usd_properties import properties_of
from holotable.review.scene import Properties


def said(metadata: str, body: str = "") -> Properties:
    source = Sdf.Layer.CreateAnonymous(".usda")
    assert source.ImportFromString(layer(f'def Xform "A" (\n{metadata}\n)\n{{\n{body}\n}}\n'))
    stage = Usd.Stage.Open(source)  # held: a prim is dead without it
    prim = stage.GetPrimAtPath("/A")
    return properties_of(prim, set(prim.GetAuthoredPropertyNames()))


def test_kind_and_words_about_a_prim_are_kept() -> None:
    assert said('kind = "assembly"\ndoc = "Left wing"') == {
        "USD": {"type": "Xform", "kind": "assembly", "documentation": "Left wing"}
    }


def test_nested_dictionaries_are_joined_by_colons() -> None:
    data = (
        "customData = {\ndictionary a = {\ndictionary b = {\ndouble c = 1.5\nbool d = 1\n}\n}\n"
        "int[] few = [1, 2]\n}"
    )
    assert said(data)["Custom data"] == {"a:b:c": 1.5, "a:b:d": True, "few": "1, 2"}


def test_an_asset_is_its_words_and_not_where_it_lies() -> None:
    assert said("assetInfo = {\nasset identifier = @./a.usda@\n}")["Asset"] == {
        "identifier": "./a.usda"
    }


def test_user_properties_and_text_primvars_are_kept() -> None:
    body = (
        'custom string userProperties:Mark = "T-3"\ncustom double userProperties:Length = 2.5\n'
        'string primvars:material_name = "oak"\nfloat primvars:weight = 3\n'
        "custom double userProperties:Bad = nan\n"
    )
    assert said("", body)["User properties"] == {
        "Mark": "T-3", "Length": 2.5, "material_name": "oak",
    }  # fmt: skip
