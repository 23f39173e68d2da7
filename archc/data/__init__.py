"""A `train.data` section -> samples, found on disk or downloaded, decoded once; and files that a run predicts."""
