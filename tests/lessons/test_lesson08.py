"""Lesson 08: its benches show what is stored, and live training moves the picture.

Its stored results can be rebuilt.
"""

import itertools
from difflib import SequenceMatcher

import numpy as np
import pytest
from support.benches import move_all
from support.claims import verdicts
from support.course import NOTEBOOKS
from support.lessons import namespace, stored_points


@pytest.fixture(scope="module")
def lesson():
    return namespace("08")


@pytest.fixture(scope="module")
def script(lesson):
    return lambda name: lesson["load"](NOTEBOOKS / "precompute" / f"08_{name}.py")


def stored(name, **key):
    """The stored points of one script that have all of `key`."""
    return [p for p in stored_points(f"08_{name}") if key.items() <= p.items()]


def test_every_bench_at_its_extremes(lesson):
    assert move_all(lesson) == 3


def test_no_sheet_is_in_two_sets(lesson):
    over = lesson["over"]
    together = np.concatenate(over.parts())
    assert over.SHEETS[-1] == 1797
    assert sorted(together) == list(range(1797))
    sheet = np.searchsorted(over.SHEETS, np.arange(1797), "right") - 1
    sheets = [set(sheet[part]) for part in over.parts()]
    assert [len(some) for some in sheets] == [8, 3, 3]
    assert len(set.union(*sheets)) == 14


def test_no_word_of_the_race_is_in_two_sets(lesson):
    train, held, test = lesson["race"].corpus()
    assert len({*train, *held, *test}) == 6000


def test_each_sheet_repeats_the_same_labels(lesson):
    """Up to eight of the 130 labels are missing on a sheet.

    Nearly all others stand in the order of the first sheet.
    """
    cuts, labels = lesson["over"].SHEETS, lesson["labels"].tolist()
    for begin, end in zip(cuts, cuts[1:]):
        alike = SequenceMatcher(None, labels[: cuts[1]], labels[begin:end], autojunk=False)
        assert 122 <= end - begin <= 130, begin
        assert alike.ratio() > 0.95, begin


def test_the_sheets_most_alike_are_in_one_set(lesson):
    """Each image names the sheet of its nearest image with the same label on another sheet.

    The five pairs of sheets that name each other most often are each in one set.
    """
    cuts, labels = lesson["over"].SHEETS, lesson["labels"]
    x = lesson["datasets"].digits().images.reshape(1797, 64)
    sheet = np.searchsorted(cuts, np.arange(1797), "right") - 1
    squares = (x**2).sum(1)
    distance = squares[:, None] + squares - 2 * x @ x.T
    distance[(labels[:, None] != labels) | (sheet[:, None] == sheet)] = np.inf
    named = np.zeros((14, 14))
    np.add.at(named, (sheet, sheet[distance.argmin(1)]), 1)
    alike = named / np.bincount(sheet)[:, None]
    alike += alike.T
    best = np.argsort(np.triu(alike), axis=None)[::-1][:5]
    set_of = {}
    for k, part in enumerate(lesson["over"].parts()):
        set_of |= dict.fromkeys(sheet[part], k)
    for a, b in zip(*np.unravel_index(best, (14, 14))):
        assert set_of[a] == set_of[b]


def test_a_row_of_a_digit_is_a_step(lesson):
    x, target, mask = lesson["over"].sequences(np.array([3, 8]))
    image = lesson["datasets"].digits().images[8] / 16
    assert x.shape == (8, 2, 8)
    assert x[5, 1] == pytest.approx(image[5])
    assert mask.sum(0).tolist() == [1, 1]
    assert mask[-1].all()
    assert target[-1].tolist() == lesson["labels"][[3, 8]].tolist()


def test_letters_are_next_letters(lesson):
    x, target, mask = lesson["race"].letters(["cab", "a"])
    read = x.argmax(-1)
    assert read[:4, 0].tolist() == [0, 3, 1, 2]
    assert target[:4, 0].tolist() == [3, 1, 2, 0]
    assert mask.sum(0).tolist() == [4, 2]
    assert (x.sum(-1) == mask).all()


