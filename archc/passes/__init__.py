"""Network -> findings. A pass reads the network and adds faults to the report; it changes nothing."""
