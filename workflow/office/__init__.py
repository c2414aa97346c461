"""What the office keeps in order: its log, holidays, policies, the units' profiles."""
