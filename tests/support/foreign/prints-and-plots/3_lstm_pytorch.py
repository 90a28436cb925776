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
%%time
num_epochs = 500
torch.manual_seed(seed_)
net = Net()
print(net)
print("parámetros:", sum(q.numel() for q in net.parameters()))

criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(net.parameters(), lr=3e-4)

training_loss, validation_loss = [], []
history = {"training_loss": training_loss, "validation_loss": validation_loss}
normas, normas_pesos = [], []

for epoch in epochs(num_epochs, model=net, optimizer=optimizer, history=history):
    epoch_validation_loss = 0.0
    net.eval()  # NOTA 1
    with torch.no_grad():
        for inputs, targets in validation_tensors:
            outputs = net(inputs)
            loss = criterion(outputs, targets)
            epoch_validation_loss += loss.item()
    epoch_training_loss = 0.0
    norma_epoca = 0.0
    net.train()  # NOTA 2
    for inputs, targets in training_tensors:
        outputs = net(inputs)
        loss = criterion(outputs, targets)
        optimizer.zero_grad()
        loss.backward()
        norma_epoca += torch.sqrt(sum((q.grad**2).sum() for q in net.parameters())).item()
        optimizer.step()
        epoch_training_loss += loss.item()
    validation_loss.append(epoch_validation_loss / len(validation_tensors))
    training_loss.append(epoch_training_loss / len(training_tensors))
    normas.append(norma_epoca / len(training_tensors))
    normas_pesos.append(net.linear.weight.norm().item())
    if (epoch + 1) % 50 == 0:
        print("epoch", epoch + 1, "train", round(training_loss[-1], 4), "val", round(validation_loss[-1], 4))

fig, ax = plt.subplots(1, 2, figsize=(10, 3))
ax[0].plot(normas)
ax[0].set_title("norma media del gradiente")
ax[1].plot(normas_pesos)
ax[1].set_title("norma de W")
plt.show()
