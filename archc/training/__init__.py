"""A checked spec -> a trained run: data, the loop, checkpoints, evaluation and prediction."""
