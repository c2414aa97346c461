"""What people look at when they begin work: what is due or waits for them, whom to call, figures."""
