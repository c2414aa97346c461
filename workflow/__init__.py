"""Tables, migrations, and the one engine that writes a project. Sends nothing."""
