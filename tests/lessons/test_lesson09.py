"""Lesson 09: the counting is right, and the inventions follow the models.

The stored speller is the one that the lesson describes.
"""

import numpy as np
import pytest
from support.benches import move_all
from support.lessons import namespace


@pytest.fixture(scope="module")
def lesson():
    return namespace("09")


def test_every_bench_at_its_extremes(lesson):
    assert move_all(lesson) == 2


def test_no_word_is_in_two_sets(lesson):
    parts = [lesson[name] for name in ("train", "validation", "test")]
    together = np.concatenate(parts)
    assert len(together) == len(lesson["words"])
    assert len(set(together)) == len(together)
    assert not lesson["known"] & lesson["held_out"]


def test_the_stored_speller_saw_the_same_words(lesson):
    """The training script has a corpus of its own.

    If its sets held other words, the judgement would be worthless.
    """
    corpus = lesson["spelling"].corpus()
    assert (corpus.codes == lesson["codes"]).all()
    assert (corpus.mask == lesson["mask"]).all()
    assert (corpus.train == lesson["train"]).all()
    assert (corpus.test == lesson["test"]).all()


def test_the_first_updates_can_be_rebuilt(lesson):
    spelling = lesson["spelling"]
    again = spelling.first_updates(30)
    assert again == pytest.approx(lesson["stored_losses"][:30], rel=spelling.TOLERANCE)


def test_the_stored_speller_was_trained_to_the_end(lesson):
    spelling = lesson["spelling"]
    assert len(lesson["stored_losses"]) == spelling.UPDATES
    assert lesson["looks"][-1, 1] < lesson["looks"][0, 1]


def test_runs_of_symbols_are_counted_as_one_reads(lesson):
    n = int(lesson["test"][0])
    word = "." + lesson["words"][n] + "."
    runs = lesson["grams"](3, np.array([n]))
    first, second, third = ("".join(lesson["ALPHABET"][k] for k in run) for run in runs)
    assert third == word[1:]
    assert second == word[:-1]
    assert first == "." + word[:-2]


def test_kneser_ney_gives_what_one_computes_by_hand(lesson):
    """The contexts have one letter: b, b and c followed a, and c followed b. The discount is ½."""
    first = np.zeros((2, 27))
    first[0, 2], first[0, 3], first[1, 3] = 2, 1, 1
    kinds = np.zeros((1, 27))
    kinds[0, 2], kinds[0, 3] = 1, 2  # b comes after one letter, c after two
    levels = [(np.array([0]), kinds), (np.array([1, 2]), first)]
    shorter, longer = lesson["kneser_ney"](levels, 0.5)
    lower_b, lower_c = (np.array([1, 2]) - 0.5 + 0.5 * 2 / 27) / 3
    assert shorter[1][0, 2:4] == pytest.approx([lower_b, lower_c])
    assert longer[1][0, 2] == pytest.approx((1.5 + 0.5 * 2 * lower_b) / 3)
    assert longer[1][1, 3] == pytest.approx(0.5 + 0.5 * lower_c)
    assert longer[1].sum(axis=-1) == pytest.approx(np.ones(2))


@pytest.mark.parametrize("n", [2, 3, 5])
def test_counts_are_those_of_a_plain_loop(lesson, n):
    """The loop counts how often each run occurs.

    For shorter runs it counts after how many different letters they come, unless a word begins
    there. A context ends at the dot before the word, because ". . a" tells no more than ". a".
    """
    index = lesson["ALPHABET"].index
    chosen = lesson["train"][:300]
    runs = {}
    for k in chosen:
        word = "." * (n - 1) + str(lesson["words"][k]) + "."
        for t in range(n - 1, len(word)):
            run = word[t - n + 1 : t + 1]
            runs[run] = runs.get(run, 0) + 1
    levels = lesson["count"](n, chosen)
    for m in reversed(range(n)):
        contexts, counts = levels[m]
        kept = {run: times for run, times in runs.items() if not run[:-1].startswith("..")}
        assert counts.sum() == sum(kept.values())
        assert (counts > 0).sum() == len(kept)
        for run, times in kept.items():
            symbols = np.array([index(s) for s in run[:-1]], int).reshape(m, 1)
            row = np.searchsorted(contexts, lesson["number"](symbols)[0])
            assert counts[row, index(run[-1])] == times
        shorter = {}
        for run, times in runs.items():
            plain = len(run) > 2 and run[1] == "."
            shorter[run[1:]] = shorter.get(run[1:], 0) + (times if plain else 1)
        runs = shorter


