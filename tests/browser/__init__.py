"""Pages as people use them, in a real browser; what a journey asserts is told in full."""

import pytest

pytest.register_assert_rewrite("tests.browser.journey")
