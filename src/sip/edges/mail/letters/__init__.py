"""What our mails say: letters, their words and looks."""
