"""Many plans on the same worlds: run and kept as they finish, resumed, raced, ranked, and read beside who runs them."""
