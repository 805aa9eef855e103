"""Commands of `pregon` that are long enough for a file of their own, and what all of them share."""
