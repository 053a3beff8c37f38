"""The gateway: accounts, HTTP API and pages in front of the services. It holds no rule of the procedure."""
