"""What people see: events, plans, summaries and errors as text or as JSON."""