def test_a_context_never_seen_asks_the_shorter_one(lesson):
    table, index = lesson["tables"][4], lesson["ALPHABET"].index
    strange = np.array([[index("z")], [index("q")], [index("j")]])
    assert lesson["number"](strange[1:])[0] not in table[2][0]  # no word has qj
    known, p = table[1]
    after_j = p[np.searchsorted(known, index("j"))]
    assert lesson["look_up"](table, strange)[0] == pytest.approx(after_j)


def test_each_row_of_a_table_gives_probabilities(lesson):
    for n, each in lesson["tables"].items():
        assert len(each) == n
        for _, p in each:
            assert p.sum(axis=1) == pytest.approx(np.ones(len(p)))
            assert (p > 0).all()


def test_dots_before_the_first_letter_are_no_context(lesson):
    """Tables that see the beginning of a word have seen the same, so they say the same."""
    index, some = lesson["ALPHABET"].index, lesson["train"][:2000]
    short, long = (lesson["kneser_ney"](lesson["count"](n, some), 0.5) for n in (4, 7))
    start = np.array([[0], [index("r")], [index("e")]])
    padded = np.vstack([np.zeros((3, 1), int), start])
    assert lesson["look_up"](long, padded) == pytest.approx(lesson["look_up"](long, start))
    assert lesson["look_up"](long, padded) == pytest.approx(lesson["look_up"](short, start))


def test_a_table_writes_what_it_counted(lesson):
    """In this table a always follows the dot, b always follows a, and the dot always follows b."""
    p = np.zeros((3, 27))
    p[0, 1] = p[1, 2] = p[2, 0] = 1
    table = [(np.array([0]), np.full((1, 27), 1 / 27)), (np.arange(3), p)]
    u = np.random.default_rng(0).random((19, 5))
    assert lesson["invent"](lesson["step_table"](table), u) == ["ab"] * 5
    assert lesson["invent"](lesson["step_table"](table), u, start="a") == ["ab"] * 5


def test_cold_words_are_all_the_likeliest_one(lesson):
    u = np.random.default_rng(0).random((19, 30))
    cold = lesson["invent"](lesson["step_lstm"], u, tau=0.001)
    assert len(set(cold)) == 1
    assert cold[0] in lesson["known"]


def test_the_beginning_of_an_invented_word_is_kept(lesson):
    u = np.random.default_rng(0).random((19, 30))
    invented = lesson["invent"](lesson["step_lstm"], u, start="un")
    assert all(word.startswith("un") for word in invented)


def test_the_models_need_as_many_bits_as_the_text_says(lesson):
    bits = {name: values.mean() for name, values in lesson["bits"].items()}
    assert bits == pytest.approx(
        {2: 3.49, 3: 3.01, 4: 2.63, 5: 2.354, 6: 2.249, 7: 2.238, 8: 2.245, "LSTM": 2.31},
        abs=0.005,
    )


def test_the_validation_words_choose_the_table_with_n_7(lesson):
    chosen = lesson["chosen_by"]
    assert min(chosen, key=chosen.get) == 7
    assert chosen[7] < chosen[8] < chosen[6]


def test_the_network_passes_the_table_with_n_5_but_not_the_one_with_n_6(lesson):
    chosen = lesson["chosen_by"]
    bits = {update: nats / np.log(2) for update, nats in lesson["looks"]}
    assert bits[9500] > chosen[5]
    assert bits[10000] < chosen[5]
    assert min(bits.values()) > chosen[6]


def test_the_network_leads_the_table_for_a_while_late_in_a_word(lesson):
    table, lstm = lesson["by_place"][7], lesson["by_place"]["LSTM"]
    assert (table[2:6] < lstm[2:6]).all()
    assert (lstm[8:11] < table[8:11] - 0.02).all()
    assert lstm[11] == pytest.approx(table[11], abs=0.01)  # from the twelfth guess on, a tie
    table_late = lesson["bits"][7][lesson["guess"] >= 9].mean()
    lstm_late = lesson["bits"]["LSTM"][lesson["guess_lstm"] >= 9].mean()
    assert table_late - lstm_late == pytest.approx(0.055, abs=0.005)


