"""What intake keeps beside the chassis's tables: known alerts, block keys and analysts' decisions."""
