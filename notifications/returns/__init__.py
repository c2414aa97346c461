"""What comes back: delivery reports, where they arrive, what they prove."""
