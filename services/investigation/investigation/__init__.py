"""The investigation department's service: from the notice to analyse to the recall notice, the objection and the order."""
