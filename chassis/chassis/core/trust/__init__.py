"""Who acts and who may see: actor tokens, access by parties, sealed values, and the hash chain of the journal."""
