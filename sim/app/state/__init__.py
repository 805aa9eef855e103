"""What a browser tab works on, what works for it, and what of it is kept."""
