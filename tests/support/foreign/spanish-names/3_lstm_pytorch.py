# %% torch-net
class Net(nn.Module):
    def __init__(self, vocab_size: int = 4, hidden_size: int = 50) -> None:
        super().__init__()
        self.lstm = nn.LSTM(vocab_size, hidden_size)
        self.capa_lineal = nn.Linear(hidden_size, vocab_size, bias=False)
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        estados, _ultimos = self.lstm(x)
        puntajes = self.capa_lineal(estados.squeeze(1))
        return puntajes

# %% +BEFORE torch-train
def perdida_media(red: nn.Module, criterio, datos) -> float:
    red.eval()  # NOTA 1
    total = 0.0
    with torch.no_grad():
        for entradas, objetivos in datos:
            total += criterio(red(entradas), objetivos).item()
    return total / len(datos)


def entrenar_epoca(red: nn.Module, criterio, optimizador, datos) -> float:
    red.train()  # NOTA 2
    total = 0.0
    for entradas, objetivos in datos:
        puntajes = red(entradas)
        perdida = criterio(puntajes, objetivos)
        optimizador.zero_grad()
        perdida.backward()
        optimizador.step()
        total += perdida.item()
    return total / len(datos)

# %% torch-train
num_epochs = 500
torch.manual_seed(seed_)
net = Net()

criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(net.parameters(), lr=3e-4)

training_loss, validation_loss = [], []
history = {"training_loss": training_loss, "validation_loss": validation_loss}

for epoch in epochs(num_epochs, model=net, optimizer=optimizer, history=history):
    validation_loss.append(perdida_media(net, criterion, validation_tensors))
    training_loss.append(entrenar_epoca(net, criterion, optimizer, training_tensors))
