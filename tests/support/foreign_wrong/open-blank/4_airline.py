# %% air-model
class CustomModelLSTM(nn.Module):
    def __init__(self):
        super().__init__()
        raise NotImplementedError("Falta completar este ejercicio")
        self.linear = nn.Linear(32, 1)
    def forward(self, x):
        level = torch.log(x)
        states, _ = self.lstm(3 * (level - level[:, :1]))
        predictions = x * torch.exp(0.1 * self.linear(states))
        return predictions
