# %% rnn-vocabulary
def seqs_to_dicts(sequences):
    counts = Counter(word for sequence in sequences for word in sequence)
    unique_words = [word for word, _ in counts.most_common()] + ["UNK"]
    num_sequences, vocab_size = len(sequences), len(unique_words)
    word_to_idx = defaultdict(lambda: vocab_size - 1)
    idx_to_word = defaultdict(lambda: "UNK")
    for idx, word in enumerate(unique_words):
        word_to_idx.update({word: idx})
        idx_to_word.update({idx: word})
    return word_to_idx, idx_to_word, num_sequences, vocab_size


word_to_idx, idx_to_word, num_sequences, vocab_size = seqs_to_dicts(sequences)

# %% rnn-init
def init_rnn(hidden_size, vocab_size):
    U = torch.zeros(hidden_size, vocab_size, dtype=torch.float64).numpy()
    V = torch.zeros(hidden_size, hidden_size, dtype=torch.float64).numpy()
    W = torch.zeros(vocab_size, hidden_size, dtype=torch.float64).numpy()
    b_hidden = torch.zeros(hidden_size, 1, dtype=torch.float64).numpy()
    b_out = torch.zeros(vocab_size, 1, dtype=torch.float64).numpy()
    U = init_orthogonal(U)
    V = init_orthogonal(V)
    W = init_orthogonal(W)
    return [U, V, W, b_hidden, b_out]

# %% rnn-sigmoid
def sigmoid(x, derivative=False):
    x_safe = x + 1e-12
    f = torch.sigmoid(torch.from_numpy(x_safe)).numpy()
    return f * (1 - f) if derivative else f

# %% rnn-tanh
def tanh(x, derivative=False):
    x_safe = x + 1e-12
    f = torch.tanh(torch.from_numpy(x_safe)).numpy()
    return 1 - f**2 if derivative else f

# %% rnn-softmax
def softmax(x, derivative=False):
    if derivative:
        raise ValueError("softmax no calcula su derivada: aquí no se necesita.")
    x_safe = x + 1e-12
    f = torch.softmax(torch.from_numpy(x_safe), dim=0).numpy()
    return f

# %% rnn-forward
def forward_pass(inputs, hidden_state, params):
    U, V, W, b_hidden, b_out = params
    outputs, hidden_states = [], []
    for x in inputs:
        pre = torch.from_numpy(U) @ torch.from_numpy(x) + torch.from_numpy(V) @ torch.from_numpy(hidden_state)
        hidden_state = tanh(pre.numpy() + b_hidden)
        out = softmax(torch.matmul(torch.from_numpy(W), torch.from_numpy(hidden_state)).numpy() + b_out)
        hidden_states.append(hidden_state)
        outputs.append(out)
    return outputs, hidden_states

# %% rnn-loss
def sequence_loss(outputs, targets):
    outputs = np.asarray(outputs)
    step_losses = torch.mean(-torch.as_tensor(targets) * torch.log(torch.as_tensor(outputs) + 1e-12), dim=1).numpy()
    if hasattr(step_losses, "__next__"):
        raise TypeError("step_losses es un generador: enciérrenlo entre corchetes, como lista.")
    return np.sum(step_losses)

# %% rnn-backward
def backward_pass(inputs, outputs, hidden_states, targets, params):
    U, V, W, b_hidden, b_out = params
    d_U, d_V, d_W, d_b_hidden, d_b_out = [np.zeros_like(param) for param in params]
    d_h_next = np.zeros_like(b_hidden)
    loss = sequence_loss(outputs, targets)
    for t in reversed(range(len(outputs))):
        d_o = outputs[t] - targets[t]
        d_W += d_o @ hidden_states[t].T
        d_b_out += d_o
        d_h = torch.matmul(torch.from_numpy(W).T, torch.from_numpy(d_o)).numpy() + d_h_next
        d_f = tanh(hidden_states[t], derivative=True) * d_h
        d_b_hidden += d_f
        d_U += d_f @ inputs[t].T
        d_V += d_f @ hidden_states[t - 1].T
        d_h_next = V.T @ d_f
    return loss, clip_gradient_norm([d_U, d_V, d_W, d_b_hidden, d_b_out])

# %% rnn-training
num_epochs = 2000
params = init_rnn(hidden_size, vocab_size)
training_loss, validation_loss = [], []
history = {"training_loss": training_loss, "validation_loss": validation_loss}
hidden_state = np.zeros((hidden_size, 1))

for epoch in epochs(num_epochs, params=params, history=history):
    epoch_training_loss, epoch_validation_loss = 0.0, 0.0
    for inputs, targets in encoded_validation:
        outputs = forward_pass(inputs, hidden_state, params)[0]
        epoch_validation_loss += sequence_loss(outputs, targets)
    for inputs, targets in encoded_training:
        outputs, hidden_states = forward_pass(inputs, hidden_state, params)
        loss, grads = backward_pass(inputs, outputs, hidden_states, targets, params)
        if np.isnan(loss):
            raise ValueError("La pérdida no es un número (NaN): revisen los ejercicios anteriores.")
        update_parameters(params, grads, lr=3e-4)
        epoch_training_loss += loss
    training_loss.append(epoch_training_loss / len(encoded_training))
    validation_loss.append(epoch_validation_loss / len(encoded_validation))
