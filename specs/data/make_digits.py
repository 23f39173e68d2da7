"""Writes digits.npz from scikit-learn's copy of the digits of the UCI repository; every fifth is a test sample."""

from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

digits = load_digits()
images, labels = digits.images[:, None].astype(np.uint8), digits.target.astype(np.uint8)
test = np.arange(len(images)) % 5 == 4
np.savez_compressed(
    Path(__file__).with_name("digits.npz"),
    x_train=images[~test],
    y_train=labels[~test],
    x_test=images[test],
    y_test=labels[test],
)
