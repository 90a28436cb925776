"""Constantes y un cronómetro."""

GRAVEDAD = 9.8
ROZAMIENTO = 0.025


class Cronometro:
    """Guarda tiempos."""

    def __init__(self):
        self.marcas = []

    def marcar(self, tiempo):
        self.marcas.append(tiempo)

    def __len__(self):
        return len(self.marcas)

    def __contains__(self, tiempo):
        return tiempo in self.marcas
