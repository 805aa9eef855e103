"""What the program says in Spanish: by template, with the English as key; it imports nothing but the errors."""
