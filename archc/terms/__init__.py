"""Names with arguments: the kinds of values, immutable records of them, and the terms made of both."""