def test_every_arm_sees_its_examples_equally_often(lesson, monkeypatch):
    over, asked = lesson["over"], []

    def record(network, data, optimizer, **options):
        asked.append((data, options))

    monkeypatch.setattr(over, "fit", record)
    for N in over.EXAMPLES:
        over.train(4, N, "dropout = 0.5", 0.01, 0)
    assert [data[0].shape[1] for data, _ in asked] == list(over.EXAMPLES)
    assert {options["epochs"] for _, options in asked} == {over.EPOCHS}
    assert "updates" not in asked[0][1]


def test_each_way_to_hold_back_reaches_the_training(lesson, monkeypatch):
    over, asked = lesson["over"], []

    def record(network, *_, **options):
        asked.append(options | {"dropout": network.dropout})

    monkeypatch.setattr(over, "fit", record)
    for hold in over.HOLD:
        over.train(4, 50, hold, 0.01, 0)
    asked = dict(zip(over.HOLD, asked, strict=True))
    assert asked["dropout = 0.5"]["dropout"] == 0.5
    assert asked["nothing"]["dropout"] == 0
    assert asked["l1 = 0.001"]["l1"] == 0.001
    assert asked["l2 = 0.01"]["l2"] == 0.01
    assert "l1" not in asked["nothing"]
    assert "l2" not in asked["l1 = 0.001"]


def test_the_overfitting_bench_shows_the_stored_runs(lesson):
    bench = lesson["over_bench"]
    key = {"H": 16, "N": 450, "hold": "l1 = 0.001"}
    bench.set(**key)
    (point,) = stored("overfitting", **key)
    artists = bench.artists
    assert artists["held"].get_ydata() == pytest.approx(np.median(point["held_loss"], axis=0))
    for line, run in zip(artists["runs train"], point["train_loss"], strict=True):
        assert line.get_ydata() == pytest.approx(np.maximum(run, 3e-4))
    end = artists["median train"].get_ydata()[1]
    assert end == pytest.approx(np.median(point["end_train"]))
    seeds = artists["seeds held"].get_ydata()[3:6]
    assert sorted(seeds) == pytest.approx(sorted(point["end_held"]))
    assert artists["examples"].get_xdata()[0] == 450
    bench.reset()


def test_the_overfitting_bench_counts_the_weights_of_the_network(lesson):
    network = lesson["over"].build(16, np.random.default_rng(0))
    assert lesson["WEIGHTS"][16] == sum(p.size for p in network.params.values())


def test_train_live_moves_the_picture_until_a_control_moves(lesson, monkeypatch):
    bench, shown, over = lesson["over_bench"], [], lesson["over"]

    def show(data):
        shown.append(data)
        return type(bench).show(bench, data)

    monkeypatch.setattr(bench, "show", show)
    bench.set(H=4, N=50)
    bench.act(lambda bench: lesson["train_live"](bench, iter([7])))
    assert len(shown) >= over.EPOCHS // over.EVERY
    assert shown[-1]["live"][-1, 0] == over.EPOCHS
    assert "Live, seed 7" in bench.words
    assert np.isfinite(bench.artists["live held"].get_ydata()).all()
    assert bench.artists["progress"].get_xdata()[1] == over.EPOCHS
    bench.set(N=150)
    assert "Live" not in bench.words
    bench.reset()


def test_the_race_shows_the_rate_of_each_slider(lesson):
    bench = lesson["race_bench"]
    bench.set(**{"SGD": 0.5, "Adam": -2.5})
    for name, rate in (("SGD", 0.5), ("Adam", -2.5), ("AdaGrad", -1.0)):
        (point,) = stored("optimisers", optimiser=name, rate=rate)
        assert bench.artists[name][0].get_ydata() == pytest.approx(np.array(point["loss"]))
        assert bench.artists[name][1].get_xdata()[0] == pytest.approx(10**rate)
    bench.reset()


def test_the_race_is_run_at_the_best_rates_on_other_seeds(lesson, script):
    race = script("race")
    assert not set(race.SEEDS) & set(lesson["race"].SEEDS)
    assert {p["optimiser"]: p["rate"] for p in stored("race")} == lesson["best"]


