"""Recognise handwritten digits with a small convolutional network, trained by `runtime` as one would with PyTorch.

    python examples/convolutional_digits.py [PICTURE]

The picture shows the training curve and the held-out digits that were taken for others. The weights are saved beside
it, and what is reported is the accuracy of the weights read back from that file.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import matplotlib
import numpy as np

import runtime as torch
from runtime import nn
from runtime.utils.data import DataLoader, TensorDataset

matplotlib.use("Agg")
import matplotlib.pyplot as plt

HERE = Path(__file__).parent
EPOCHS = 15


class Network(nn.Module):
    """Two convolutions with pooling between them, and two linear layers: from 8 by 8 pixels to 10 scores."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1),
            nn.BatchNorm2d(16),
            nn.ReLU(),
            nn.Conv2d(16, 32, 3, padding=1),
            nn.BatchNorm2d(32),
            nn.ReLU(),
            nn.MaxPool2d(2),
        )
        self.classifier = nn.Sequential(
            nn.Flatten(), nn.Dropout(0.3), nn.Linear(32 * 4 * 4, 64), nn.ReLU(), nn.Linear(64, 10)
        )

    def forward(self, images):
        return self.classifier(self.features(images))


def load(held_out=450):
    """Images scaled to 0..1 and their labels, shuffled once and divided: data sets to train with and to test with."""
    table = np.loadtxt(HERE / "data" / "digits.csv.gz", delimiter=",", dtype=np.float32)
    table = table[np.random.default_rng(0).permutation(len(table))]
    images = torch.from_numpy(table[:, :-1].reshape(-1, 1, 8, 8) / 16.0)
    labels = torch.from_numpy(table[:, -1].astype(np.int64))
    return TensorDataset(images[held_out:], labels[held_out:]), TensorDataset(images[:held_out], labels[:held_out])


@torch.no_grad()
def predict(network, images):
    network.eval()
    scores = network(images)
    network.train()
    return scores.argmax(1)


def accuracy(network, digits):
    images, labels = digits.tensors
    return (predict(network, images) == labels).float().mean().item()


def train(network, digits, held_out):
    """Train for a fixed number of epochs. Returns, for each epoch, the mean loss and the accuracy on both sets.

    The held-out digits are only looked at to draw the curve: nothing is chosen by them.
    """
    loader = DataLoader(digits, batch_size=64, shuffle=True)
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-3, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=1e-2, epochs=EPOCHS, steps_per_epoch=len(loader))
    criterion = nn.CrossEntropyLoss(label_smoothing=0.05)
    curve = []
    for epoch in range(1, EPOCHS + 1):
        loader.progress = f"epoch {epoch:2d}"
        losses = []
        for images, labels in loader:
            optimizer.zero_grad()
            loss = criterion(network(images), labels)
            loss.backward()
            optimizer.step()
            schedule.step()
            losses.append(loss.item())
            loader.report(loss=f"{losses[-1]:.3f}")
        curve.append((np.mean(losses), accuracy(network, digits), accuracy(network, held_out)))
        if epoch % 5 == 0:
            print(f"epoch {epoch:2d}: loss {curve[-1][0]:.4f}, held-out accuracy {curve[-1][2]:.1%}")
    return np.array(curve)


def profile(network, digits):
    """The operations that one step of training spends most time in."""
    images, labels = digits.batch(range(64))
    with torch.autograd.profiler.profile() as steps:
        nn.functional.cross_entropy(network(images), labels).backward()
    network.zero_grad()
    return steps.key_averages().table(sort_by="self_cpu_time_total", row_limit=8)


def draw(curve, network, held_out, path):
    figure = plt.figure(figsize=(11, 4))
    left, right = figure.subfigures(1, 2, width_ratios=(3, 2))
    epochs = np.arange(1, len(curve) + 1)
    losses, accuracies = left.subplots(1, 2)
    losses.plot(epochs, curve[:, 0])
    losses.set(xlabel="epoch", title="mean training loss", yscale="log")
    accuracies.plot(epochs, 1.0 - curve[:, 1], label="training")
    accuracies.plot(epochs, 1.0 - curve[:, 2], label="held out")
    accuracies.set(xlabel="epoch", title="share of digits taken for others", yscale="log")
    accuracies.legend()
    images, labels = held_out.tensors
    guessed = predict(network, images)
    wrong = np.flatnonzero((guessed != labels).numpy())[:12]
    right.suptitle("held-out digits taken for others")
    for axes, k in zip(right.subplots(3, 4, gridspec_kw={"top": 0.8}).flat, [*wrong, *[None] * 12]):
        axes.axis("off")
        if k is not None:
            axes.imshow(images[k, 0].numpy(), cmap="gray_r")
            axes.set_title(f"{labels[k].item()} as {guessed[k].item()}", fontsize=9)
    figure.savefig(path, dpi=110)
    plt.close(figure)


def main(picture: Path) -> float:
    torch.manual_seed(0)
    digits, held_out = load()
    network = Network()
    print(network)
    print(f"{sum(p.numel() for p in network.parameters())} parameters, {len(digits)} digits to train with")
    start = time.perf_counter()
    curve = train(network, digits, held_out)
    print(f"trained in {time.perf_counter() - start:.1f} s")
    print(profile(network, digits))

    weights = picture.with_suffix(".safetensors")
    torch.save(network.state_dict(), weights)
    loaded = Network()
    loaded.load_state_dict(torch.load(weights))
    found = accuracy(loaded, held_out)
    print(f"held-out accuracy of the saved weights: {found:.1%} of {len(held_out)} digits")

    draw(curve, loaded, held_out, picture)
    print(f"picture: {picture}, weights: {weights}")
    return found


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "output" / "convolutional_digits.png"
    target.parent.mkdir(parents=True, exist_ok=True)
    main(target)
