"""Named queries; the visibility filter stands in `visible.py` and nowhere else."""
