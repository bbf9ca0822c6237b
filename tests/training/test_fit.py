"""Dense, Network and fit: gradients through a whole stack, truncated BPTT, and stopping."""

import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlib import gradcheck
from rnnlib.cells import GRU, LSTM, RNN
from rnnlib.dense import Dense
from rnnlib.losses import cross_entropy, mse
from rnnlib.network import Network
from rnnlib.optim import SGD, Adam
from rnnlib.training import Stopped, fit


def rattle(network, rng):
    """Random parameters, biases too: zero biases hide bugs."""
    for p in network.params.values():
        p[...] = rng.normal(0, 0.5, p.shape)
    return network


def stack(rng, loss=mse, K=3, dropout=0.0):
    layers = [
        Dense(2, 3, rng=rng, activation="tanh"),
        LSTM(3, 4, rng=rng),
        GRU(4, 3, rng=rng),
        RNN(3, 2, rng=rng),
    ]
    return rattle(Network(layers, Dense(2, K, rng=rng), loss, dropout), rng)


def data(rng, T=5, B=3, K=3):
    mask = rng.random((T, B)) < 0.7
    mask[0, 0] = True
    return rng.normal(size=(T, B, 2)), rng.integers(0, K, (T, B)), rng.normal(size=(T, B, K)), mask


@pytest.mark.parametrize("activation", ["tanh", "logistic", "relu", "softsign", "identity"])
def test_dense_gradients(activation):
    rng = np.random.default_rng(3)
    layer = Dense(3, 4, rng=rng, activation=activation)
    layer.params["b"][:] = rng.normal(size=4)
    x, dh = rng.normal(size=(2, 5, 3)), rng.normal(size=(2, 5, 4))
    grads = layer.backward(layer.forward(x), dh)
    slopes = gradcheck.numerical(lambda: (dh * layer.forward(x).h).sum(), {**layer.params, "x": x})
    for name, exact in {**grads.params, "x": grads.x}.items():
        assert gradcheck.relative_error(exact, slopes[name]) < 1e-7


@pytest.mark.parametrize("loss", [mse, cross_entropy])
@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_gradients_through_the_stack(loss, seed):
    rng = np.random.default_rng(seed)
    network = stack(rng, loss)
    x, labels, wanted, mask = data(rng)
    target = labels if loss is cross_entropy else wanted
    _, grads, _ = network.loss_and_grads(x, target, mask)

    def E():
        return network.evaluate(x, target, mask)[0]

    slopes = gradcheck.numerical(E, network.params)
    for name, exact in grads.items():
        assert gradcheck.relative_error(exact, slopes[name]) < 1e-6, name


def test_gradients_with_dropout_are_those_of_the_thinned_network():
    network = stack(np.random.default_rng(4), dropout=0.4)
    x, _, wanted, mask = data(np.random.default_rng(5))

    def run():
        return network.loss_and_grads(x, wanted, mask, rng=np.random.default_rng(6))

    grads = {name: d.copy() for name, d in run()[1].items()}
    slopes = gradcheck.numerical(lambda: run()[0], network.params)
    assert all(gradcheck.relative_error(d, slopes[name]) < 1e-6 for name, d in grads.items())
    assert network.evaluate(x, wanted, mask)[0] == network.evaluate(x, wanted, mask)[0] != run()[0]


def test_memory_used_again_changes_nothing():
    network = stack(np.random.default_rng(0))
    x, _, wanted, mask = data(np.random.default_rng(1))
    first = {name: d.copy() for name, d in network.loss_and_grads(x, wanted, mask)[1].items()}
    network.loss_and_grads(2 * x, wanted, mask)
    network.loss_and_grads(x[:3], wanted[:3])
    again = network.loss_and_grads(x, wanted, mask)[1]
    assert all(np.array_equal(first[name], again[name]) for name in first)


def test_state_carried_in_chunks_is_one_run():
    network = stack(np.random.default_rng(0))
    x = data(np.random.default_rng(1), T=9)[0]
    whole = network.forward(x)
    first = network.forward(x[:4])
    second = network.forward(x[4:], first.state)
    assert np.allclose(np.concatenate([first.y, second.y]), whole.y, atol=1e-14)


def test_params_go_out_and_come_back():
    network, x = stack(np.random.default_rng(0)), np.ones((2, 1, 2))
    kept, y = network.copy_params(), network.forward(x).y.copy()
    rattle(network, np.random.default_rng(9))
    assert not np.allclose(network.forward(x).y, y)
    network.set_params(kept)
    assert np.array_equal(network.forward(x).y, y)


def echo(rng, T=4, B=16):
    """Say what was seen one step ago."""
    x = rng.normal(size=(T, B, 1))
    target = np.concatenate([np.zeros((1, B, 1)), x[:-1]])
    return x, target, None


