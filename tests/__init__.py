"""The tests of `mof`, in the same tree as the package."""
