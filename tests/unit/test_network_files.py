"""Edge files: ids of any kind, people who are not of the public, one set of people for all layers."""

from __future__ import annotations

import gzip

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import luck_keys
from sim.network.ids import in_natural_order, natural_key
from tests.network_cases import build, public, rows, same, strengths


def write(folder, text, name="ties.csv"):
    (folder / name).write_bytes(text.encode() if isinstance(text, str) else text)
    return name


def layer_of(folder, text, people, **options):
    spec = {"edges": write(folder, text), "directed": True} | options
    return build(folder, {"facebook": spec}, people).layers["facebook"]


def test_from_is_heard_by_to(tmp_path):
    assert rows(layer_of(tmp_path, "from,to\na,b\nc,b\n", ["a", "b", "c"])) == [[1], [], [1]]


def test_columns_by_name_and_by_place(tmp_path):
    text = "when,who,hears,strength\n1,a,b,2\n2,b,c,1\n"
    named = layer_of(tmp_path, text, ["a", "b", "c"], source="hears", target="who", weight="strength")
    assert strengths(named) == {(1, 0): 1.0, (2, 1): 0.5}
    assert rows(layer_of(tmp_path, "x,y,z\na,b,9\nb,c,9\n", ["a", "b", "c"])) == [[1], [2], []]


@pytest.mark.parametrize(
    "text",
    [
        "\ufefffrom,to\r\na,b\r\nb,c\r\n",
        'from,to\n"a","b"\n"b",c',
        "from , to\n a , b \n\n  \nb,c\n\n",
    ],
)
def test_marks_of_other_programs_are_read_over(tmp_path, text):
    assert rows(layer_of(tmp_path, text, ["a", "b", "c"], source="from", target="to")) == [[1], [2], []]


def test_gzip_under_any_name(tmp_path):
    packed = gzip.compress(b"from,to\na,b\n", mtime=0)
    for name in ("ties.csv.gz", "ties.csv"):
        spec = {"edges": write(tmp_path, packed, name), "directed": True}
        assert rows(build(tmp_path, {"facebook": spec}, ["a", "b"]).layers["facebook"]) == [[1], []]


def test_ids_are_text(tmp_path):
    layer = layer_of(tmp_path, "from,to\n007,7\n7,7.0\n", ["7", "007", "7.0"])
    assert rows(layer) == [[2], [0], []]
    assert layer.notes == ()


def test_unknown_people_are_counted_and_dropped(tmp_path):
    layer = layer_of(tmp_path, "from,to,w\na,b,1\nx,b,50\na,y,1\nx,y,1\nb,a,2\n", ["a", "b"], weight="w")
    assert strengths(layer) == {(0, 1): 0.5, (1, 0): 1.0}
    assert layer.notes == ("2 of 4 ids are not in the people file: 3 of 5 rows dropped",)


def test_a_layer_may_cover_part_of_the_people(tmp_path):
    network = build(
        tmp_path,
        {
            "facebook": {"edges": write(tmp_path, "s,t\na,b\n", "f.csv"), "directed": False},
            "offline": {"edges": write(tmp_path, "s,t\nb,c\n", "o.csv"), "directed": True},
        },
        ["a", "b", "c"],
    )
    assert rows(network.layers["facebook"]) == [[1], [0], []]
    assert rows(network.layers["offline"]) == [[], [2], []]
    assert network.ids is None


def test_without_a_people_file_all_edge_files_name_the_people(tmp_path):
    network = build(
        tmp_path,
        {
            "offline": {"edges": write(tmp_path, "s,t\n10,9\nb2,10\n", "o.csv"), "directed": True},
            "facebook": {"edges": write(tmp_path, "s,t\nb10,9\n9,2\n", "f.csv"), "directed": True},
            "instagram": {"generate": "well_mixed"},
        },
        7,
    )
    assert network.ids == ("2", "9", "10", "b2", "b10")
    assert list(network.layers) == ["offline", "facebook", "instagram"]
    assert rows(network.layers["offline"]) == [[], [], [1], [2], [], [], []]
    assert rows(network.layers["facebook"]) == [[], [0], [], [], [1], [], []]
    assert network.layers["facebook"].notes == ("2 of 7 agents are in no edge file",)
    assert network.layers["instagram"].is_well_mixed


