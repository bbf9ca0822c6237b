"""Optimisers against the published update rules, number by number; clipping; wrong input."""

import math

import numpy as np
import pytest

from rnnlib.optim import SGD, AdaGrad, Adam, RMSProp, clip_by_norm

SLOPES = [0.3, -1.2, 0.05, 2.0, -0.7]


def walk(optimizer, w=0.5):
    params, path = {"w": np.array([w])}, []
    for d in SLOPES:
        optimizer.step(params, {"w": np.array([d])})
        path.append(params["w"][0])
    return path


def by_hand(rule, w=0.5):
    path, memory = [], {"v": 0.0, "s": 0.0}
    for k, d in enumerate(SLOPES, 1):
        w -= rule(k, d, memory)
        path.append(w)
    return path


def momentum(k, d, m):
    m["v"] = 0.9 * m["v"] + d
    return 0.1 * m["v"]


def nesterov(k, d, m):
    m["v"] = 0.9 * m["v"] + d
    return 0.1 * (d + 0.9 * m["v"])


def adagrad(k, d, m):
    m["s"] += d**2
    return 0.1 * d / (math.sqrt(m["s"]) + 1e-10)


def rmsprop(k, d, m):
    m["s"] = 0.9 * m["s"] + 0.1 * d**2
    return 0.1 * d / (math.sqrt(m["s"]) + 1e-8)


def adam(k, d, m):
    m["v"] = 0.9 * m["v"] + 0.1 * d
    m["s"] = 0.999 * m["s"] + 0.001 * d**2
    return 0.1 * (m["v"] / (1 - 0.9**k)) / (math.sqrt(m["s"] / (1 - 0.999**k)) + 1e-8)


@pytest.mark.parametrize(
    "optimizer, rule",
    [
        (SGD(0.1), lambda k, d, m: 0.1 * d),
        (SGD(0.1, momentum=0.9), momentum),
        (SGD(0.1, momentum=0.9, nesterov=True), nesterov),
        (AdaGrad(0.1), adagrad),
        (RMSProp(0.1), rmsprop),
        (Adam(0.1), adam),
    ],
)
def test_update_rules(optimizer, rule):
    assert np.allclose(walk(optimizer), by_hand(rule), rtol=1e-12)


def test_the_same_in_torch():
    torch = pytest.importorskip("torch")
    pairs = [
        (
            SGD(0.1, momentum=0.9, nesterov=True),
            lambda p: torch.optim.SGD(p, 0.1, momentum=0.9, nesterov=True),
        ),
        (AdaGrad(0.1), lambda p: torch.optim.Adagrad(p, 0.1)),
        (RMSProp(0.1), lambda p: torch.optim.RMSprop(p, 0.1, alpha=0.9)),
        (Adam(0.1), lambda p: torch.optim.Adam(p, 0.1)),
    ]
    for ours, theirs in pairs:
        w = torch.tensor([0.5], dtype=torch.float64, requires_grad=True)
        optimizer, path = theirs([w]), []
        for d in SLOPES:
            w.grad = torch.tensor([d], dtype=torch.float64)
            optimizer.step()
            path.append(w.item())
        assert np.allclose(walk(ours), path, rtol=1e-9)


def test_adams_first_step_is_the_learning_rate():
    for d in (1e-3, 5.0, -40.0):
        params = {"w": np.array([1.0])}
        Adam(0.02).step(params, {"w": np.array([d])})
        assert np.isclose(1 - params["w"][0], 0.02 * np.sign(d), rtol=1e-4)


def test_adagrads_rate_only_falls():
    w, steps = AdaGrad(1.0), []
    params = {"w": np.zeros(1)}
    for _ in range(20):
        before = params["w"][0]
        w.step(params, {"w": np.ones(1)})
        steps.append(before - params["w"][0])
    assert np.allclose(steps, 1 / np.sqrt(np.arange(1, 21)))


def test_arrays_change_in_place():
    w = np.ones((2, 2), np.float32)
    Adam().step({"w": w}, {"w": np.ones((2, 2), np.float32)})
    assert w.dtype == np.float32 and (w < 1).all()


def test_clipping_keeps_the_direction():
    grads = {"a": np.array([3.0, 0.0]), "b": np.array([[4.0]])}
    assert clip_by_norm(grads, 10) == 5 and grads["a"][0] == 3
    assert clip_by_norm(grads, None) == 5
    assert clip_by_norm(grads, 1.0) == 5
    assert np.allclose(grads["a"], [0.6, 0]) and np.allclose(grads["b"], 0.8)


def test_wrong_input_is_named():
    for call, words in [
        (lambda: SGD(-1), r"learning_rate must be a number in \[0, inf\); got -1"),
        (lambda: SGD("0.1"), "learning_rate must be a number .* got '0.1'"),
        (lambda: RMSProp(decay=2), r"decay must be a number in \[0, 1\); got 2"),
        (lambda: SGD(0.1, nesterov=True), "momentum must be above 0"),
        (lambda: Adam(math.nan), "learning_rate"),
        (lambda: clip_by_norm({}, 0), "threshold must be a positive number"),
        (lambda: clip_by_norm({}, "a"), "threshold must be a positive number"),
        (
            lambda: SGD(0.1).step({"w": np.zeros(1)}, {"v": np.zeros(1)}),
            r"grads must have the names of params, \['w'\]",
        ),
    ]:
        with pytest.raises(ValueError, match=words):
            call()


def test_weight_decay_pulls_on_the_weight_and_not_on_what_adam_remembers():
    """Decoupled decay (Loshchilov and Hutter 2019): Adam's own step, and then η λ w less."""
    path, expected, memory, w = walk(Adam(0.1, weight_decay=0.3)), [], {"v": 0.0, "s": 0.0}, 0.5
    for k, d in enumerate(SLOPES, 1):
        w -= adam(k, d, memory) + 0.1 * 0.3 * w
        expected.append(w)
    np.testing.assert_allclose(path, expected, rtol=1e-12)


def test_a_negative_weight_decay_is_refused():
    with pytest.raises(ValueError, match="weight_decay must be a number .* got -0.1"):
        Adam(weight_decay=-0.1)
