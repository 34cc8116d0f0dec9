"""A package, so that the world its tests share is taken down when the last of them is done."""
