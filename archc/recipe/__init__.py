"""What a training is made of, as facts without torch: losses, optimizers, transforms, data sets, the section."""
