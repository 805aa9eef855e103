"""What the view of sweeps is made of."""
