"""Everything that runs Zhaohui on one machine: the private broker, the processes, their keys and definitions."""