def small(seed=0, dtype=np.float64, cell=RNN):
    rng = np.random.default_rng(seed)
    return Network([cell(1, 6, rng=rng, dtype=dtype)], Dense(6, 1, rng=rng, dtype=dtype), mse)


@pytest.mark.parametrize("cell", [RNN, LSTM, GRU])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_fit_learns(cell, dtype):
    history = fit(
        small(0, dtype, cell), echo, Adam(0.02), updates=400, rng=np.random.default_rng(1), clip=1.0
    )
    assert (
        history.updates == 400
        and history.loss[0] > 0.5 > 20 * np.mean(history.loss[-20:])
        and history.stopped == Stopped.FINISHED
    )


def test_fit_is_reproducible():
    runs = []
    for _ in range(2):
        network = small()
        fit(
            network,
            echo(np.random.default_rng(3), B=10),
            Adam(0.01),
            epochs=3,
            batch_size=4,
            rng=np.random.default_rng(1),
        )
        runs.append(network.copy_params())
    assert all(np.array_equal(runs[0][name], runs[1][name]) for name in runs[0])


def test_epochs_visit_every_sequence_once():
    seen = []
    network = small()
    network.loss = lambda y, target, mask=None: (
        seen.append(target[1, :, 0].copy()) or mse(y, target, mask)
    )
    x, target, _ = echo(np.random.default_rng(3), B=10)
    history = fit(
        network, (x, target, None), SGD(0.01), epochs=2, batch_size=4, rng=np.random.default_rng(1)
    )
    assert [len(s) for s in seen] == [4, 4, 2] * 2 and history.updates == 6
    for epoch in (seen[:3], seen[3:]):
        assert np.array_equal(np.sort(np.concatenate(epoch)), np.sort(target[1, :, 0]))


def test_one_window_as_long_as_the_sequence_is_full_bptt():
    whole, cut = small(), small()
    batch = echo(np.random.default_rng(3), T=6)
    fit(whole, batch, SGD(0.1), epochs=2, rng=np.random.default_rng(1))
    fit(cut, batch, SGD(0.1), epochs=2, rng=np.random.default_rng(1), window=6)
    assert all(np.array_equal(p, cut.params[name]) for name, p in whole.params.items())


@pytest.mark.parametrize("carry", [True, False])
def test_truncated_bptt_by_hand(carry):
    batch = x, target, _ = echo(np.random.default_rng(3), T=6)
    ours, by_hand = small(), small()
    history = fit(
        ours, batch, SGD(0.1), epochs=1, rng=np.random.default_rng(1), window=2, carry=carry
    )
    order, state = np.random.default_rng(1).permutation(16), None
    for t in (0, 2, 4):
        trace = by_hand.forward(x[t : t + 2, order], state)
        grads = by_hand.backward(trace, mse(trace.y, target[t : t + 2, order])[1])
        state = trace.state if carry else None
        for name, p in by_hand.params.items():
            p -= 0.1 * grads[name]
    assert history.updates == 3
    assert all(np.allclose(p, by_hand.params[name], atol=1e-14) for name, p in ours.params.items())


def test_penalties_and_clipping_reach_the_step():
    plain, decayed, clipped = small(), small(), small()
    batch, rng = echo(np.random.default_rng(3)), np.random.default_rng
    start = plain.copy_params()
    fit(plain, batch, SGD(0.1), epochs=1, rng=rng(1))
    fit(decayed, batch, SGD(0.1), epochs=1, rng=rng(1), l2=0.5, l1=0.25)
    extra = plain.params["0.U"] - decayed.params["0.U"]
    assert np.allclose(extra, 0.1 * (0.5 * start["0.U"] + 0.25 * np.sign(start["0.U"])))
    history = fit(clipped, batch, SGD(1.0), epochs=1, rng=rng(1), clip=1e-3)
    moved = np.sqrt(sum(((p - start[name]) ** 2).sum() for name, p in clipped.params.items()))
    assert history.norm[0] > 1e-3 and np.isclose(moved, 1e-3)


def test_early_stopping_puts_the_best_back():
    rng = np.random.default_rng(0)
    network = Network([RNN(1, 30, rng=rng)], Dense(30, 1, rng=rng), mse)
    noise = (rng.normal(size=(3, 6, 1)), rng.normal(size=(3, 6, 1)), None)
    held_out = (rng.normal(size=(3, 50, 1)), rng.normal(size=(3, 50, 1)), None)
    history = fit(
        network,
        noise,
        Adam(0.05),
        epochs=500,
        rng=rng,
        validation=held_out,
        validate_every=1,
        patience=10,
    )
    assert history.updates < 500 and history.stopped == Stopped.NO_BETTER
    best = min(loss for _, loss in history.validation)
    assert dict(history.validation)[history.best] == best == network.evaluate(*held_out)[0]


