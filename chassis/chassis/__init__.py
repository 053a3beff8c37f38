"""The microservice chassis: work, rulebook, clocks, journal (core); nameko hosting (host); an RPC client for plain threads (client)."""
