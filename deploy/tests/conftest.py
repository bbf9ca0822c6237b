"""The static site, built once for all tests that look at it."""

import built_site
import pytest


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """The site's folder, its packages by name, and what was printed while it was built."""
    return built_site.build(tmp_path_factory.mktemp("static") / "site")


@pytest.fixture(scope="session")
def packages(built):
    """What the site's lock file says of each package, by name."""
    return built.packages
