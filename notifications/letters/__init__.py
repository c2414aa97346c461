"""What mails say: from a mail row to subject, text, HTML and the bytes on the wire."""
