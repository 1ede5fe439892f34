"""The tree of RFC 9162: known roots and paths, and what holds of every tree."""

from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from sip.domain.merkle import EMPTY, Root, Tree, leaf_hash, node_hash, root_from_path, root_of

# The leaves and roots that the reference implementation of Certificate Transparency has in its tests.
LEAVES = [bytes.fromhex(one) for one in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def _by_the_book(hashes: list[bytes]) -> bytes:
    """MTH as section 2.1.1 writes it: split at the largest power of two below the size."""
    if len(hashes) == 1:
        return hashes[0]
    k = 1 << (len(hashes) - 1).bit_length() - 1
    return node_hash(_by_the_book(hashes[:k]), _by_the_book(hashes[k:]))


def test_the_roots_that_others_have() -> None:
    assert root_of([]) == EMPTY == sha256(b"").digest()
    for n, root in enumerate(ROOTS, 1):
        assert root_of(map(leaf_hash, LEAVES[:n])).hex() == root


def test_the_paths_that_the_rfc_draws() -> None:
    """RFC 9162, section 2.1.5: the tree of seven leaves."""
    a, b, c, d, e, f, j = hashes = [leaf_hash(bytes([n])) for n in range(7)]
    g, h, i = node_hash(a, b), node_hash(c, d), node_hash(e, f)
    left, right = node_hash(g, h), node_hash(i, j)
    tree = Tree(hashes)
    assert tree.path(0) == [b, h, right]
    assert tree.path(3) == [c, g, right]
    assert tree.path(4) == [f, j, left]
    assert tree.path(6) == [i, left]


_trees = st.integers(1, 70).map(lambda n: [leaf_hash(bytes([one])) for one in range(n)])


@given(_trees)
def test_leaf_by_leaf_gives_the_tree_of_the_book(hashes: list[bytes]) -> None:
    root = Root()
    for leaf in hashes:
        root.add(leaf)
    assert (root.size, root.hash()) == (len(hashes), _by_the_book(hashes))


@given(_trees, st.data())
def test_a_path_leads_to_the_root_from_its_leaf_alone(hashes: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(hashes) - 1))
    other = data.draw(st.integers(0, len(hashes) - 1))
    path, root = Tree(hashes).path(index), root_of(hashes)
    assert root_from_path(hashes[index], index, len(hashes), path) == root
    assert root_from_path(leaf_hash(b"another"), index, len(hashes), path) != root
    if other != index:
        assert root_from_path(hashes[index], other, len(hashes), path) != root
        assert root_from_path(hashes[other], index, len(hashes), path) != root
    assert root_from_path(hashes[index], index, len(hashes), [*path, root]) is None
    assert root_from_path(hashes[index], len(hashes), len(hashes), path) is None
    if path:
        n = data.draw(st.integers(0, len(path) - 1))
        bent = [*path[:n], bytes(32), *path[n + 1 :]]
        assert root_from_path(hashes[index], index, len(hashes), bent) != root
        assert root_from_path(hashes[index], index, len(hashes), path[:-1]) != root


@given(_trees, st.data())
def test_any_change_of_the_leaves_is_another_root(hashes: list[bytes], data: st.DataObject) -> None:
    """Changed, removed, added, reordered."""
    root, n = root_of(hashes), data.draw(st.integers(0, len(hashes) - 1))
    assert root_of([*hashes[:n], bytes(32), *hashes[n + 1 :]]) != root
    assert root_of(hashes[:n] + hashes[n + 1 :]) != root
    assert root_of([*hashes[:n], bytes(32), *hashes[n:]]) != root
    if len(hashes) > 1:
        m = (n + 1) % len(hashes)
        swapped = list(hashes)
        swapped[n], swapped[m] = swapped[m], swapped[n]
        assert root_of(swapped) != root
