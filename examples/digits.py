"""Recognise handwritten digits: multinomial logistic regression, fitted by SciPy with the emitted gradient.

    python examples/digits.py [PICTURE]

The loss is a plain NumPy function of one long vector, as `scipy.optimize.minimize` wants it.
"""

from __future__ import annotations

import sys
from pathlib import Path

import matplotlib
import numpy as np
from scipy.optimize import minimize

import sourcead

matplotlib.use("Agg")
import matplotlib.pyplot as plt

HERE = Path(__file__).parent
PIXELS, CLASSES = 64, 10


def scores(theta, images):
    weights = theta[: PIXELS * CLASSES].reshape(PIXELS, CLASSES)
    offsets = theta[PIXELS * CLASSES :]
    return images @ weights + offsets


def loss(theta, images, labels, penalty):
    """Mean negative log-likelihood of the labels, plus a penalty on the weights."""
    s = scores(theta, images)
    s = s - np.max(s, axis=1, keepdims=True)
    log_likelihood = s[np.arange(len(labels)), labels] - np.log(np.sum(np.exp(s), axis=1))
    return -np.mean(log_likelihood) + penalty * np.sum(theta[: PIXELS * CLASSES] ** 2)


def load(held_out=450):
    """Images scaled to 0..1 and their labels, shuffled once: (train images, train labels, test images, test labels)."""
    table = np.loadtxt(HERE / "data" / "digits.csv.gz", delimiter=",")
    table = table[np.random.default_rng(0).permutation(len(table))]
    images, labels = table[:, :-1] / 16.0, table[:, -1].astype(int)
    return images[held_out:], labels[held_out:], images[:held_out], labels[:held_out]


def draw(theta, confusion, accuracy, path):
    figure = plt.figure(figsize=(11, 4.2))
    left, right = figure.subfigures(1, 2, width_ratios=(5, 4))
    left.suptitle("weights of each digit")
    weights = theta[: PIXELS * CLASSES].reshape(8, 8, CLASSES)
    for digit, axes in enumerate(left.subplots(2, 5, gridspec_kw={"hspace": 0.1, "top": 0.85}).flat):
        axes.imshow(weights[:, :, digit], cmap="RdBu_r", vmin=-1.5, vmax=1.5)
        axes.set_title(str(digit), fontsize=9)
        axes.axis("off")
    axes = right.subplots()
    axes.imshow(confusion, cmap="Blues", norm="symlog")
    for (row, column), count in np.ndenumerate(confusion):
        if count:
            axes.text(column, row, str(count), ha="center", va="center", fontsize=8)
    axes.set(xticks=range(10), yticks=range(10), xlabel="predicted", ylabel="written")
    axes.set_title(f"held-out digits, {accuracy:.1%} right")
    figure.savefig(path, dpi=110)
    plt.close(figure)


def main(picture: Path) -> float:
    images, labels, test_images, test_labels = load()
    loss_and_gradient = sourcead.value_and_grad(loss)
    print(loss_and_gradient.source)

    start = np.zeros(PIXELS * CLASSES + CLASSES)
    fit = minimize(loss_and_gradient, start, args=(images, labels, 1e-4), jac=True, method="L-BFGS-B")
    print(f"{fit.nit} iterations, loss {loss(start, images, labels, 1e-4):.3f} -> {fit.fun:.4f}")

    predicted = np.argmax(scores(fit.x, test_images), axis=1)
    accuracy = float(np.mean(predicted == test_labels))
    confusion = np.zeros((CLASSES, CLASSES), dtype=int)
    np.add.at(confusion, (test_labels, predicted), 1)
    print(f"held-out accuracy: {accuracy:.1%} of {len(test_labels)} digits")
    draw(fit.x, confusion, accuracy, picture)
    print(f"picture: {picture}")
    return accuracy


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "output" / "digits.png"
    target.parent.mkdir(parents=True, exist_ok=True)
    main(target)
