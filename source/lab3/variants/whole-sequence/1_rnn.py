# %% rnn-vocabulary
def seqs_to_dicts(sequences):
    words, counts = np.unique(np.concatenate(sequences), return_counts=True)
    unique_words = [*words[np.argsort(-counts, kind="stable")].tolist(), "UNK"]
    vocab_size = len(unique_words)
    word_to_idx = defaultdict(lambda: vocab_size - 1, zip(unique_words, range(vocab_size)))
    idx_to_word = defaultdict(lambda: "UNK", enumerate(unique_words))
    return word_to_idx, idx_to_word, len(sequences), vocab_size


word_to_idx, idx_to_word, num_sequences, vocab_size = seqs_to_dicts(sequences)

# %% rnn-tanh
def tanh(x, derivative=False):
    f = np.tanh(x + 1e-12)
    return (1 - f) * (1 + f) if derivative else f

# %% rnn-softmax
def softmax(x, derivative=False):
    x_safe = x + 1e-12
    f = np.exp(x_safe - np.logaddexp.reduce(x_safe, axis=0))
    return f

# %% rnn-forward
def forward_pass(inputs, hidden_state, params):
    U, V, W, b_hidden, b_out = params
    X = np.hstack(list(inputs))  # una columna por paso
    H = np.empty((len(V), X.shape[1]))
    entradas = U @ X + b_hidden
    for t in range(X.shape[1]):
        hidden_state = tanh(entradas[:, [t]] + V @ hidden_state)
        H[:, [t]] = hidden_state
    Y = softmax(W @ H + b_out)
    return list(Y.T[:, :, None]), list(H.T[:, :, None])

# %% rnn-loss
def sequence_loss(outputs, targets):
    Y, T = np.asarray(outputs), np.asarray(targets)
    return -np.sum(T * np.log(Y + 1e-12)) / T.shape[1]

# %% rnn-backward
def backward_pass(inputs, outputs, hidden_states, targets, params):
    U, V, W, b_hidden, b_out = params
    X, Y, T, H = (np.hstack(list(a)) for a in (inputs, outputs, targets, hidden_states))
    D_out = Y - T
    D_h = W.T @ D_out
    slopes = tanh(H, derivative=True)
    D_f = np.zeros_like(H)
    from_next = np.zeros_like(b_hidden)
    for t in reversed(range(H.shape[1])):
        D_f[:, [t]] = slopes[:, [t]] * (D_h[:, [t]] + from_next)
        from_next = V.T @ D_f[:, [t]]
    # Como en la línea de d_V: antes del primer estado está el último.
    H_prev = np.roll(H, 1, axis=1)
    d_biases = [D.sum(axis=1, keepdims=True) for D in (D_f, D_out)]
    grads = [D_f @ X.T, D_f @ H_prev.T, D_out @ H.T, *d_biases]
    return sequence_loss(outputs, targets), clip_gradient_norm(grads)