def test_share_finds_what_explains_and_no_more(lesson):
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=(2, 4000))
    assert lesson["share"](a, 3 * a + 4 * b) == pytest.approx(9 / 25, abs=0.05)
    assert lesson["share"](a, b) == pytest.approx(0, abs=0.01)


def test_the_second_search_rescales_the_rate(lesson, script, monkeypatch):
    search, given = script("search"), []

    def record(network, batch, optimizer, **_):
        given.append(optimizer)

    monkeypatch.setattr(search, "fit", record)
    for kind in ("plain", "rescaled"):
        search.point(kind, 3)
    for kind, optimizer in zip(("plain", "rescaled"), given):
        drawn = search.drawn(kind, 3)
        factor = 1 if kind == "plain" else 1 - drawn["momentum"]
        assert optimizer.learning_rate == pytest.approx(factor * drawn["learning rate"])
    rescaled = lesson["searches"]["times 1 − momentum"]
    assert rescaled[lesson["NAMES"][5]] == pytest.approx(rescaled["learning rate"])


TUNED = [
    ("depth", "tuning", min),
    ("scaling", "tuning", min),
    ("start", "tuning", max),
    ("softsign", "tuning", max),
    ("overfitting", "lowest", min),
]


@pytest.mark.parametrize("name, tuned, best", TUNED)
def test_each_arm_has_its_best_rate_and_no_verdict_seed_chose_it(script, name, tuned, best):
    module = script(name)
    assert not set(module.TUNING) & set(module.SEEDS)
    points = [p for p in stored(name) if tuned in p]
    assert len(points) >= 2
    for p in points:
        rates = module.RATES
        if isinstance(rates, dict):
            rates = rates[p.get("task", p.get("optimiser"))]
        assert p["rate"] == rates[p[tuned].index(best(p[tuned]))]


def test_scaling_uses_the_training_part_alone(script):
    scaling = script("scaling")
    parts, mean, spread = scaling.sunspot_data()
    spots = scaling.sunspots().value
    assert [x.shape[1] for x, _ in parts] == [138, 40, 55]
    assert mean == pytest.approx(spots[:160].mean())
    assert spread == pytest.approx(spots[:160].std())
    ends = [mean + spread * target[-1, -1, 0] for _, target in parts]
    assert ends == pytest.approx(spots[[159, 199, 254]])


def test_scaled_digits_have_the_ranges_that_their_names_say(script):
    scaling = script("scaling")
    x, _, _ = scaling.digit_data("mean 0, spread 1")[0]
    assert x.mean((0, 1)) == pytest.approx(np.zeros(8), abs=1e-4)
    assert x.std((0, 1)) == pytest.approx(np.ones(8), abs=1e-3)
    assert scaling.digit_data("0 to 16")[2][0].max() == 16
    assert scaling.digit_data("0 to 1")[2][0].max() == 1


SCRIPTS = (
    "overfitting",
    "optimisers",
    "race",
    "search",
    "depth",
    "softsign",
    "scaling",
    "start",
)


@pytest.mark.parametrize("name", SCRIPTS)
def test_all_keys_are_stored(script, name):
    keys = script(name).keys()
    assert len(stored(name)) == len(keys)
    for key in keys:
        assert len(stored(name, **key)) == 1


REBUILT = {
    "overfitting": lambda m, p: (
        m.train(16, 1000, "nothing", p["rate"], 0)[-1, 4],
        p["end_held"][0],
    ),
    "race": lambda m, p: (m.race.train("Adam", p["rate"], m.SEEDS[0])[-1], p["loss"][0][-1]),
    "search": lambda m, p: (m.point("rescaled", 5)["held"], p["held"]),
    "depth": lambda m, p: (m.train("digits", 2, p["H"], p["rate"], 0)[1], p["loss"][0]),
    "softsign": lambda m, p: (m.train("softsign", p["rate"], 0)[1], p["test"][0]),
    "scaling": lambda m, p: (
        m.errors("sunspots", "both raw", p["rate"], 0)[1] / 40,
        p["test"][0] / 40,
    ),
    "start": lambda m, p: (m.train(1, "Adam", p["rate"], 0)[0][1], p["test"][0]),
}
KEYS = {
    "overfitting": {"H": 16, "N": 1000, "hold": "nothing"},
    "race": {"optimiser": "Adam"},
    "search": {"search": "rescaled", "run": 5},
    "depth": {"data": "digits", "layers": 2, "equal": "weights"},
    "softsign": {"phi": "softsign"},
    "scaling": {"task": "sunspots", "arm": "both raw"},
    "start": {"optimiser": "Adam", "gain": 1},
}


