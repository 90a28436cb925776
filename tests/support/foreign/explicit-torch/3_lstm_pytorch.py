# %% +BEFORE torch-net
import torch.nn.functional as F

# %% torch-net
class Net(nn.Module):
    def __init__(self, vocab_size=4, hidden_size=50):
        super(Net, self).__init__()
        self.hidden_size = hidden_size
        self.lstm = nn.LSTM(
            input_size=vocab_size,
            hidden_size=hidden_size,
            num_layers=1,
            bias=True,
            batch_first=False,
            dropout=0.0,
            bidirectional=False,
        )
        self.fc = nn.Linear(in_features=hidden_size, out_features=vocab_size, bias=False)
    def forward(self, x):
        out, (h_n, c_n) = self.lstm(x)
        scores = self.fc(out)  # (len, 1, vocab_size)
        return scores.view(-1, scores.size(-1))

# %% torch-train
num_epochs = 500
torch.manual_seed(seed_)
net = Net()

criterion = F.cross_entropy
optimizer = torch.optim.Adam(
    list(net.parameters()), lr=3e-4, betas=(0.9, 0.999), eps=1e-8, weight_decay=0, amsgrad=False
)

training_loss, validation_loss = [], []
history = {"training_loss": training_loss, "validation_loss": validation_loss}

for epoch in epochs(num_epochs, model=net, optimizer=optimizer, history=history):
    epoch_validation_loss = 0.0
    net.eval()  # NOTA 1
    with torch.no_grad():
        for inputs, targets in validation_tensors:
            outputs = net(inputs)
            loss = criterion(outputs, targets, reduction="mean")
            epoch_validation_loss += loss.item()
    epoch_training_loss = 0.0
    net.train()  # NOTA 2
    for inputs, targets in training_tensors:
        outputs = net(inputs)
        loss = criterion(outputs, targets, reduction="mean")
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        epoch_training_loss += loss.item()
    validation_loss.append(epoch_validation_loss / len(validation_tensors))
    training_loss.append(epoch_training_loss / len(training_tensors))
