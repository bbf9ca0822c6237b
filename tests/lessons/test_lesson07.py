"""Lesson 07: its bench shows what the cells compute, and its mappings are exact.

Its precomputed runs can be rebuilt.
"""

import itertools

import numpy as np
import pytest
from support.benches import extremes, move_all
from support.claims import verdicts
from support.lessons import namespace, stored_points

from rnnlib.cells import GRU

H, D = 5, 3


@pytest.fixture(scope="module")
def lesson():
    return namespace("07")


@pytest.fixture(scope="module")
def stored():
    return stored_points("07_three_cells")


def test_every_bench_at_its_extremes(lesson):
    assert move_all(lesson) == 1


@pytest.mark.filterwarnings("error")
def test_the_bench_stays_finite_at_every_extreme(lesson):
    bench = lesson["pair_bench"]
    for values in extremes(bench):
        data = bench.compute(**values)
        bench.update(bench.artists, data)
        for name in ("GRU", "LSTM"):
            assert all(np.isfinite(v).all() for v in data.numbers[name].values())
            assert np.isfinite(data.back[name]).all()
        assert "nan" not in bench.describe(data)
    bench.reset()


def test_the_picture_holds_what_was_computed(lesson):
    bench = lesson["pair_bench"]
    bench.set(out="a step ahead", b_n=0.5)
    data, artists = bench.data, bench.artists
    for name, state, gates in (("GRU", "h", "rzn"), ("LSTM", "c", "ifog")):
        for gate in gates:
            drawn = artists[name, "gates"][gate].get_ydata()
            np.testing.assert_allclose(drawn, data.numbers[name][gate])
        np.testing.assert_allclose(artists[name, "content"].get_ydata(), data.numbers[name][state])
        np.testing.assert_allclose(artists[name, "back"].get_ydata(), data.back[name].clip(-2, 2))
    bench.reset()


def test_the_gradient_on_the_bench_is_the_slope_of_the_last_hidden_state(lesson):
    """The slope ∂h_t/∂h_{t−1} is computed from the numbers that are shown.

    U is 0 except for the candidate, so only z and n carry h_{t−1} on to h_t.
    """
    start = lesson["pair_bench"].start
    v = lesson["compute_pair"](**start).numbers["GRU"]
    slope = v["z"] + (1 - v["z"]) * (1 - v["n"] ** 2) * v["r"] * start["u"]
    expected = np.append(np.cumprod(slope[:0:-1])[::-1], 1)
    np.testing.assert_allclose(lesson["compute_pair"](**start).back["GRU"], expected)


def test_each_cell_gets_as_many_commands_right_as_the_lesson_says(lesson):
    start, compute = lesson["pair_bench"].start, lesson["compute_pair"]
    right = {out: compute(**start | {"out": out}).right for out in ("open", "shut", "a step ahead")}
    assert [r["GRU"] for r in right.values()] == [23] * 3
    assert right["a step ahead"]["LSTM"] == 23
    assert right["open"]["LSTM"] < 18
    assert right["shut"]["LSTM"] < 18


def test_a_gru_whose_candidate_never_sees_the_past_cannot_flip(lesson):
    start = lesson["pair_bench"].start
    assert lesson["compute_pair"](**start | {"b_r": -8.0}).right["GRU"] < 18


def test_a_gru_whose_candidate_always_sees_the_past_cannot_write(lesson):
    start = lesson["pair_bench"].start
    assert lesson["compute_pair"](**start | {"w_r": 0.0}).right["GRU"] < 18


def test_only_the_bias_b_n_tells_reset_before_from_reset_after_in_one_unit(lesson):
    def apart(b_n):
        start = lesson["pair_bench"].start | {"b_n": b_n}
        after, before = (
            lesson["compute_pair"](**start | {"reset": reset}).numbers["GRU"]["h"]
            for reset in ("after", "before")
        )
        return np.abs(after - before).max()

    assert apart(0.0) < 1e-12
    assert apart(2.0) > 0.01


def test_writes_or_flips_fail_where_the_lesson_says(lesson):
    start, compute = lesson["pair_bench"].start, lesson["compute_pair"]

    def wrong(cell, **changes):
        """The steps of the writes that store a wrong sign, and of the flips that flip none."""
        state = compute(**start | changes).numbers[cell]["h" if cell == "GRU" else "c"]
        writes, flips = [], []
        for t in np.flatnonzero(lesson["WRITE"]):
            if state[t] * lesson["VALUES"][t] < 0:
                writes.append(t + 1)
        for t in np.flatnonzero(lesson["FLIP"]):
            if state[t] * state[t - 1] > 0:
                flips.append(t + 1)
        return writes, flips

    assert wrong("GRU") == ([], [])
    assert wrong("LSTM", out="a step ahead") == ([], [])
    assert wrong("GRU", w_r=0.0) == ([8, 14], [])
    assert wrong("LSTM") == ([8, 14], [])
    writes, flips = wrong("GRU", w_r=0.0, b_r=-8.0)
    assert not writes
    assert flips
    assert wrong("LSTM", out="shut") == (writes, flips)


