"""What one day of a world needs beside its kernels: customers, the ear of the brand, what it learns, rules."""
