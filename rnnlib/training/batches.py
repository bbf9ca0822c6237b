"""What `fit` reads: batches, each cut into windows of steps where backpropagation is truncated."""


def iterate_windows(data, updates, epochs, batch_size, window, rng):
    """(an iterator, how many items it has at most).

    The iterator gives (x, target, mask, is_first): one window of one batch, and whether it is the
    batch's first. The arguments are those of `fit`.
    """
    if callable(data):
        return _cut((data(rng) for _ in range(updates)), window), updates
    x, _, _ = data
    T, N = len(x), x.shape[1]
    size = min(batch_size or N, N)
    in_a_batch = -(-T // window) if window else 1  # rounded up
    total = epochs * -(-N // size) * in_a_batch
    return _cut(_shuffled(data, epochs, size, rng), window), total


def _shuffled(data, epochs, size, rng):
    """The batches of fixed data: every sequence once in each epoch, in a new random order."""
    x, target, mask = data
    for _ in range(epochs):
        order = rng.permutation(x.shape[1])
        for start in range(0, len(order), size):
            chosen = order[start : start + size]
            yield x[:, chosen], target[:, chosen], None if mask is None else mask[:, chosen]


def _cut(batches, window):
    """The windows of each batch, of `window` steps; None for whole batches."""
    for x, target, mask in batches:
        steps = window or len(x)
        for t in range(0, len(x), steps):
            cut = slice(t, t + steps)
            yield x[cut], target[cut], None if mask is None else mask[cut], t == 0
