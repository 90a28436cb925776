# %% torch-net
class Net(nn.Module):
    def __init__(self, vocab_size=4, hidden_size=50):
        super().__init__()
        self.lstm = nn.LSTM(vocab_size, hidden_size, 1)
        self.salida = nn.Linear(hidden_size, vocab_size, bias=False)
    def forward(self, x):
        h0 = torch.zeros(1, x.size(1), self.lstm.hidden_size)
        c0 = torch.zeros_like(h0)
        estados = self.lstm(x, (h0, c0))[0]
        return self.salida(torch.flatten(estados, start_dim=0, end_dim=1))

# %% torch-train
num_epochs = 500
torch.manual_seed(seed_)
net = Net()

criterion = nn.CrossEntropyLoss(weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0)
optimizer = torch.optim.Adam([{"params": net.parameters()}], lr=3e-4)

training_loss, validation_loss = [], []
history = {"training_loss": training_loss, "validation_loss": validation_loss}

for epoch in epochs(num_epochs, model=net, optimizer=optimizer, history=history):
    epoch_validation_loss = 0.0
    net.eval()  # NOTA 1
    with torch.no_grad():
        for inputs, targets in validation_tensors:
            outputs = net(inputs)
            loss = criterion(outputs, targets)
            epoch_validation_loss += loss.item()
    epoch_training_loss = 0.0
    net.train()  # NOTA 2
    for inputs, targets in training_tensors:
        outputs = net(inputs).reshape(-1, vocab_size)
        loss = criterion(outputs, targets.reshape(-1))
        net.zero_grad()
        loss.backward()
        optimizer.step()
        epoch_training_loss += loss.item()
    validation_loss.append(epoch_validation_loss / len(validation_tensors))
    training_loss.append(epoch_training_loss / len(training_tensors))