def test_the_models_invent_as_many_held_out_words_as_the_text_says(lesson):
    found = lesson["found"]
    assert found["table, n = 2"] < found["table, n = 3"] < found["table, n = 4"] < found["LSTM"]
    # Against the longer tables it is a tie.
    assert abs(found["LSTM"] - found["table, n = 5"]) < 40
    assert abs(found["LSTM"] - found["table, n = 7"]) < 40


def test_the_table_has_the_runs_that_the_prose_counts(lesson):
    levels = lesson["count"](7, lesson["train"])
    assert sum((counts > 0).sum() for _, counts in levels) == 204_329
    assert sum(p.size for p in lesson["network"].params.values()) == 214_939


def test_one_layer_and_two_are_compared_fairly(lesson):
    layers, points = lesson["layers"], lesson["points"]
    names = ("layers", "rate", "seed")
    assert [{name: p[name] for name in names} for p in points] == layers.keys()
    for number, rate in layers.CHOSEN.items():
        tuning = [p for p in points if p["layers"] == number and p["seed"] == layers.TUNING_SEED]
        assert min(tuning, key=lambda p: p["validation"][-1])["rate"] == rate
    weights = {p["layers"]: p["weights"] for p in points}
    assert weights[1] == pytest.approx(weights[2], rel=0.001)
    assert layers.TUNING_SEED not in layers.SEEDS


def test_the_first_stage_of_a_layer_run_can_be_rebuilt(lesson):
    layers = lesson["layers"]
    (stored,) = [p for p in lesson["points"] if p["layers"] == 1 and p["seed"] == layers.SEEDS[0]]
    again = layers.point(1, stored["rate"], stored["seed"], updates=layers.STAGE)
    assert again["validation"][0] == pytest.approx(stored["validation"][0], rel=layers.TOLERANCE)


def test_the_facts_about_a_word_are_true(lesson):
    word = "strengths"
    facts, read = lesson["facts"](np.flatnonzero(lesson["words"] == word))
    assert read.sum() == len(word)
    assert facts["letters read"].tolist() == [*range(1, len(word) + 1)]
    assert facts["the word ends here"].tolist() == [0] * (len(word) - 1) + [1]
    assert facts["a vowel"].tolist() == [letter in "aeiouy" for letter in word]
    in_a_row = [1, 2, 3, 0, 1, 2, 3, 4, 5]  # s, t, r, then e, then n, g, t, h, s
    assert facts["consonants in a row"].tolist() == in_a_row


def test_single_cells_track_facts_as_the_text_says(lesson):
    tracked, gain = lesson["tracked"], {}
    for fact in lesson["tracker"]:
        gain[fact] = tracked[fact, "trained"] - tracked[fact, "never trained"]
    assert abs(gain["letters read"]) < 0.1
    assert gain["a vowel"] > 0.3
    assert gain["consonants in a row"] > 0.2
    assert tracked["the same letter again", "trained"] < 0.25
    assert gain["the word ends here"] > 0.1
    assert lesson["tracker"]["a vowel"][0] == lesson["tracker"]["consonants in a row"][0]


def test_silencing_all_units_leaves_the_bias(lesson):
    y = lesson["y_test"] - lesson["hidden"] @ lesson["network"].readout.params["W"].T
    assert np.allclose(y, lesson["network"].readout.params["b"], rtol=0, atol=1e-4)
    assert lesson["cost_of_silencing"](np.arange(128))[0] > 1


def test_silencing_costs_what_the_text_says(lesson):
    best, least = lesson["best"], lesson["least"]
    assert abs(best[0, 0]) < 0.05
    assert best[4] == pytest.approx([0.51, 0.03], abs=0.05)
    assert least[4] == pytest.approx([-0.09, 0.07], abs=0.05)


def test_the_bench_of_words_draws_every_letter_of_the_invented_words(lesson):
    bench = lesson["words_bench"]
    bench.set(start="Th!", tau=1.0, model="trigram", draw=3)
    words = bench.data.words
    assert len(words) == 16
    assert all(word.startswith("th") for word in words)
    for kind, patch in bench.artists["words"].items():
        mark = lesson["MARKS"][kind][0]
        drawn = "".join(mark + word for word in words if lesson["kind"](word) == kind)
        signs = drawn.replace(" ", "")
        points = sum(len(lesson["OUTLINES"][sign].vertices) for sign in signs)
        assert len(patch.get_path().vertices) == 1 + points
    bench.reset()


