# %% torch-net
class Net(nn.Module):
    def __init__(self, vocab_size=4, hidden_size=50):
        super().__init__()
        self.lstm = nn.LSTM(vocab_size, hidden_size, batch_first=True)
        self.linear = nn.Linear(hidden_size, vocab_size, bias=False)

    def forward(self, x):
        hidden_states, _ = self.lstm(x.transpose(0, 1))
        return self.linear(hidden_states)[0]
