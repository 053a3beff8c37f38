"""The recall service: from the notified or voluntary recall to its closing; its supervision; what follows a breach."""
