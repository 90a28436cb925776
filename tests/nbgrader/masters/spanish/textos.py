"""Para los ejercicios de texto."""

ALFABETO = "abcdefghijklmnopqrstuvwxyz"
