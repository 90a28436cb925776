# %% torch-net
class Net(nn.Module):
    def __init__(self, vocab_size=4, hidden_size=50):
        super().__init__()
        self.lstm, self.linear = nn.LSTM(vocab_size, hidden_size), nn.Linear(hidden_size, vocab_size, bias=False)
    def forward(self, x):
        return self.linear(self.lstm(x)[0].squeeze(1))

# %% torch-train
num_epochs = 500
torch.manual_seed(seed_)
optimizer = torch.optim.Adam((net := Net()).parameters(), lr=3e-4)
criterion = nn.CrossEntropyLoss()
history = {"training_loss": (training_loss := []), "validation_loss": (validation_loss := [])}
for epoch in epochs(num_epochs, model=net, optimizer=optimizer, history=history):
    net.eval()  # NOTA 1
    with torch.no_grad():
        validation_loss += [np.mean([criterion(net(x), y).item() for x, y in validation_tensors])]
    net.train()  # NOTA 2
    total = 0
    for x, y in training_tensors:
        optimizer.zero_grad()
        (loss := criterion(net(x), y)).backward()
        optimizer.step()
        total += loss.item()
    training_loss += [total / len(training_tensors)]
