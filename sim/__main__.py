"""``python -m sim`` is ``pregon``."""

from sim.cli import main

if __name__ == "__main__":
    main()
