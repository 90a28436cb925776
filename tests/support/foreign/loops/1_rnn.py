# %% rnn-vocabulary
def seqs_to_dicts(sequences):
    counts = Counter(word for sequence in sequences for word in sequence)
    unique_words = [word for word, _ in counts.most_common()] + ["UNK"]
    num_sequences, vocab_size = len(sequences), len(unique_words)
    word_to_idx = defaultdict(lambda: vocab_size - 1)
    idx_to_word = defaultdict(lambda: "UNK")
    for idx, word in enumerate(unique_words):
        word_to_idx[word] = idx
        idx_to_word[idx] = word
    return word_to_idx, idx_to_word, num_sequences, vocab_size


word_to_idx, idx_to_word, num_sequences, vocab_size = seqs_to_dicts(sequences)

# %% rnn-init
def init_rnn(hidden_size, vocab_size):
    U = np.array([[0.0 for _ in range(vocab_size)] for _ in range(hidden_size)])
    V = np.array([[0.0 for _ in range(hidden_size)] for _ in range(hidden_size)])
    W = np.array([[0.0 for _ in range(hidden_size)] for _ in range(vocab_size)])
    b_hidden = np.array([[0.0] for _ in range(hidden_size)])
    b_out = np.array([[0.0] for _ in range(vocab_size)])
    U = init_orthogonal(U)
    V = init_orthogonal(V)
    W = init_orthogonal(W)
    return [U, V, W, b_hidden, b_out]

# %% rnn-sigmoid
def sigmoid(x, derivative=False):
    x_safe = x + 1e-12
    f = np.zeros(x_safe.shape)
    for k, valor in np.ndenumerate(x_safe):
        f[k] = 1 / (1 + np.exp(-valor))
    return f * (1 - f) if derivative else f

# %% rnn-tanh
def tanh(x, derivative=False):
    x_safe = x + 1e-12
    f = np.tanh(x_safe)
    return 1 - f**2 if derivative else f

# %% rnn-softmax
def softmax(x, derivative=False):
    if derivative:
        raise ValueError("softmax no calcula su derivada: aquí no se necesita.")
    x_safe = x + 1e-12
    total = sum(np.exp(valor) for valor in x_safe.flatten())
    f = np.exp(x_safe) / total
    return f

# %% rnn-forward
def forward_pass(inputs, hidden_state, params):
    U, V, W, b_hidden, b_out = params
    outputs, hidden_states = [], []
    for x in inputs:
        suma = b_hidden.copy()
        for k in range(len(x)):
            suma = suma + U[:, [k]] * x[k]
        hidden_state = tanh(suma + V @ hidden_state)
        scores = np.zeros(b_out.shape)
        for k in range(len(scores)):
            scores[k] = np.sum(W[k] * hidden_state[:, 0]) + b_out[k]
        out = softmax(scores)
        hidden_states.append(hidden_state)
        outputs.append(out)
    return outputs, hidden_states

# %% rnn-loss
def sequence_loss(outputs, targets):
    outputs = np.asarray(outputs)
    step_losses = []
    for t in range(len(targets)):
        perdida = 0
        for k in range(len(targets[t])):
            perdida += -targets[t][k][0] * np.log(outputs[t][k][0] + 1e-12)
        step_losses.append(perdida / len(targets[t]))
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
        d_o = np.zeros(b_out.shape)
        for k in range(len(d_o)):
            d_o[k] = outputs[t][k] - targets[t][k]
        d_W += d_o @ hidden_states[t].T
        d_b_out += d_o
        d_h = d_h_next.copy()
        for k in range(len(d_o)):
            d_h = d_h + W[[k]].T * d_o[k]
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
        outputs, estados = forward_pass(inputs, hidden_state, params)
        epoch_validation_loss += sequence_loss(outputs, targets)
    for inputs, targets in encoded_training:
        outputs, estados = forward_pass(inputs, hidden_state, params)
        loss, grads = backward_pass(inputs, outputs, estados, targets, params)
        if np.isnan(loss):
            raise ValueError("La pérdida no es un número (NaN): revisen los ejercicios anteriores.")
        update_parameters(params, grads, lr=3e-4)
        epoch_training_loss += loss
    n_train, n_val = len(encoded_training), len(encoded_validation)
    training_loss.append(epoch_training_loss / n_train)
    validation_loss.append(epoch_validation_loss / n_val)