def test_the_bars_of_the_bench_of_words_are_probabilities(lesson):
    bench = lesson["words_bench"]
    bench.set(start="Th!", tau=1.0, model="trigram", draw=3)
    steps = bench.artists["bars"].get_data()
    heights = steps.values[::2]
    assert not steps.values[1::2].any()
    assert np.allclose(steps.edges.reshape(27, 2).mean(axis=1), range(27))
    assert sum(heights) == pytest.approx(1)
    assert lesson["ALPHABET"][int(np.argmax(heights))] == "e"
    bench.reset()


def test_the_bench_of_the_cell_shows_the_word_and_where_it_ends(lesson):
    cell = lesson["cell_bench"]
    cell.set(word="walking", fact="the word ends here")
    assert [text.get_text() for text in cell.artists["letters"][:8]] == [*"walking", ""]
    assert cell.artists["bars"][6].get_height() > 0.9
    assert cell.artists["bars"][5].get_height() < 0.1
    cell.reset()


def test_colder_words_are_more_often_real_and_less_often_different(lesson):
    sweep = lesson["sweep"]["LSTM"]
    real, different = sweep[:, :2].sum(axis=1), sweep[:, 2]
    at = lesson["TAUS"].index
    assert real[at(1.0)] == pytest.approx(0.4, abs=0.03)
    assert real[at(0.1)] > 0.97
    assert real[at(2.0)] < 0.1
    assert different[at(0.1)] == pytest.approx(0.1, abs=0.02)


@pytest.mark.parametrize(
    "word, c, end", [("walk", 0, 0.18), ("walking", 1.0, 0.97), ("walkings", 1.1, 1)]
)
def test_a_cell_sees_the_end_of_a_word_as_the_text_says(lesson, word, c, end):
    data = lesson["compute_cell"](word, "the word ends here")
    assert data.c[-1] == pytest.approx(c, abs=0.06)
    assert data.end[-1] == pytest.approx(end, abs=0.01)


@pytest.mark.parametrize("word, c", [("a" * 10, 2.9), ("walking", 3.1)])
def test_a_cell_counts_letters_as_the_text_says(lesson, word, c):
    assert lesson["compute_cell"](word, "letters read").c[-1] == pytest.approx(c, abs=0.06)


def test_a_cell_tracks_vowels_but_not_in_a_row_of_ten(lesson):
    vowel = lesson["compute_cell"]("strengths", "a vowel").c
    assert (vowel > 0).tolist() == [letter == "e" for letter in "strengths"]
    row = lesson["compute_cell"]("a" * 10, "a vowel").c
    assert row[:4].min() > 0.8
    assert row[5:].max() < 0


def test_the_network_completes_zz_as_the_text_says(lesson):
    for draw in (1, 3):  # 3 is the draw with which the bench opens
        words = lesson["compute_words"](0.7, "zz", "LSTM", draw).words
        assert "zzling" in words
        assert "zzle" in words


def test_steps_that_share_their_memory_write_what_one_run_over_all_letters_gives(lesson):
    word = "strengths"
    letters = [0, *map(lesson["ALPHABET"].index, word)]
    y, before = [], None
    for letter in letters:
        step, before = lesson["step_lstm"](np.array([letter]), before)
        y.append(step[0])
    whole = lesson["network"].forward(lesson["one_hot"][letters][:, None]).y[:, 0]
    assert np.array(y) == pytest.approx(whole, abs=1e-5)


def test_pytorchs_documented_equations_give_our_hidden_states(lesson):
    x = lesson["x_test"][:, :20]
    ours = lesson["network"].forward(x).layers[0].h
    assert lesson["as_documented"](x, lesson["weights"], 0) == pytest.approx(ours, abs=1e-5)


def test_carried_over_weights_give_the_same_answers_in_pytorch(lesson):
    pytest.importorskip("torch")
    assert lesson["largest_difference"](lesson["x_test"][:, :200]) < 1e-4
