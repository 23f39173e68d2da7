"""A `train.data` section -> uint8 images and labels, found on disk or downloaded, decoded once."""
