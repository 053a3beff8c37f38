"""Acts: the command, the author's interface, the stages of performing one, approval and clocks."""
