"""Network makers, one file each; `sim.network.generate` names them."""
