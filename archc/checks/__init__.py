"""Network and recipe -> faults and lints. A check reads and yields what it finds; it changes nothing."""
