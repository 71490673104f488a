"""What the business knows, searched one business at a time."""
