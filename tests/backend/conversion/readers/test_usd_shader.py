import numpy as np
import pytest

from holotable.conversion.readers.usd_library import Sdf, Usd, UsdShade
from holotable.conversion.readers.usd_shader import (
    UvSource,
    factor_of,
    padded,
    producer,
    row_of,
    text,
    uv_source,
)


def shader(kind: str = "UsdUVTexture", name: str = "/Look/Node") -> UsdShade.Shader:
    stage = Usd.Stage.CreateInMemory()
    found = UsdShade.Shader.Define(stage, name)
    found.CreateIdAttr(kind)
    found.GetPrim().SetCustomDataByKey("stage", "kept")
    _STAGES.append(stage)
    return found


_STAGES: list[Usd.Stage] = []  # a prim is dead without its stage


def test_a_constant_and_what_another_node_gives_are_told_apart() -> None:
    node = shader()
    node.CreateInput("file", Sdf.ValueTypeNames.String).Set("a.png")
    assert producer(node, "file")[1] is None
    assert text(node, "file") == "a.png"
    other = UsdShade.Shader.Define(node.GetPrim().GetStage(), "/Look/Other")
    output = other.CreateOutput("result", Sdf.ValueTypeNames.Float2)
    node.CreateInput("st", Sdf.ValueTypeNames.Float2).ConnectToSource(output)
    assert producer(node, "st")[1] == "result"
    assert producer(node, "nothing") == (None, None)


def test_coordinates_without_a_reader_are_st() -> None:
    assert uv_source(shader()) == UvSource("st")


def test_a_circle_of_transforms_ends() -> None:
    node = shader("UsdTransform2d")
    output = node.CreateOutput("result", Sdf.ValueTypeNames.Float2)
    node.CreateInput("in", Sdf.ValueTypeNames.Float2).ConnectToSource(output)
    texture = UsdShade.Shader.Define(node.GetPrim().GetStage(), "/Look/T")
    texture.CreateInput("st", Sdf.ValueTypeNames.Float2).ConnectToSource(output)
    assert uv_source(texture).primvar == "st"


def test_coordinates_count_downwards_in_gltf() -> None:
    assert np.allclose(UvSource("st").of(np.array([[0.25, 0.75]])), [[0.25, 0.25]])


@pytest.mark.parametrize(
    ("given", "row"),
    [(None, (9.0,)), (2, (2.0,)), ((1, 2), (1.0, 2.0)), ("word", (9.0,)), (float("nan"), (9.0,))],
)
def test_values_are_finite_numbers_or_their_stand_in(given: object, row: tuple[float, ...]) -> None:
    assert row_of(given, (9.0,)) == row


def test_short_rows_are_filled() -> None:
    assert padded((1.0, 2.0), 0.0) == (1.0, 2.0, 0.0, 0.0)
    assert factor_of((0.5,), 3) == [0.5, 0.5, 0.5]
