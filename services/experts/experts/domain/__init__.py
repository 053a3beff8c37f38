"""The judgement of the expert service that its rulebook cannot hold: pure, no I/O."""
