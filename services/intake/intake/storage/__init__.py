"""What intake keeps beside the chassis's tables: numbers, known alerts, block keys and analysts' decisions."""
