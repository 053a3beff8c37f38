"""Intake: leads, spot-check bulletins, foreign alerts, and the signals that are made of them (articles 2, 3, 4, 5, 8 and 9)."""
