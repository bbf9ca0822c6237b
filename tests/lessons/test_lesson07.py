"""Lesson 07: what its bench shows is what the cells compute, its mappings are exact, its precomputed runs come again."""

import itertools
import json

import numpy as np
import pytest
from support.benches import extremes, move_all
from support.claims import verdicts
from support.course import NOTEBOOKS
from support.lessons import namespace

from rnnlib.cells import GRU

H, D = 5, 3


@pytest.fixture(scope="module")
def lesson():
    return namespace("07")


@pytest.fixture(scope="module")
def stored():
    return json.loads((NOTEBOOKS / "data" / "07_three_cells.json").read_text("utf-8"))["points"]


def test_every_bench_at_its_extremes(lesson):
    assert move_all(lesson) == 1


@pytest.mark.filterwarnings("error")
def test_the_bench_stands_every_extreme(lesson):
    bench = lesson["pair_bench"]
    for values in extremes(bench):
        data = bench.compute(**values)
        bench.update(bench.artists, data)
        for name in ("GRU", "LSTM"):
            assert (
                all(np.isfinite(v).all() for v in data.numbers[name].values())
                and np.isfinite(data.back[name]).all()
            )
        assert "nan" not in bench.describe(data)
    bench.reset()


def test_the_picture_holds_what_was_computed(lesson):
    bench = lesson["pair_bench"]
    bench.set(out="a step ahead", b_n=0.5)
    data, artists = bench.data, bench.artists
    for name, state, gates in (("GRU", "h", "rzn"), ("LSTM", "c", "ifog")):
        for gate in gates:
            np.testing.assert_allclose(
                artists[name, "gates"][gate].get_ydata(), data.numbers[name][gate]
            )
        np.testing.assert_allclose(artists[name, "content"].get_ydata(), data.numbers[name][state])
        np.testing.assert_allclose(artists[name, "back"].get_ydata(), data.back[name].clip(-2, 2))
    bench.reset()


def test_the_error_on_the_bench_is_the_slope_of_the_last_content(lesson):
    """Rebuilt from the numbers shown: U is 0 but for the candidate, so h_t reaches h_T by the road and by n alone."""
    start = lesson["pair_bench"].start
    v = lesson["compute_pair"](**start).numbers["GRU"]
    slope = v["z"] + (1 - v["z"]) * (1 - v["n"] ** 2) * v["r"] * start["u"]  # ∂h_t/∂h_{t−1}
    expected = np.append(np.cumprod(slope[:0:-1])[::-1], 1)
    np.testing.assert_allclose(lesson["compute_pair"](**start).back["GRU"], expected)


def test_who_gets_the_commands_right(lesson):
    start, compute = lesson["pair_bench"].start, lesson["compute_pair"]
    right = {out: compute(**start | {"out": out}).right for out in ("open", "shut", "a step ahead")}
    assert [r["GRU"] for r in right.values()] == [23] * 3 and right["a step ahead"]["LSTM"] == 23
    assert max(right["open"]["LSTM"], right["shut"]["LSTM"]) < 18
    assert compute(**start | {"b_r": -8.0}).right["GRU"] < 18  # never sees the past: cannot flip
    assert compute(**start | {"w_r": 0.0}).right["GRU"] < 18  # always sees the past: cannot write
    apart = [compute(**start | {"b_n": b_n, "reset": reset}).numbers["GRU"]["h"]
             for b_n in (0.0, 2.0) for reset in ("after", "before")]  # fmt: skip
    np.testing.assert_allclose(apart[0], apart[1], atol=1e-12)
    assert np.abs(apart[2] - apart[3]).max() > 0.01  # one unit: only b_n tells the two apart


def test_which_command_suffers(lesson):
    start, compute = lesson["pair_bench"].start, lesson["compute_pair"]

    def wrong(cell, **changes):
        """(steps of the writes that do not store the value, steps of the flips that do not turn the sign)."""
        state = compute(**start | changes).numbers[cell]["h" if cell == "GRU" else "c"]
        writes = [
            t + 1 for t in np.flatnonzero(lesson["WRITE"]) if state[t] * lesson["VALUES"][t] < 0
        ]
        return writes, [
            t + 1 for t in np.flatnonzero(lesson["FLIP"]) if state[t] * state[t - 1] > 0
        ]

    assert wrong("GRU") == wrong("LSTM", out="a step ahead") == ([], [])
    assert wrong("GRU", w_r=0.0) == wrong("LSTM") == ([8, 14], [])
    writes, flips = wrong("GRU", w_r=0.0, b_r=-8.0)
    assert not writes and flips and wrong("LSTM", out="shut") == (writes, flips)


