"""The sample pool: invented experts, as data for whoever loads the sample province through the acts."""
