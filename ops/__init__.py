"""Everything that runs Zhaohui on one machine: the private broker, the stack of processes, their keys and definitions."""
