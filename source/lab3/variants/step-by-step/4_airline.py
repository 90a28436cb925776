# %% air-lookback
meses_por_ventana = 12
lb = meses_por_ventana

# %% air-model
class CustomModelLSTM(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(input_size=1, hidden_size=32, num_layers=1, batch_first=True)
        self.linear = nn.Linear(in_features=32, out_features=1)

    def forward(self, x):
        logaritmo = x.log()
        primero = logaritmo[:, 0:1, :]
        cambio = logaritmo - primero
        entrada = cambio * 3
        salida = self.lstm(entrada)
        estados = salida[0]
        correccion = self.linear(estados) * 0.1
        factor = correccion.exp()
        return factor * x

# %% air-hyperparameters
n_epochs = 200
learning_rate = 0.01
