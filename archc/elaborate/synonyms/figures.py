"""Other tools' words for the figures of a training, and for other values of its keys; folded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

SPLITS: Final[Mapping[str, str]] = {
    "validation": "val",
    "valid": "val",
    "val": "val",
    "eval": "val",
    "dev": "val",
    "test": "val",
    "training": "train",
    "train": "train",
}
"""How tools begin, or end, the name of a figure of a split. None stops by the figures of the test split."""

FIGURES: Final[Mapping[str, tuple[str, ...]]] = {
    "acc": ("accuracy",),
    "top1": ("accuracy",),
    "top1acc": ("accuracy",),
    "top1accuracy": ("accuracy",),
    "accuracyscore": ("accuracy",),
    "categoricalaccuracy": ("accuracy",),
    "sparsecategoricalaccuracy": ("accuracy",),
    "multiclassaccuracy": ("accuracy",),
    "binaryaccuracy": ("accuracy",),
    "binaryacc": ("accuracy",),
    "pixelaccuracy": ("accuracy",),
    "pixelacc": ("accuracy",),
    "ap": ("average_precision",),
    "averageprecisionscore": ("average_precision",),
    "map": ("average_precision",),
    "prauc": ("average_precision",),
    "auprc": ("average_precision",),
    "balancedacc": ("balanced_accuracy",),
    "balancedaccuracyscore": ("balanced_accuracy",),
    "kappa": ("cohen_kappa",),
    "cohenkappascore": ("cohen_kappa",),
    "ece": ("calibration_error",),
    "expectedcalibrationerror": ("calibration_error",),
    "error": ("error_rate",),
    "err": ("error_rate",),
    "f1score": ("f1",),
    "fscore": ("f1",),
    "f1macro": ("f1",),
    "macrof1": ("f1",),
    "multiclassf1score": ("f1",),
    "microf1": ("f1_micro",),
    "multilabelaccuracy": ("label_accuracy",),
    "mcc": ("matthews_corrcoef",),
    "matthews": ("matthews_corrcoef",),
    "iou": ("mean_iou",),
    "miou": ("mean_iou",),
    "jaccard": ("mean_iou",),
    "jaccardindex": ("mean_iou",),
    "precisionscore": ("precision",),
    "recallscore": ("recall",),
    "sensitivity": ("recall",),
    "auc": ("roc_auc",),
    "auroc": ("roc_auc",),
    "rocaucscore": ("roc_auc",),
    "exactmatch": ("subset_accuracy",),
    "top3": ("top3_accuracy",),
    "top3acc": ("top3_accuracy",),
    "top5": ("top5_accuracy",),
    "top5acc": ("top5_accuracy",),
    "topkaccuracy": ("top5_accuracy",),
    "topkcategoricalaccuracy": ("top5_accuracy",),
    "meanabsoluteerror": ("mae",),
    "l1": ("mae",),
    "meanabsolutepercentageerror": ("mape",),
    "meansquarederror": ("mse",),
    "rootmeansquarederror": ("rmse",),
    "r2score": ("r2",),
    "rsquared": ("r2",),
    "crossentropy": ("loss",),
    "nll": ("loss",),
}
"""Other words for a figure, without its split."""

FIGURE_ADVICE: Final[Mapping[str, str]] = {
    "perplexity": "it is the exponential of the loss: take `{loss}`, which falls with it",
    "ppl": "it is the exponential of the loss: take `{loss}`, which falls with it",
    **dict.fromkeys(
        ("auc", "auroc", "rocauc", "rocaucscore", "averageprecision", "averageprecisionscore", "ap", "map", "prauc"),
        "areas under curves are of two classes: take `{balanced_accuracy}` or `{f1}`",
    ),
}
"""What to take instead of a figure that is not measured, or not of such targets. `{f1}` is that of the same split."""

VALUES: Final[Mapping[str, Mapping[str, str]]] = {
    "precision": {
        "16": "float16",
        "16mixed": "float16",
        "16true": "float16",
        "fp16": "float16",
        "half": "float16",
        "mixed": "float16",
        "mixedfloat16": "float16",
        "amp": "float16",
        "true": "float16",
        "bf16": "bfloat16",
        "bf16mixed": "bfloat16",
        "bf16true": "bfloat16",
        "mixedbfloat16": "bfloat16",
        "32": "float32",
        "32true": "float32",
        "fp32": "float32",
        "full": "float32",
        "no": "float32",
        "false": "float32",
    },
    "device": {
        **dict.fromkeys(("gpu", "gpus", "gpu0", "gpu:0", "nvidia", "cuda0", "0", "1"), "cuda"),
        **dict.fromkeys(("metal", "apple", "m1", "m2"), "mps"),
        **dict.fromkeys(("best", "any", "default", "accelerator"), "auto"),
    },
    "mode": {"minimize": "min", "minimum": "min", "lower": "min", "maximize": "max", "maximum": "max", "higher": "max"},
    "strategy": {"auto": "ddp", "ddpspawn": "ddp", "dataparallel": "ddp", "fullshard": "fsdp", "deepspeed": "fsdp"},
}
"""Other words for the choices of an argument, by its name."""

VALUE_ADVICE: Final[Mapping[str, Mapping[str, str]]] = {
    "mode": {"auto": "delete it: left out, it is as the figure has it"},
    "strategy": {"fsdp2": "write `strategy: fsdp`"},
}
"""What to do about other tools' values of an argument, by its name, where no choice says it."""
