"""A run on disk: begun, saved, resumed, evaluated, and used to predict. The loop itself is in `training`."""
