"""Local repositories for all tests, and copies that a test may damage."""

import shutil

import pytest

from tests.sources.repositories import Sources, build_sources


@pytest.fixture(scope="session")
def sources(tmp_path_factory):
    """All imitations. Not to be changed: see `own_sources`."""
    return build_sources(tmp_path_factory.mktemp("sources"))


@pytest.fixture
def own_sources(sources, tmp_path):
    """A copy that a test may damage."""
    shutil.copytree(sources.mirror, tmp_path / "mirror")
    return Sources(tmp_path / "mirror", sources.catalogue, sources.names)
