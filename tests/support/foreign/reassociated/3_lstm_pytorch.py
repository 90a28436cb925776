# %% torch-net
class Net(nn.Module):
    def __init__(self, vocab_size=4, hidden_size=50):
        super().__init__()
        self.lstm = nn.LSTM(vocab_size, hidden_size)
        self.linear = nn.Linear(hidden_size, vocab_size, bias=False)
    def forward(self, x):
        hidden_states, _ = self.lstm(x)  # (len, 1, hidden_size)
        return self.linear(hidden_states.squeeze(1))

# %% torch-train
num_epochs = 500
torch.manual_seed(seed_)
net = Net()

optimizer = torch.optim.Adam(net.parameters(), lr=3e-4)
criterion = nn.CrossEntropyLoss()

training_loss, validation_loss = [], []
history = {"training_loss": training_loss, "validation_loss": validation_loss}

for epoch in epochs(num_epochs, model=net, optimizer=optimizer, history=history):
    epoch_validation_loss = 0.0
    net.eval()  # NOTA 1
    with torch.no_grad():
        for inputs, targets in validation_tensors:
            outputs = net(inputs)
            loss = criterion(outputs, targets)
            epoch_validation_loss += loss.item() / len(validation_tensors)
    epoch_training_loss = 0.0
    net.train()  # NOTA 2
    for inputs, targets in training_tensors:
        outputs = net(inputs)
        loss = criterion(outputs, targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        epoch_training_loss += loss.item() / len(training_tensors)
    validation_loss.append(epoch_validation_loss)
    training_loss.append(epoch_training_loss)
