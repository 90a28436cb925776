# %% rnn-vocabulary
def seqs_to_dicts(sequences):
    counts = Counter(word for sequence in sequences for word in sequence)
    unique_words = [word for word, _ in counts.most_common()] + ["UNK"]
    num_sequences, vocab_size = len(sequences), len(unique_words)
    word_to_idx = defaultdict(lambda: vocab_size - 1, {w: i for i, w in enumerate(unique_words)})
    idx_to_word = defaultdict(lambda: "UNK", {i: w for w, i in word_to_idx.items()})
    return word_to_idx, idx_to_word, num_sequences, vocab_size


word_to_idx, idx_to_word, num_sequences, vocab_size = seqs_to_dicts(sequences)

# %% rnn-init
def init_rnn(hidden_size, vocab_size):
    h, v = hidden_size, vocab_size
    U, V, W, b_hidden, b_out = (np.zeros(s) for s in ((h, v), (h, h), (v, h), (h, 1), (v, 1)))
    return [*map(init_orthogonal, (U, V, W)), b_hidden, b_out]

# %% rnn-sigmoid
def sigmoid(x, derivative=False):
    x_safe = x + 1e-12
    f = 1 / (1 + np.exp(-np.clip(x_safe, -500, 500, out=x_safe)))
    return f * (1 - f) if derivative else f

# %% rnn-tanh
def tanh(x, derivative=False):
    return 1 - f**2 if (f := np.tanh(x + 1e-12), derivative)[1] else f

# %% rnn-softmax
def softmax(x, derivative=False):
    if derivative:
        raise ValueError("softmax no calcula su derivada: aquí no se necesita.")
    return (e := np.exp(x + 1e-12)) / e.sum()

# %% rnn-forward
def forward_pass(inputs, hidden_state, params):
    U, V, W, b_hidden, b_out = params
    hidden_states = [hidden_state := tanh(U @ x + V @ hidden_state + b_hidden) for x in inputs]
    return [softmax(W @ h + b_out) for h in hidden_states], hidden_states

# %% rnn-loss
def sequence_loss(outputs, targets):
    return -np.sum(targets * np.log((p := np.asarray(outputs)) + 1e-12)) / p.shape[1]

# %% rnn-backward
def backward_pass(inputs, outputs, hidden_states, targets, params):
    U, V, W, b_hidden, b_out = params
    grads = d_U, d_V, d_W, d_b_hidden, d_b_out = [np.zeros_like(param) for param in params]
    d_f = np.zeros_like(b_hidden)
    for t in reversed(range(len(outputs))):
        d_b_out += (d_o := outputs[t] - targets[t])
        d_W += d_o @ hidden_states[t].T
        d_b_hidden += (d_f := tanh(hidden_states[t], True) * (W.T @ d_o + V.T @ d_f))
        d_U += d_f @ inputs[t].T
        d_V += d_f @ hidden_states[t - 1].T
    return sequence_loss(outputs, targets), clip_gradient_norm(grads)

# %% rnn-training
num_epochs, params, hidden_state = 2000, init_rnn(hidden_size, vocab_size), np.zeros((hidden_size, 1))
training_loss, validation_loss = [], []
history = {"training_loss": training_loss, "validation_loss": validation_loss}
for epoch in epochs(num_epochs, params=params, history=history):
    validation_loss += [np.mean([sequence_loss(forward_pass(x, hidden_state, params)[0], y) for x, y in encoded_validation])]
    total = 0
    for x, y in encoded_training:
        loss, grads = backward_pass(x, *forward_pass(x, hidden_state, params), y, params)
        update_parameters(params, grads, lr=3e-4)
        total += loss
    training_loss += [total / len(encoded_training)]
