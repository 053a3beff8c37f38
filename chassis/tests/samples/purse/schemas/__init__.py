"""The texts of the purse."""
