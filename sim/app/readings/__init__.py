"""What publics, results, sweeps and choices hold, read out as rows and numbers to be shown."""
