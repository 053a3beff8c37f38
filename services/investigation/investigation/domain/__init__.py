"""The judgement that the rulebook's rows cannot hold."""