@pytest.mark.parametrize("name", REBUILT)
def test_stored_runs_can_be_rebuilt(script, name):
    module, (point,) = script(name), stored(name, **KEYS[name])
    again, before = REBUILT[name](module, point)
    assert again == pytest.approx(before, abs=module.TOLERANCE)


def test_an_optimiser_s_stored_point_can_be_rebuilt(script):
    module, (point,) = script("optimisers"), stored("optimisers", optimiser="AdaGrad", rate=-1.0)
    again = module.point("AdaGrad", -1.0)
    assert again["loss"] == pytest.approx(point["loss"], abs=module.TOLERANCE)


def test_the_verdicts_of_the_claims_are_those_of_the_text(lesson):
    printed = set(verdicts(lesson["printed"]))
    assert {(f"C{k}", True) for k in (37, 39, 41, 42, 45, 46, 47)} <= printed
    assert {(f"C{k}", False) for k in (38, 40, 43, 44, 45, 47)} <= printed
    assert ("C38", True) not in printed
    assert ("C40", True) not in printed


def test_familiar_sheets_and_strange_ones_are_read_as_well_as_the_text_says(lesson):
    assert np.mean(lesson["familiar"]) == pytest.approx(0.96, abs=0.02)
    assert np.mean(lesson["strange"]) == pytest.approx(0.90, abs=0.02)
    assert min(f - s for f, s in zip(lesson["familiar"], lesson["strange"])) > 0.02


def test_learning_and_guessing_are_as_far_apart_as_the_text_says(lesson):
    assert min(lesson["learned"]) > 0.95
    assert max(lesson["guessed"]) < 0.2


def test_the_smallest_net_ends_highest_and_reads_fewest(lesson):
    median = lesson["median"]
    ends = [median(H, 50, "whole_test_loss") for H in (4, 16, 64)]
    assert ends == pytest.approx([2.52, 1.83, 2.02], abs=0.01)
    for N in lesson["over"].EXAMPLES:
        right = [median(H, N, "whole_test") for H in (4, 16, 64)]
        assert right[0] == min(right)
        assert N > 50 or right[2] == max(right)
        ends = [median(H, N, "whole_test_loss") for H in (4, 16, 64)]
        assert ends[0] == max(ends)


def medians_by_examples(lesson, table):
    """For each number of examples, the medians over the seeds of the nine arms."""
    medians = {examples: [] for examples in lesson["over"].EXAMPLES}
    for (*_, examples), runs in table.items():
        medians[examples].append(np.median(runs))
    return list(medians.values())


def test_penalties_are_judged_against_the_better_network_without_one(lesson):
    arms = medians_by_examples(lesson, lesson["gains"])
    assert [np.median(a) for a in arms] == pytest.approx([0.8, 2.1, -1.0, -0.3], abs=0.1)
    counts = [(sum(x > 1 for x in a), sum(x < -1 for x in a)) for a in arms]
    assert counts == [(4, 4), (6, 1), (2, 5), (3, 3)]
    over_stopped = medians_by_examples(lesson, lesson["over_stopped"])
    assert np.median(over_stopped[0]) == pytest.approx(5.5, abs=0.1)


def test_at_50_examples_stopping_early_costs_what_the_text_says(lesson):
    grid, median = lesson["grid"], lesson["median"]
    at_50 = [grid[H, 50, "nothing"] for H in (4, 16, 64)]
    assert all(np.median(p["whole_held"]) > np.median(p["stop_held"]) for p in at_50)
    cost = [100 * (median(H, 50, "whole_test") - median(H, 50, "stop_test")) for H in (4, 16, 64)]
    assert cost == pytest.approx([11.3, 13.1, 17.5], abs=0.3)


