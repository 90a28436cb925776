# %% rnn-vocabulary
def seqs_to_dicts(sequences):
    counts = Counter(word for sequence in sequences for word in sequence)
    unique_words = [word for word, _ in counts.most_common()] + ["UNK"]
    num_sequences, vocab_size = len(sequences), len(unique_words)
    word_to_idx = defaultdict(lambda: vocab_size - 1)
    idx_to_word = defaultdict(lambda: "UNK")
    word_to_idx.update(zip(unique_words, range(vocab_size)))
    idx_to_word.update(enumerate(unique_words))
    return word_to_idx, idx_to_word, num_sequences, vocab_size


word_to_idx, idx_to_word, num_sequences, vocab_size = seqs_to_dicts(sequences)

# %% rnn-init
def init_rnn(hidden_size, vocab_size):
    U, V, W, b_hidden, b_out = map(
        np.zeros,
        [
            (hidden_size, vocab_size),
            (hidden_size, hidden_size),
            (vocab_size, hidden_size),
            (hidden_size, 1),
            (vocab_size, 1),
        ],
    )
    U = init_orthogonal(U)
    V = init_orthogonal(V)
    W = init_orthogonal(W)
    return [U, V, W, b_hidden, b_out]

# %% rnn-sigmoid
def sigmoid(x, derivative=False):
    x_safe = x + 1e-12
    f = np.where(x_safe >= 0, 1 / (1 + np.exp(-np.abs(x_safe))), np.exp(-np.abs(x_safe)) / (1 + np.exp(-np.abs(x_safe))))
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
    f = np.exp(x_safe - x_safe.max())
    f = f / f.sum()
    return f

# %% rnn-forward
def forward_pass(inputs, hidden_state, params):
    U, V, W, b_hidden, b_out = params
    hidden_states = []
    from_inputs = U @ inputs + b_hidden  # (pasos, h, 1)
    for a in from_inputs:
        hidden_state = tanh(a + V @ hidden_state)
        hidden_states.append(hidden_state)
    scores = W @ np.stack(hidden_states) + b_out  # (pasos, v, 1)
    outputs = [softmax(score) for score in scores]
    return outputs, hidden_states

# %% rnn-loss
def sequence_loss(outputs, targets):
    outputs = np.asarray(outputs)
    step_losses = -(np.asarray(targets) * np.log(outputs + 1e-12)).mean(axis=(1, 2))
    if hasattr(step_losses, "__next__"):
        raise TypeError("step_losses es un generador: enciérrenlo entre corchetes, como lista.")
    return np.sum(step_losses)

# %% rnn-backward
def backward_pass(inputs, outputs, hidden_states, targets, params):
    U, V, W, b_hidden, b_out = params
    loss = sequence_loss(outputs, targets)
    H = np.stack(hidden_states)  # (pasos, h, 1)
    D_o = np.stack(outputs) - targets  # (pasos, v, 1)
    from_outputs = W.T @ D_o
    slopes = tanh(H, derivative=True)
    D_f = np.empty_like(H)
    d_h_next = np.zeros_like(b_hidden)
    for t in reversed(range(len(outputs))):
        D_f[t] = slopes[t] * (from_outputs[t] + d_h_next)
        d_h_next = V.T @ D_f[t]
    H_prev = np.roll(H, 1, axis=0)
    d_W = D_o[:, :, 0].T @ H[:, :, 0]
    d_b_out = D_o.sum(axis=0)
    d_b_hidden = D_f.sum(axis=0)
    d_U = D_f[:, :, 0].T @ inputs[:, :, 0]
    d_V = D_f[:, :, 0].T @ H_prev[:, :, 0]
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
        outputs, _ = forward_pass(inputs, hidden_state, params)
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