def test_the_goal_follows_the_commands(lesson):
    values, write, flip, goal = (lesson[name] for name in ("VALUES", "WRITE", "FLIP", "GOAL"))
    stored = 0
    for t in range(lesson["T"]):
        if write[t]:
            stored = values[t]
        elif flip[t]:
            stored = -stored
        assert goal[t] == stored


def test_some_writes_repeat_the_stored_sign_and_others_change_it(lesson):
    values, write, goal = lesson["VALUES"], lesson["WRITE"], lesson["GOAL"]
    written = [t for t in range(2, 24) if write[t]]
    assert any(goal[t - 1] == values[t] for t in written)
    assert any(goal[t - 1] == -values[t] for t in written)


def test_a_write_fails_where_the_lstm_stores_that_sign_already(lesson):
    held, values, goal = lesson["held"], lesson["VALUES"], lesson["GOAL"]
    for step, fails in {8: True, 14: True, 19: False}.items():
        k = step - 1
        assert (held[k] * values[k] < 0) == fails
        assert (held[k - 1] * values[k] > 0) == fails
    # Only at step 14 does the target change its sign.
    assert goal[13] == -goal[12]
    assert goal[7] == goal[6]
    assert goal[18] == goal[17]


def test_the_claim_has_one_verdict(lesson):
    assert verdicts(lesson["printed"]) == [("C36", False)]


def test_an_lstm_counts_every_lead_but_no_state_of_a_gru_exceeds_one(lesson):
    assert lesson["turned_after"][1] == [lead + 1 for lead in lesson["leads"]]
    assert lesson["highest"] <= 1


def test_a_gru_and_an_lstm_are_twins_only_after_all_changes(lesson):
    changes = lesson["twins_apart"]
    assert changes.pop("all changes made") < 1e-12
    assert min(changes.values()) > 0.05


def test_reset_before_and_after_agree_only_where_the_lesson_says(lesson):
    distances = lesson["apart_by"]
    same = {words for words, distance in distances.items() if distance < 1e-12}
    assert same == {"r held at 1", "U_n diagonal and b_Un = 0"}
    others = [distance for words, distance in distances.items() if words not in same]
    assert min(others) > 0.05


def test_no_weights_take_reset_after_into_reset_before(lesson):
    """The input changes the proportion in which both units read unit 2 only with reset after."""
    proportion, example = lesson["proportion"], lesson["example"]
    assert proportion(example, 1.0) == pytest.approx(np.exp(4))
    assert proportion(example, -1.0) == pytest.approx(np.exp(-4))
    assert lesson["largest_change"] < 1e-6
    gru = GRU(1, 2, rng=np.random.default_rng(0), reset="before")
    assert proportion(gru, 0.3) == pytest.approx(np.divide(*gru.part("n")["U"][:, 1]))


def test_the_exact_p_is_what_counting_gives(lesson):
    """The ranks are dealt out in all ways, for equal and for unequal numbers of runs."""
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
    """If the run had a say, a validation loss of 0 would make its own rate win."""
    cells = lesson["cells"]
    for task, cell in cells.arms():
        for seed in cells.TRIED:
            for rate in cells.rates_of(cell):
                key = {"task": task, "cell": cell, "rate": rate, "seed": seed}
                changed = []
                for p in stored:
                    own = key.items() <= p.items()
                    changed.append(p | {"validation": 0.0} if own else p)
                rate_before = cells.rate_for(stored, task, cell, seed)
                assert cells.rate_for(changed, task, cell, seed) == rate_before


def test_fresh_seeds_run_at_the_rate_that_all_tried_seeds_chose(lesson, stored):
    cells = lesson["cells"]
    for task, cell in cells.arms():
        assert cells.CHOSEN[task, cell] == cells.rate_for(stored, task, cell, seed=None)


def test_the_gates_are_decided_on_adding_and_words_only(lesson):
    decided = {comparison for comparison, sure in lesson["decided"].items() if sure}
    gates = {(task, cell, "RNN") for task in ("adding", "words") for cell in ("GRU", "LSTM")}
    assert decided == gates
    assert len(lesson["decided"]) == 15


def test_the_order_on_the_digits_turns_as_the_lesson_says(lesson, stored):
    """At its chosen rate, the GRU has the lowest validation loss and the highest test loss."""
    cells = lesson["cells"]

    def validation(cell, rate):
        key = {"task": "digits", "cell": cell, "rate": rate}
        runs = [p for p in stored if key.items() <= p.items() and p["seed"] in cells.TRIED]
        return np.median([p["validation"] for p in runs])

    chosen = {cell: validation(cell, cells.CHOSEN["digits", cell]) for cell in cells.CELLS}
    test = {cell: lesson["medians"]["digits", cell] for cell in cells.CELLS}
    assert min(chosen, key=chosen.get) == "GRU"
    assert max(test, key=test.get) == "GRU"
    assert validation("RNN", 0.01) == pytest.approx(1.41, abs=0.02)
    assert validation("RNN", 0.03) == pytest.approx(1.94, abs=0.02)
    lowest = {rate: min(cells.CELLS, key=lambda c: validation(c, rate)) for rate in cells.RATES}
    assert lowest == {0.003: "RNN", 0.01: "GRU", 0.03: "GRU"}
    highest = {rate: max(cells.CELLS, key=lambda c: validation(c, rate)) for rate in cells.RATES}
    assert highest[0.01] == highest[0.03] == "RNN"