def test_l1_costs_the_smallest_network_much_at_50_examples_and_helps_it_at_1000(lesson):
    assert np.median(lesson["gains"]["l1", 4, 50]) == pytest.approx(-20.4, abs=0.2)
    assert np.median(lesson["gains"]["l1", 4, 1000]) == pytest.approx(10.4, abs=0.2)


def test_more_examples_help_all_but_the_smallest_network(lesson):
    median, examples = lesson["median"], lesson["over"].EXAMPLES
    for H in (16, 64):
        assert (np.diff([median(H, N, "whole_test") for N in examples]) > 0).all()
    assert median(4, 450, "whole_test") == pytest.approx(0.726, abs=0.005)
    assert median(4, 1000, "whole_test") == pytest.approx(0.692, abs=0.005)


def test_the_widest_network_is_better_although_its_gap_is_seldom_wider(lesson):
    assert sum(lesson["wider"]) <= 2
    assert all(lesson["better"])


def test_the_figure_of_gains_shows_both_comparisons(lesson):
    fig = lesson["draw_gains"]()
    for ax, kind in zip(fig.axes, lesson["KINDS"], strict=True):
        dots, marks, crosses = ax.lines[:3]
        gains = [lesson["gains"][kind, 4, N] for N in lesson["over"].EXAMPLES]
        others = [lesson["over_stopped"][kind, 4, N] for N in lesson["over"].EXAMPLES]
        assert dots.get_ydata() == pytest.approx(np.ravel(gains))
        assert marks.get_ydata() == pytest.approx(np.median(gains, axis=1))
        assert crosses.get_ydata() == pytest.approx(np.median(others, axis=1))
    lesson["plt"].close(fig)


def test_the_triangles_stand_on_the_stopped_runs(lesson):
    assert lesson["tuned"]["rate"] == 0.03
    assert lesson["tuned"]["whole_rate"] == 0.1
    fig = lesson["draw_stopping"]()
    triangles = [line for line in fig.axes[0].lines if line.get_marker() == "v"]
    for triangle, (rows, _, ran) in zip(triangles, lesson["stopped"], strict=True):
        assert triangle.get_ydata()[0] == pytest.approx(rows[:, 0].min())
        best = rows[:, 0].argmin() + 1
        assert triangle.get_xdata()[0] == best
        assert best <= ran
    lesson["plt"].close(fig)


def test_one_layer_lost_as_much_as_the_text_says(lesson):
    assert sum(difference > 0.03 for difference in lesson["lost"].values()) == 6
    assert lesson["lost"]["digits", 3, "weights"] == pytest.approx(0.032, abs=0.001)


def test_softsign_saturates_as_much_as_the_text_says(lesson):
    assert lesson["flat"] == pytest.approx([0.2, 4.9], abs=0.1)
    assert lesson["quarter"] == pytest.approx([35.5, 21.5], abs=0.5)


def test_more_data_help_more_than_a_penalty(lesson):
    assert lesson["by_data"] == pytest.approx(0.162, abs=0.002)
    assert lesson["chosen"] in lesson["over"].HOLD
    assert lesson["by_penalty"] == pytest.approx(0.037, abs=0.002)


def test_a_choice_is_worth_as_much_as_the_text_says(lesson):
    assert np.mean(lesson["promised"]) == pytest.approx(3.3, abs=0.1)
    assert np.mean(lesson["kept"]) == pytest.approx(4.2, abs=0.1)


