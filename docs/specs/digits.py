"""The digits of the package's sample as image files, each cut out as large as it is: python digits.py FOLDER"""

import sys
from pathlib import Path

import numpy as np
from PIL import Image

import archc.data
from archc.data.idx import read_idx

BUNDLED = Path(archc.data.__file__).parent / "bundled"
folder = Path(sys.argv[1])
for split, prefix, count in (("train", "train", 3000), ("val", "t10k", 500), ("test", "t10k", 500)):
    images = read_idx(BUNDLED / f"MNIST/raw/{prefix}-images-idx3-ubyte.gz", 3)
    labels = read_idx(BUNDLED / f"MNIST/raw/{prefix}-labels-idx1-ubyte.gz", 1)
    first = 500 if split == "test" else 0
    for index in range(first, first + count):
        rows, columns = np.nonzero(images[index])
        cut = images[index, rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
        place = folder / split / str(labels[index])
        place.mkdir(parents=True, exist_ok=True)
        Image.fromarray(cut).save(place / f"{index:04}.png")
    print(f"{folder / split}: {count:,} images")