def test_until_stops():
    history = fit(
        small(),
        echo,
        Adam(0.01),
        updates=100,
        rng=np.random.default_rng(0),
        until=lambda h: h.updates == 7,
    )
    assert history.updates == 7 and history.stopped == Stopped.DONE


def test_until_keeps_the_network_that_satisfied_it():
    """The best parameters, of the look after update 1, are not put back."""
    network, held_out = small(), echo(np.random.default_rng(1))
    history = fit(
        network,
        echo,
        Adam(0.01),
        updates=50,
        rng=np.random.default_rng(0),
        validation=held_out,
        validate_every=1,
        patience=50,
        until=lambda history: history.updates == 3,
    )
    assert network.evaluate(*held_out)[0] == history.validation[-1][1]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"validate_every": 0}, "validate_every must be a positive whole number; got 0"),
        ({"l2": -1}, "l2 must be a number >= 0; got -1"),
    ],
)
def test_fit_names_a_wrong_setting(changes, words):
    with pytest.raises(ValueError, match=words):
        fit(small(), echo, SGD(0.1), updates=3, rng=np.random.default_rng(0), **changes)


def test_a_loss_that_explodes_stops_and_keeps_the_last_finite_parameters():
    network = small()
    with pytest.warns(
        RuntimeWarning, match="At update .* not finite.*a smaller learning_rate or clip=1.0"
    ):
        history = fit(network, echo, SGD(1e200), updates=50, rng=np.random.default_rng(0))
    assert history.stopped == Stopped.NOT_FINITE and history.updates < 50
    assert (
        not np.isfinite(history.loss[-1])
        or not np.isfinite(history.norm).all()
        or len(history.loss) > len(history.norm)
    )
    assert all(np.isfinite(p).all() for p in network.params.values())
    assert np.isfinite(network.evaluate(*echo(np.random.default_rng(1)))[0])


def test_windows_without_a_counted_step_only_carry_the_state():
    x, target, _ = echo(np.random.default_rng(0), T=6)
    mask = np.zeros((6, 16), bool)
    mask[-1] = True
    ours, by_hand = small(), small()
    history = fit(
        ours, (x, target, mask), SGD(0.1), epochs=1, rng=np.random.default_rng(1), window=2
    )
    order = np.random.default_rng(1).permutation(16)
    state = by_hand.forward(x[:4, order]).state
    _, grads, _ = by_hand.loss_and_grads(x[4:, order], target[4:, order], mask[4:], state)
    SGD(0.1).step(by_hand.params, grads)
    assert history.updates == 1
    assert all(np.allclose(p, by_hand.params[name], atol=1e-14) for name, p in ours.params.items())


def test_wrong_input_is_named():
    rng = np.random.default_rng(0)
    network, batch = small(), echo(rng)
    for call, words in [
        (
            lambda: Network([RNN(1, 3, rng=rng)], Dense(4, 1, rng=rng), mse),
            "readout must have input_size H = 3; got 4",
        ),
        (
            lambda: Network([RNN(1, 3, rng=rng), LSTM(2, 3, rng=rng)], Dense(3, 1, rng=rng), mse),
            r"layers\[1\] must have",
        ),
        (
            lambda: Network([RNN(1, 3, rng=rng)], Dense(3, 1, rng=rng), "mse"),
            "loss must be a function",
        ),
        (lambda: Network([], Dense(3, 1, rng=rng), mse, dropout=1), "dropout must lie"),
        (
            lambda: Dense(2, 1, rng=rng).forward(np.zeros((4, 3))),
            r"x must have the shape \(..., D\)",
        ),
        (lambda: Dense(0, 1, rng=rng), "input_size must be a positive whole number; got 0"),
        (lambda: network.forward(batch[0], [None, None]), "state must be a list"),
        (lambda: network.set_params({}), "values must have the names"),
        (
            lambda: fit(network, echo, SGD(), epochs=3, rng=rng),
            "`updates`, not `epochs`, where data is a function",
        ),
        (
            lambda: fit(network, batch, SGD(), updates=3, rng=rng),
            "`epochs`, not `updates`, where data is",
        ),
        (
            lambda: fit(network, echo, SGD(), updates=3, rng=0),
            "rng must be a numpy.random.Generator",
        ),
        (
            lambda: fit(network, echo, SGD(), updates=3, rng=rng, patience=2),
            "patience needs `validation`",
        ),
        (
            lambda: fit(network, echo, SGD(), updates=3, rng=rng, window=0),
            "window must be a positive whole number",
        ),
    ]:
        with pytest.raises(ValueError, match=words):
            call()


def test_progress_on_a_terminal_shows_the_loss(capsys, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    fit(small(), echo, SGD(0.01), updates=3, rng=np.random.default_rng(0), progress="echo")
    said = capsys.readouterr().err
    assert "echo: 1 of 3, loss " in said and said.endswith("\r")