def test_raw_numbers_cost_little_at_their_own_rate(lesson):
    spots = {arm: np.median(p["test"]) for (task, arm), p in lesson["suited"].items()}
    common = {arm: np.median(p["test at 0.01"]) for (task, arm), p in lesson["suited"].items()}
    assert spots["both normalised"] == pytest.approx(14.4, abs=0.1)
    assert spots["inputs raw"] == pytest.approx(14.0, abs=0.1)
    assert spots["targets raw"] == pytest.approx(16.1, abs=0.1)
    assert spots["both raw"] == pytest.approx(20.2, abs=0.1)
    assert common["targets raw"] == pytest.approx(29.5, abs=0.1)
    assert spots["tanh output"] == pytest.approx(20.4, abs=0.1)
    assert spots["logistic output"] == pytest.approx(27.9, abs=0.1)
    assert common["tanh output"] == pytest.approx(19.7, abs=0.1)
    assert not lesson["clearly_worse"]("sunspots", "targets raw", "both normalised")
    by_rate = dict(
        zip(
            lesson["scaling"].RATES["sunspots"],
            lesson["suited"]["sunspots", "targets raw"]["tuning"],
            strict=True,
        )
    )
    assert sorted(by_rate, key=by_rate.get)[:2] == [0.3, 0.03]
    assert by_rate[0.03] - by_rate[0.3] < 0.5
    tuning = {p["arm"]: min(p["tuning"]) for p in stored("scaling", task="sunspots")}
    assert tuning["tanh output"] > tuning["both normalised"]
    assert tuning["logistic output"] > tuning["both normalised"]


def test_the_scales_of_the_digits_differ_as_much_as_the_text_says(lesson):
    """Raw pixels have the lowest median on the test digits, not on those that chose the rate."""
    scales = ("mean 0, spread 1", "0 to 1", "0 to 16")
    arms = {arm: p for (task, arm), p in lesson["suited"].items() if task == "digits"}
    wrong = {arm: 100 * np.median(p["test"]) for arm, p in arms.items()}
    assert min(wrong, key=wrong.get) == "0 to 16"
    assert max(wrong, key=wrong.get) == "0 to 1"
    assert wrong["0 to 16"] == pytest.approx(3.9, abs=0.1)
    assert wrong["0 to 1"] == pytest.approx(7.6, abs=0.1)
    assert max(scales, key=lambda arm: min(arms[arm]["tuning"])) == "0 to 16"
    clearly = set()
    for pair in itertools.permutations(arms, 2):
        if lesson["clearly_worse"]("digits", *pair):
            clearly.add(pair)
    assert clearly == {("0 to 1", "mean 0, spread 1")}
    assert wrong["squared error"] < wrong["0 to 1"]
    assert {p["rate"] for p in arms.values()} == {0.01}


def test_most_sunspot_numbers_lie_below_their_mean(lesson):
    train = lesson["datasets"].sunspots().value[:160]
    assert (train < train.mean()).mean() > 0.5


def test_the_searches_explain_the_shares_that_the_text_names(lesson):
    plain, rescaled = lesson["shares"].values()
    assert plain["learning rate"] == pytest.approx(0.19, abs=0.01)
    assert plain[lesson["NAMES"][5]] == pytest.approx(0.49, abs=0.01)
    assert rescaled["learning rate"] == pytest.approx(0.63, abs=0.01)
    assert plain["momentum"] < 0.06
    assert rescaled["momentum"] < 0.06


def test_the_searches_have_the_trends_and_the_reach_that_the_text_names(lesson):
    trends = lesson["trends"]
    assert trends["as it is", "smaller"] == pytest.approx(0.154, abs=0.01)
    assert trends["as it is", "larger"] == pytest.approx(-0.215, abs=0.01)
    reach = [search[lesson["NAMES"][5]].max() for search in lesson["searches"].values()]
    assert reach == pytest.approx([193.4, 9.92], abs=0.1)


def test_a_wrong_rate_costs_what_the_text_says(lesson):
    table, best = lesson["table"], lesson["best"]
    lowest = {name: table[name, rate]["loss"][-1] for name, rate in best.items()}
    ten = {name: table[name, rate + 1]["loss"][-1] - lowest[name] for name, rate in best.items()}
    tenth = [table[name, rate - 1]["loss"][-1] - lowest[name] for name, rate in best.items()]
    assert ten["Adam"] < 0.2
    assert 0.25 < ten["RMSProp"] < 0.35
    assert 0.35 < ten["AdaGrad"] < 0.45
    assert ten["Nesterov"] > 2
    assert ten["SGD"] > 2
    assert all(0.1 < cost < 0.22 for cost in tenth)
    assert round(lowest.pop("SGD"), 2) == 2.21
    assert min(lowest.values()) > 2.09
    assert max(lowest.values()) < 2.145
    assert min(lesson["wins"].values()) == 5
