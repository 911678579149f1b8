"""What the hotline does, each service a verb."""
