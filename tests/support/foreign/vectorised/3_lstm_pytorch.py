# %% torch-net
class Net(nn.Module):
    def __init__(self, vocab_size=4, hidden_size=50):
        super().__init__()
        self.lstm = nn.LSTM(vocab_size, hidden_size)
        self.linear = nn.Linear(hidden_size, vocab_size, bias=False)
    def forward(self, x):
        hidden_states, _ = self.lstm(x)  # (len, 1, hidden_size)
        return self.linear(hidden_states)[:, 0, :]

# %% torch-train
num_epochs = 500
torch.manual_seed(seed_)
net = Net()

criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(net.parameters(), lr=3e-4)

training_loss, validation_loss = [], []
history = {"training_loss": training_loss, "validation_loss": validation_loss}

for epoch in epochs(num_epochs, model=net, optimizer=optimizer, history=history):
    net.eval()  # NOTA 1
    losses = []
    with torch.no_grad():
        for inputs, targets in validation_tensors:
            outputs = net(inputs)
            loss = criterion(outputs, targets)
            losses.append(loss)
    validation_loss.append(torch.stack(losses).mean().item())
    losses = []
    net.train()  # NOTA 2
    for inputs, targets in training_tensors:
        outputs = net(inputs)
        loss = criterion(outputs, targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.detach())
    training_loss.append(torch.stack(losses).mean().item())