def sorted_ids(names):
    return in_natural_order(pa.array(names, pa.string())).to_pylist()


def test_natural_order():
    names = ["b", "a10", "10", "a2", "a", "007", "7", "2", "x-1", "B"]
    assert sorted_ids(names) == ["2", "007", "7", "10", "B", "a", "a2", "a10", "b", "x-1"]
    assert sorted_ids([*names, "a2b10", "a2b9"])[-6:] == ["a2", "a2b9", "a2b10", "a10", "b", "x-1"]
    numbers = [*map(str, range(0, 3000, 7)), "007", "9" * 5000, "0"]
    assert sorted_ids(numbers[::-1])[-1] == "9" * 5000
    assert [int(n) for n in sorted_ids(numbers[::-1])[:-1]] == sorted([*range(0, 3000, 7), 7, 0])


@given(
    st.sets(st.integers(0, 10**20).map(str), max_size=30)
    | st.sets(st.from_regex(r"\A[ab\né٣]{0,2}[019]{0,4}\Z"), max_size=30)
    | st.sets(st.text("a0129.", max_size=6), max_size=30)
)
def test_natural_order_is_one_whatever_the_ids_look_like(names):
    assert sorted_ids(list(names)) == sorted(names, key=natural_key)


def test_row_order_of_the_file_does_not_matter(tmp_path):
    lines = [f"{i * i % 31},{i * 7 % 29},{1 + i % 5 / 7}" for i in range(200)]
    spec = {"directed": False, "weight": "w"}
    one, other = (
        layer_of(tmp_path, "s,t,w\n" + "\n".join(some), 40, **spec) for some in (lines, lines[::-1])
    )
    assert same(one, other)


def test_people_keep_their_order_of_followers_wherever_they_stand(tmp_path):
    # the order of a row belongs to the ids: it outlives a people file in another order
    ids = [f"p{i}" for i in range(30)]
    text = "s,t\n" + "\n".join(f"p0,{person}" for person in ids[1:])
    orders = []
    for people in (ids, ids[::-1]):
        layer = layer_of(tmp_path, text, people)
        orders.append([people[i] for i in rows(layer)[people.index("p0")]])
    assert orders[0] == orders[1]
    assert orders[0] != ids[1:]


def test_another_layer_moves_nothing(tmp_path):
    people = public(300, [i % 3 for i in range(300)])
    write(tmp_path, "s,t\n1,2\n2,3\n")
    alone = {"instagram": {"generate": "power_law", "min_followers": 5}}
    more = {
        "facebook": {"edges": "ties.csv", "directed": True},
        "offline": {"generate": "small_world"},
    } | alone
    one, other = build(tmp_path, alone, people), build(tmp_path, more, people)
    assert same(one.layers["instagram"], other.layers["instagram"])


def test_same_bits_twice(tmp_path):
    write(tmp_path, "s,t\n1,2\n2,3\n")
    layers = {
        "facebook": {"edges": "ties.csv", "directed": True},
        "instagram": {"generate": "power_law", "min_followers": 5},
        "offline": {"generate": "small_world", "reciprocity": 0.5, "same_segment": 0.7},
    }
    one, other = (build(tmp_path, layers, public(300, [i % 3 for i in range(300)])) for _ in range(2))
    assert all(same(one.layers[name], other.layers[name]) for name in layers)


def test_uids_of_people_decide_not_their_rows(tmp_path):
    assert luck_keys.id_uids(["p0"]) != luck_keys.row_uids(1)
    assert np.all(luck_keys.id_uids(["a", "b"])[::-1] == luck_keys.id_uids(["b", "a"]))