def test_the_goal_follows_the_commands(lesson):
    values, write, flip, goal = (lesson[name] for name in ("VALUES", "WRITE", "FLIP", "GOAL"))
    stored = 0
    for t in range(lesson["T"]):
        stored = values[t] if write[t] else -stored if flip[t] else stored
        assert goal[t] == stored
    assert any(
        write[t] and goal[t - 1] == values[t] for t in range(2, 24)
    )  # both kinds of write occur: the same sign
    assert any(
        write[t] and goal[t - 1] == -values[t] for t in range(2, 24)
    )  # as before, and the other


def test_a_write_fails_where_the_lstm_stores_that_sign_already(lesson):
    held, values, goal = lesson["held"], lesson["VALUES"], lesson["GOAL"]
    failed = {8: True, 14: True, 19: False}  # the steps, and whether the write fails there
    for step, fails in failed.items():
        k = step - 1
        assert (held[k] * values[k] < 0) == fails == (held[k - 1] * values[k] > 0)
    assert (
        goal[13] == -goal[12] and goal[7] == goal[6] and goal[18] == goal[17]
    )  # at 14 the target changes its sign


def test_the_claim_has_one_verdict(lesson):
    assert verdicts(lesson["printed"]) == [("C36", False)]
    assert (
        lesson["turned_after"][1] == [lead + 1 for lead in lesson["leads"]]
        and lesson["highest"] <= 1
    )
    changes = lesson["twins_apart"]
    assert changes.pop("all changes made") < 1e-12 and min(changes.values()) > 0.05


def test_reset_before_and_after_agree_only_where_the_lesson_says(lesson):
    distances = lesson["apart_by"]
    same = {words for words, distance in distances.items() if distance < 1e-12}
    assert same == {"r held at 1", "U_n diagonal and b_Un = 0"}
    assert min(distance for words, distance in distances.items() if words not in same) > 0.05


def test_no_weights_take_reset_after_into_reset_before(lesson):
    """Two units; what the input does to the proportion in which both read unit 2, by the formula and by the cell."""
    proportion, example = lesson["proportion"], lesson["example"]
    assert proportion(example, 1.0) == pytest.approx(np.exp(4)) and proportion(
        example, -1.0
    ) == pytest.approx(np.exp(-4))
    assert lesson["largest_change"] < 1e-6
    gru = GRU(1, 2, rng=np.random.default_rng(0), reset="before")
    assert proportion(gru, 0.3) == pytest.approx(np.divide(*gru.part("n")["U"][:, 1]))


def test_the_exact_p_is_what_counting_gives(lesson):
    """Deal out the ranks in all ways, for seven runs against seven, and for unequal numbers."""
    for n, m in ((5, 5), (3, 5), (7, 7)):
        wins = []
        for mine in itertools.combinations(range(n + m), n):
            wins.append(sum(r - k for k, r in enumerate(mine)))
        wins = np.array(wins)
        for won in range(n * m + 1):
            assert lesson["orders"](n, m, won) == (wins == won).sum()
            lopsided = max(won, n * m - won)
            both_ends = ((wins >= lopsided) | (wins <= n * m - lopsided)).mean()
            assert lesson["p_value"](won, n, m) == pytest.approx(min(1, both_ends))
    assert lesson["p_value"](24, 5, 5) == pytest.approx(4 / 252)


def test_the_figure_shows_every_run_and_the_median(lesson, stored):
    cells = lesson["cells"]
    for ax, task in zip(lesson["comparison_axes"], cells.TASKS, strict=True):
        lines = iter(ax.lines)
        for cell in cells.CELLS:
            runs = cells.test_losses(stored, task, cell)
            assert len(runs) == len(cells.SEEDS)
            np.testing.assert_allclose(next(lines).get_ydata(), runs)
            np.testing.assert_allclose(next(lines).get_ydata(), np.median(runs))


