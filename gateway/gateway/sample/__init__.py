"""The sample province: invented people in the real structure of offices."""
