"""Keys of other tools' trainings -> the entries that a spec has in their stead. Keys are folded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple


class Instead(NamedTuple):
    """What stands in a spec instead of another tool's key. `{}` in its entry, `path: value`, is the value that it has.

    Without an entry there is nothing to write: what the key asks for is so in any case, or asked for elsewhere.
    """

    why: str
    entry: str | None = None
    numbers: bool = False
    """Whether it has to be an int."""


def _all(names: str, instead: Instead) -> dict[str, Instead]:
    return dict.fromkeys(names.split(), instead)


_FLOAT16: Final = Instead("", "precision: float16")
_BEST: Final = "a run keeps its best weights and its last ones"
_READING: Final = "archc reads the data its own way"
_PRINTS: Final = "a training prints a line for each epoch, and nothing with `-q`"

INSTEAD: Final[Mapping[str, Instead]] = {
    **_all("fp16 amp useamp nativeamp mixedprecision useautocast autocast usefp16 half", _FLOAT16),
    **_all("bf16 usebf16", Instead("", "precision: bfloat16")),
    **_all("warmupsteps numwarmupsteps nwarmupsteps", Instead("", "warmup: {} steps", numbers=True)),
    **_all("warmupepochs numwarmupepochs warmupepoch", Instead("", "warmup: {} epochs", numbers=True)),
    **_all("warmupratio warmuppct pctstart", Instead("", "warmup: {} steps", numbers=True)),
    **_all(
        "evalsteps evaleverynsteps valeverynsteps evaluateevery",
        Instead("", "evaluate.every: {} steps", numbers=True),
    ),
    **_all(
        "checkvaleverynepoch checkvaleverynepochs validationfreq valeverynepochs evalepochs evaleverynepochs",
        Instead("", "evaluate.every: {} epochs", numbers=True),
    ),
    **_all(
        "valcheckinterval validationinterval evalinterval valinterval",
        Instead("", "evaluate.every: {} steps", numbers=True),
    ),
    **_all(
        "savesteps saveeverynsteps checkpointsteps everyntrainsteps",
        Instead("", "checkpoint.every: {} steps", numbers=True),
    ),
    **_all(
        "saveepochs saveeverynepochs everynepochs saveperiod saveevery checkpointevery checkpointinterval savefreq",
        Instead("", "checkpoint.every: {} epochs", numbers=True),
    ),
    **_all("savetotallimit keepcheckpoints maxtokeep", Instead("", "checkpoint.keep: {}", numbers=True)),
    **_all(
        "validationsplit valsplit valfraction validationfraction validsize valsize validpct valpct valratio",
        Instead("", "data.validation.fraction: {}"),
    ),
    **_all(
        "earlystoppingpatience earlystoppatience earlystoppingrounds earlystopround",
        Instead("", "early_stopping.patience: {}", numbers=True),
    ),
    **_all("balancedsampler weightedrandomsampler weightedsampler oversample", Instead("", "sampler: balanced")),
    **_all("l1 l1lambda lambdal1 l1reg l1penalty l1regularization l1weight", Instead("", "penalty.l1: {}")),
    **_all("l2 l2lambda lambdal2 l2reg l2penalty l2regularization", Instead("", "penalty.l2: {}")),
    **_all("clipvalue clipgradvalue gradientclipvalue", Instead("", "gradient_clip.value: {}")),
    **_all("droplast dataloaderdroplast", Instead("an epoch has all samples, and its last batch may be smaller")),
    **_all("verbose enableprogressbar progressbar progress enablemodelsummary disabletqdm tqdm", Instead(_PRINTS)),
    **_all(
        "logeverynsteps loggingsteps printevery logevery loginterval printfreq",
        Instead("", "log.every: {} steps", numbers=True),
    ),
    **_all("loggingstrategy", Instead(_PRINTS)),
    **_all("numworkers workers nworkers dataloadernumworkers pinmemory dataloaderpinmemory", Instead(_READING)),
    **_all("persistentworkers prefetchfactor nonblocking useepochsampler", Instead(_READING)),
    **_all("savetopk savebest savebestonly savebestmodel loadbestmodelatend modelcheckpoint savelast", Instead(_BEST)),
    **_all("restorebestweights loadbest savestrategy enablecheckpointing", Instead(_BEST)),
    **_all(
        "devices gpus ngpu ngpus numgpus numnodes nnodes numprocesses worldsize",
        Instead("`torchrun` starts a process for each device, as in `torchrun --nproc-per-node 2 -m archc`"),
    ),
    **_all("outputdir savedir logdir loggingdir defaultrootdir rundir expdir", Instead("say `archc train --run DIR`")),
    **_all("fastdevrun debug dryrun", Instead("say `archc train --fast-dev-run`")),
    **_all("resume resumefrom resumefromcheckpoint ckptpath loadfrom", Instead("say `archc train --resume RUN`")),
    **_all(
        "evalbatchsize perdeviceevalbatchsize valbatchsize testbatchsize iteratorvalidbatchsize",
        Instead("evaluations have no batch size of their own, as their figures do not depend on it"),
    ),
    **_all("evaluationstrategy evalstrategy doeval dotrain", Instead("validation samples are evaluated each epoch")),
    **_all("cudnnbenchmark benchmark compile torchcompile jit channelslast", Instead("archc trains as fast as it can")),
    **_all("scaler gradscaler amplevel ampbackend", Instead("`precision: float16` scales the loss by itself")),
    **_all(
        "wandb usewandb mlflow comet neptune clearml",
        Instead("figures go to metrics.jsonl, and with `log: [tensorboard]` to TensorBoard"),
    ),
    **_all("callbacks cbs hooks", Instead("`early_stopping`, `checkpoint`, `scheduler` and `ema` are keys of `train`")),
    **_all("limittrainbatches limitvalbatches", Instead("say `archc train --fast-dev-run 10`")),
    **_all("swa useswa stochasticweightavg", Instead("`ema: 0.99` averages the weights over the last steps")),
    **_all("trainer trainerargs trainingargs dataloader fitparams", Instead("its keys are those of `train` itself")),
    **_all("download", Instead("`source: auto` downloads what it does not find")),
    **_all("train istrain", Instead("the training split is trained on, and `archc eval` measures the other")),
    **_all("zerograd optimizerzerograd", Instead("gradients are those of one step")),
}
"""What `train` has instead of the keys of Lightning, Keras, HF Trainer, fastai and skorch."""
