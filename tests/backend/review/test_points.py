"""A point cloud is a plain value."""

import dataclasses

import numpy as np
import pytest

from holotable.review.points import PointCloud


def test_a_cloud_needs_nothing_but_places() -> None:
    cloud = PointCloud(np.zeros((2, 3), np.float32))
    assert (cloud.colours, cloud.intensities, cloud.classes) == (None, None, None)


def test_a_cloud_does_not_change() -> None:
    cloud = PointCloud(np.zeros((2, 3), np.float32))
    with pytest.raises(dataclasses.FrozenInstanceError):
        cloud.positions = np.ones((1, 3), np.float32)  # type: ignore[misc]  # that is the point
