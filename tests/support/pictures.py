"""Pictures that a lesson shows, for tests to look at."""

import itertools

from rnnlib import plots


def pictures_shown(monkeypatch):
    """For a fixture: a list to which every picture is added that is shown, (figure, alt text)."""
    pictures = []
    monkeypatch.setattr(plots, "show", lambda fig, alt: pictures.append((fig, alt)))
    with plots.plt.rc_context():
        plots.use_style()
        yield pictures
    for fig, _ in pictures:
        plots.plt.close(fig)


def assert_texts_apart(fig):
    """No text lies on another one, or runs out of the figure."""
    fig.canvas.draw()
    boxes = []
    for ax in fig.axes:
        low, high = sorted(ax.get_ylim())
        left, right = sorted(ax.get_xlim())
        ticks = [t.label1 for t in ax.xaxis.get_major_ticks() if left <= t.get_loc() <= right]
        ticks += [t.label1 for t in ax.yaxis.get_major_ticks() if low <= t.get_loc() <= high]
        titles = [ax.title, ax._left_title, ax.xaxis.label, ax.yaxis.label]
        texts = [text for text in [*ax.texts, *ticks, *titles] if text.get_visible()]
        boxes += [(text.get_text(), text.get_window_extent()) for text in texts if text.get_text()]
    for words, box in boxes:
        inside = box.x0 >= -1 and box.x1 <= fig.bbox.x1 + 1 and box.y1 <= fig.bbox.y1 + 1
        assert inside and box.y0 >= -1, f"{words} runs out of the figure"
    for (one, box), (other, its_box) in itertools.combinations(boxes, 2):
        assert not box.padded(-1).overlaps(its_box.padded(-1)), f"{one} lies on {other}"
