# %% torch-net
class Net(nn.Module):
    def __init__(self, vocab_size=4, hidden_size=50):
        super().__init__()
        self.lstm = nn.LSTM(*[vocab_size, hidden_size])
        self.linear = nn.Linear(hidden_size, vocab_size, bias=False)
    def forward(self, x):
        hidden_states, _ = self.lstm(x)  # (len, 1, hidden_size)
        hidden_states = [h for h in hidden_states.unbind(dim=1)][0]
        return self.linear(hidden_states)

# %% torch-train
num_epochs = 500
torch.manual_seed(seed_)
net = Net()

criterion, optimizer = nn.CrossEntropyLoss(), torch.optim.Adam([q for q in net.parameters()], lr=3e-4)

training_loss, validation_loss = [], []
history = {"training_loss": training_loss, "validation_loss": validation_loss}

for epoch in epochs(num_epochs, model=net, optimizer=optimizer, history=history):
    net.eval()  # NOTA 1
    with torch.no_grad():
        perdidas = [criterion(net(inputs), targets).item() for inputs, targets in validation_tensors]
    validation_loss.append(sum(perdidas) / len(perdidas))
    perdidas = []
    net.train()  # NOTA 2
    for inputs, targets in training_tensors:
        outputs = net(inputs)
        loss = criterion(outputs, targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        perdidas.append(loss.item())
    training_loss.append(sum(perdidas) / len(perdidas))
