"""Two interleaved half moons, told apart by one output."""

import numpy as np

import archc

generator = np.random.default_rng(0)
angle = generator.uniform(0, np.pi, 1200)
second = np.arange(1200) % 2
x = np.stack([np.cos(angle) * (1 - 2 * second) + second, np.sin(angle) * (1 - 2 * second) + second / 2], axis=1)
x += generator.normal(scale=0.2, size=x.shape)

spec = {
    "archc": 1,
    "name": "moons",
    "input": [2],
    "layers": [{"Linear": 16}, "ReLU", {"Linear": 16}, "ReLU", {"Linear": 1}],
    "train": {
        "data": {"validation": {"fraction": 0.2}},
        "loss": "BCEWithLogitsLoss",
        "optimizer": {"Adam": {"lr": 0.01}},
        "metrics": ["roc_auc"],
        "epochs": 20,
    },
}
run = archc.train(spec, data={"train": (x[:1000], second[:1000]), "test": (x[1000:], second[1000:])}, run="runs/moons")
test = run.result["test"]
print(f"accuracy {test['accuracy']:.1f}, ROC AUC {test['roc_auc']:.1f}")
