# %% torch-net
class Net(nn.Module):
    def __init__(self, vocab_size=4, hidden_size=50):
        super().__init__()
        assert vocab_size > 0 and hidden_size > 0
        self.lstm = nn.LSTM(input_size=int(vocab_size), hidden_size=int(hidden_size), num_layers=1)
        self.linear = nn.Linear(hidden_size, vocab_size, bias=False)
    def forward(self, x):
        if x.dim() != 3 or x.size(1) != 1:
            raise ValueError(f"se esperaba (len, 1, vocab_size), llegó {tuple(x.shape)}")
        hidden_states, _ = self.lstm(x)  # (len, 1, hidden_size)
        hidden_states = hidden_states.squeeze(dim=1)  # (len, hidden_size)
        scores = self.linear(hidden_states)
        assert scores.shape[0] == x.shape[0]
        return scores

# %% torch-train
num_epochs = 500
torch.manual_seed(seed_)
net = Net()

criterion = nn.CrossEntropyLoss(reduction="mean")
optimizer = torch.optim.Adam(net.parameters(), lr=3e-4)
assert sum(len(group["params"]) for group in optimizer.param_groups) == len(list(net.parameters()))

training_loss, validation_loss = [], []
history = {"training_loss": training_loss, "validation_loss": validation_loss}

for epoch in epochs(num_epochs, model=net, optimizer=optimizer, history=history):
    epoch_validation_loss = 0.0
    net.eval()  # NOTA 1
    with torch.no_grad():
        for inputs, targets in validation_tensors:
            outputs = net(inputs)
            assert outputs.shape == (len(targets), vocab_size)
            loss = criterion(outputs, targets)
            assert not loss.requires_grad
            epoch_validation_loss += loss.item()
    epoch_training_loss = 0.0
    net.train()  # NOTA 2
    for inputs, targets in training_tensors:
        outputs = net(inputs)
        loss = criterion(outputs, targets)
        if not torch.isfinite(loss):
            raise ValueError("la pérdida no es finita")
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        epoch_training_loss += loss.item()
    validation_loss.append(epoch_validation_loss / len(validation_tensors))
    training_loss.append(epoch_training_loss / len(training_tensors))
