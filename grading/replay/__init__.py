"""A training that agrees with one of trusted code in some of its epochs need not run the others."""
