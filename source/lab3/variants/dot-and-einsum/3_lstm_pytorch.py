# %% torch-net
class Net(nn.Module):
    def __init__(self, vocab_size=4, hidden_size=50):
        super(Net, self).__init__()
        self.recurrente = nn.LSTM(input_size=vocab_size, hidden_size=hidden_size, num_layers=1)
        self.salida = nn.Linear(in_features=hidden_size, out_features=vocab_size, bias=False)

    def forward(self, x):
        estados, (ultimo_estado, ultima_memoria) = self.recurrente(x)
        return self.salida(estados.view(len(x), -1))
