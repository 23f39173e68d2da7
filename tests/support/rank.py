"""A process that stands ready, with torch loaded, to be one rank of a training: it forks for each piece of work.

Requests come on standard input and answers go to standard output, each as a length and a pickle.
"""

import os
import pickle
import sys
from pathlib import Path


def read(stream):
    """The next message; None at the end."""
    size = stream.read(8)
    return pickle.loads(stream.read(int.from_bytes(size, "big"))) if size else None


def write(stream, message):
    data = pickle.dumps(message)
    stream.write(len(data).to_bytes(8, "big") + data)
    stream.flush()


def work(function, arguments, environment, folder):
    import torch

    os.environ.update(environment)
    os.chdir(folder)
    torch.set_num_threads(1)
    return function(*arguments)


def serve(requests, answers):
    # Loaded here and not at the top: whoever asks for work has no use for it.
    import torch._dynamo  # noqa: F401

    import archc.distributed.group
    import archc.runs.run  # noqa: F401

    while (request := read(requests)) is not None:
        child = os.fork()
        if not child:
            write(answers, ("answer", work(*request)))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if status:
            write(answers, ("ended", os.waitstatus_to_exitcode(status)))


if __name__ == "__main__":
    pipe = os.fdopen(os.dup(1), "wb")
    # What a library prints is not an answer.
    os.dup2(2, 1)
    sys.path.insert(0, str(Path(__file__).parents[2]))
    serve(os.fdopen(os.dup(0), "rb"), pipe)