def test_the_rates_at_the_edge_are_those_that_the_lesson_names(lesson):
    cells = lesson["cells"]
    at = {rate: set() for rate in cells.RATES}
    for (task, cell), rate in cells.CHOSEN.items():
        if cell in cells.CELLS:
            at[rate].add((task, cell))
    assert at[0.03] == {(task, "LSTM") for task in cells.TASKS} | {("digits", "GRU")}
    assert at[0.003] == {("adding", "RNN"), ("digits", "RNN")}


def test_without_an_output_gate_about_a_third_of_the_pairs_is_won_at_either_rate(lesson):
    fixed, test = lesson["fixed"], lesson["test"]
    with_gate, without = ("adding", "LSTM"), ("adding", "LSTM, o = 1")
    assert (fixed["LSTM"][:, None] < fixed["LSTM, o = 1"]).sum() == 16
    assert (test[with_gate][:, None] < test[without]).sum() == 33


def test_guessing_is_what_the_best_constant_answer_gets(lesson):
    cells = lesson["cells"]
    assert cells.guessing("adding") == pytest.approx(1 / 6, rel=0.1)
    assert cells.guessing("digits") == pytest.approx(np.log(10), rel=0.03)


def hidden_states_of_torch(layer, weights, x):
    """What a layer of PyTorch computes with these weights."""
    torch = pytest.importorskip("torch")
    theirs = getattr(torch.nn, layer)(D, H).double()
    with torch.no_grad():
        for name, array in weights.items():
            getattr(theirs, f"{name}_l0").copy_(torch.as_tensor(np.ascontiguousarray(array)))
        return theirs(torch.as_tensor(x))[0].numpy()


def test_a_gru_of_torch_with_the_mapped_weights_gives_the_same_states(lesson):
    gru, x = lesson["random_gru"](), np.random.default_rng(3).normal(size=(9, 2, D))
    weights = lesson["to_torch"](gru, np.random.default_rng(4).normal(size=2 * H))
    theirs = hidden_states_of_torch("GRU", weights, x)
    np.testing.assert_allclose(gru.forward(x).h, theirs, atol=1e-12)


def test_an_lstm_of_torch_gives_the_states_of_the_mapped_one(lesson):
    rows, x = lesson["from_torch"], np.random.default_rng(3).normal(size=(9, 2, D))
    weights = {
        "weight_ih": rows[:, :3],
        "weight_hh": rows[:, 3:8],
        "bias_ih": rows[:, 8],
        "bias_hh": rows[:, 9],
    }
    theirs = hidden_states_of_torch("LSTM", weights, x)
    np.testing.assert_allclose(lesson["lstm"].forward(x).h, theirs, atol=1e-12)


def test_all_cells_use_most_of_the_same_budget(lesson):
    cells = lesson["cells"]
    for task, (_, _, _, most, _) in cells.TASKS.items():
        for cell in (*cells.CELLS, *cells.VARIANTS):
            _, parameters = cells.size_of(cell, task)
            assert 0.85 * most <= parameters <= most


def test_the_parameters_of_the_budget_are_those_of_the_network(lesson):
    cells, rng = lesson["cells"], np.random.default_rng(0)
    for task, (inputs, outputs, loss, _, _) in cells.TASKS.items():
        size, parameters = cells.size_of("GRU", task)
        gru, readout = GRU(inputs, size, rng=rng), cells.Dense(size, outputs, rng=rng)
        network = cells.Network([gru], readout, loss)
        assert sum(p.size for p in network.params.values()) == parameters


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


REBUILT = [
    pytest.param({"task": "words", "cell": "LSTM", "seed": 6}, id="words"),
    pytest.param({"task": "Reber", "cell": "RNN", "seed": 5}, id="Reber"),
]


@pytest.mark.parametrize("key", REBUILT)
def test_a_stored_point_can_be_rebuilt(lesson, stored, key):
    cells = lesson["cells"]
    key = key | {"rate": cells.CHOSEN[key["task"], key["cell"]]}
    assert [{k: p[k] for k in key} for p in stored] == cells.keys()
    (before,) = [p for p in stored if key.items() <= p.items()]
    again = cells.point(**key)
    for part in ("validation", "test"):
        assert again[part] == pytest.approx(before[part], rel=cells.TOLERANCE)
