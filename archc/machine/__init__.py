"""What a training needs to know of the machine: device, memory, precision, random numbers, signals, its launcher."""
