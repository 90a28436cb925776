# %% rnn-vocabulary
def seqs_to_dicts(sequences):
    counts = Counter(word for sequence in sequences for word in sequence)
    unique_words = [word for word, _ in counts.most_common()] + ["UNK"]
    num_sequences, vocab_size = len(sequences), len(unique_words)
    word_to_idx = defaultdict(lambda: vocab_size - 1)
    idx_to_word = defaultdict(lambda: "UNK")
    for idx, word in enumerate(unique_words):
        assert word not in word_to_idx, f"palabra repetida: {word}"
        word_to_idx[str(word)] = int(idx)
        idx_to_word[int(idx)] = str(word)
    assert len(word_to_idx) == len(idx_to_word) == vocab_size
    return word_to_idx, idx_to_word, num_sequences, vocab_size


word_to_idx, idx_to_word, num_sequences, vocab_size = seqs_to_dicts(sequences)

# %% rnn-init
def init_rnn(hidden_size, vocab_size):
    hidden_size, vocab_size = int(hidden_size), int(vocab_size)
    assert hidden_size > 0 and vocab_size > 0
    U = np.zeros((hidden_size, vocab_size), dtype=np.float64)
    V = np.zeros((hidden_size, hidden_size), dtype=np.float64)
    W = np.zeros((vocab_size, hidden_size), dtype=np.float64)
    b_hidden = np.zeros((hidden_size, 1), dtype=np.float64)
    b_out = np.zeros((vocab_size, 1), dtype=np.float64)
    U = init_orthogonal(U)
    V = init_orthogonal(V)
    W = init_orthogonal(W)
    return [U, V, W, b_hidden, b_out]

# %% rnn-sigmoid
def sigmoid(x, derivative=False):
    x_safe = x + 1e-12
    f = np.empty_like(x_safe)
    positivos = x_safe >= 0
    f[positivos] = 1 / (1 + np.exp(-x_safe[positivos]))
    exp_neg = np.exp(x_safe[~positivos])
    f[~positivos] = exp_neg / (1 + exp_neg)
    assert f.shape == x_safe.shape
    return f * (1 - f) if derivative else f

# %% rnn-tanh
def tanh(x, derivative=False):
    x_safe = x + 1e-12
    f = np.tanh(x_safe, dtype=np.float64)
    assert np.all(np.abs(f) <= 1)
    return 1 - f**2 if derivative else f

# %% rnn-softmax
def softmax(x, derivative=False):
    if derivative:
        raise ValueError("softmax no calcula su derivada: aquí no se necesita.")
    x_safe = x + 1e-12
    x_shift = x_safe - np.max(x_safe)
    exp_x = np.exp(x_shift)
    suma = np.sum(exp_x)
    assert suma > 0
    f = exp_x / suma
    assert f.shape == x_safe.shape and np.isclose(f.sum(), 1.0)
    return f

# %% rnn-forward
def forward_pass(inputs, hidden_state, params):
    U, V, W, b_hidden, b_out = params
    outputs, hidden_states = [], []
    for x in inputs:
        assert x.shape == (U.shape[1], 1) and hidden_state.shape == (U.shape[0], 1)
        from_input = U @ x
        from_state = V @ hidden_state
        pre_activation = from_input + from_state + b_hidden
        hidden_state = tanh(pre_activation).copy()
        scores = W @ hidden_state + b_out
        out = softmax(scores)
        assert out.shape == b_out.shape
        hidden_states.append(hidden_state.copy())
        outputs.append(out.copy())
    return outputs, hidden_states

# %% rnn-loss
def sequence_loss(outputs, targets):
    outputs = np.asarray(outputs)
    targets = np.asarray(targets, dtype=np.float64)
    assert outputs.shape == targets.shape, (outputs.shape, targets.shape)
    log_p = np.log(outputs + 1e-12)
    per_word = -targets * log_p
    step_losses = np.mean(per_word, axis=1)
    assert len(step_losses) == len(targets)
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
        d_o = outputs[t].copy()
        d_o -= targets[t]
        assert d_o.shape == b_out.shape
        d_W += d_o @ hidden_states[t].T
        d_b_out += d_o
        d_h = np.zeros_like(b_hidden)
        d_h += W.T @ d_o
        d_h += d_h_next
        slope = tanh(hidden_states[t].copy(), derivative=True)
        d_f = np.multiply(slope, d_h)
        assert d_f.shape == b_hidden.shape
        d_b_hidden += d_f
        d_U += d_f @ inputs[t].T
        d_V += d_f @ hidden_states[t - 1].T
        d_h_next = (V.T @ d_f).copy()
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
        outputs, _ = forward_pass(inputs, hidden_state.copy(), params)
        assert len(outputs) == len(targets)
        epoch_validation_loss += sequence_loss(outputs, targets)
    for inputs, targets in encoded_training:
        outputs, hidden_states = forward_pass(inputs, hidden_state.copy(), params)
        loss, grads = backward_pass(inputs, outputs, hidden_states, targets, params)
        assert all(grad.shape == param.shape for grad, param in zip(grads, params))
        if np.isnan(loss):
            raise ValueError("La pérdida no es un número (NaN): revisen los ejercicios anteriores.")
        update_parameters(params, grads, lr=3e-4)
        epoch_training_loss += loss
    training_loss.append(epoch_training_loss / len(encoded_training))
    validation_loss.append(epoch_validation_loss / len(encoded_validation))