def test_no_run_chooses_its_own_rate(lesson, stored):
    """A run's validation loss set to 0 would win if the run had a say; and fresh seeds run at what all tried seeds chose."""
    cells = lesson["cells"]
    for task, cell in cells.arms():
        assert cells.CHOSEN[task, cell] == cells.rate_for(stored, task, cell, seed=None)
        for seed in cells.TRIED:
            for rate in cells.rates_of(cell):
                key = {"task": task, "cell": cell, "rate": rate, "seed": seed}
                changed = [
                    p | {"validation": 0.0} if key.items() <= p.items() else p for p in stored
                ]
                assert cells.rate_for(changed, task, cell, seed) == cells.rate_for(
                    stored, task, cell, seed
                )


def test_guessing_is_what_the_best_constant_answer_gets(lesson):
    cells = lesson["cells"]
    assert cells.guessing("adding") == pytest.approx(1 / 6, rel=0.1)
    assert cells.guessing("digits") == pytest.approx(np.log(10), rel=0.03)


def test_torch_says_the_same_in_its_own_words(lesson):
    torch = pytest.importorskip("torch")
    gru, x = lesson["random_gru"](), np.random.default_rng(3).normal(size=(9, 2, D))
    theirs = torch.nn.GRU(D, H).double()
    mapped = lesson["to_torch"](gru, np.random.default_rng(4).normal(size=2 * H))
    with torch.no_grad():
        for name, array in mapped.items():
            getattr(theirs, f"{name}_l0").copy_(torch.as_tensor(np.ascontiguousarray(array)))
        np.testing.assert_allclose(
            gru.forward(x).h, theirs(torch.as_tensor(x))[0].numpy(), atol=1e-12
        )
    rows = lesson["from_torch"]
    theirs = torch.nn.LSTM(D, H).double()
    with torch.no_grad():
        for name, array in {"weight_ih": rows[:, :3], "weight_hh": rows[:, 3:8],
                            "bias_ih": rows[:, 8], "bias_hh": rows[:, 9]}.items():  # fmt: skip
            getattr(theirs, f"{name}_l0").copy_(torch.as_tensor(np.ascontiguousarray(array)))
        np.testing.assert_allclose(
            lesson["lstm"].forward(x).h, theirs(torch.as_tensor(x))[0].numpy(), atol=1e-12
        )


def test_budgets_are_equal(lesson):
    cells = lesson["cells"]
    for task in cells.TASKS:
        D_, K, loss, most, _ = cells.TASKS[task]
        for cell in (*cells.CELLS, *cells.VARIANTS):
            size, parameters = cells.size_of(cell, task)
            assert 0.85 * most <= parameters <= most
        network = cells.Network([GRU(D_, (size := cells.size_of("GRU", task)[0]), rng=np.random.default_rng(0))],
                                cells.Dense(size, K, rng=np.random.default_rng(0)), loss)  # fmt: skip
        assert sum(p.size for p in network.params.values()) == cells.size_of("GRU", task)[1]


def test_a_pinned_gate_stays_open(lesson):
    cells = lesson["cells"]
    for cell, gate in cells.PINNED.items():
        rng = np.random.default_rng(0)
        layer = {"G": cells.GRU, "L": cells.LSTM}[cell[0]](2, 4, rng=rng)
        network = cells.Network([layer], cells.Dense(4, 1, rng=rng), cells.mse)
        optimizer = cells.Pinned(cells.Adam(0.1), layer, gate)
        cells.fit(network, lambda r: cells.tasks.adding(20, 8, r), optimizer, updates=5, rng=rng)
        assert (getattr(layer.forward(rng.normal(size=(6, 3, 2))), gate) == 1).all()


def test_no_word_or_digit_is_in_two_parts(lesson):
    for task in ("digits", "words"):
        parts = lesson["cells"].real(task)[1]
        assert len(np.unique(np.concatenate(parts))) == sum(map(len, parts))


@pytest.mark.parametrize("key", [
    {"task": "words", "cell": "LSTM", "seed": 6}, {"task": "Reber", "cell": "RNN", "seed": 5},
], ids=["words", "Reber"])  # fmt: skip
def test_a_stored_point_can_be_rebuilt(lesson, stored, key):
    cells = lesson["cells"]
    key = key | {"rate": cells.CHOSEN[key["task"], key["cell"]]}
    assert [{k: p[k] for k in key} for p in stored] == cells.keys()
    (before,) = [p for p in stored if key.items() <= p.items()]
    again = cells.point(**key)
    for part in ("validation", "test"):
        assert again[part] == pytest.approx(before[part], rel=cells.TOLERANCE)
