# %% rnn-vocabulary
def seqs_to_dicts(sequences):
    counts = Counter(word for sequence in sequences for word in sequence)
    palabras = [word for word, _ in counts.most_common()] + ["UNK"]
    num_sequences, vocab_size = len(sequences), len(palabras)
    word_to_idx = defaultdict(lambda: vocab_size - 1)
    idx_to_word = defaultdict(lambda: "UNK")
    word_to_idx.update(zip(palabras, range(vocab_size)))
    idx_to_word.update(enumerate(palabras))
    return word_to_idx, idx_to_word, num_sequences, vocab_size


word_to_idx, idx_to_word, num_sequences, vocab_size = seqs_to_dicts(sequences)

# %% rnn-init
def init_rnn(hidden_size, vocab_size):
    formas = [(hidden_size, vocab_size), (hidden_size, hidden_size), (vocab_size, hidden_size)]
    matrices = tuple(init_orthogonal(np.empty(forma)) for forma in formas)
    return matrices + (np.zeros(hidden_size)[:, None], np.zeros(vocab_size).reshape(-1, 1))

# %% rnn-sigmoid
def sigmoid(x, derivative=False):
    x_safe = x + 1e-12
    f = 0.5 * (1 + np.tanh(x_safe / 2))
    return f * (1 - f) if derivative else f

# %% rnn-tanh
def tanh(x, derivative=False):
    x_safe = x + 1e-12
    f = (np.exp(x_safe) - np.exp(-x_safe)) / (np.exp(x_safe) + np.exp(-x_safe))
    return 1 - f**2 if derivative else f

# %% rnn-softmax
def softmax(x, derivative=False):
    x_safe = x + 1e-12
    f = np.exp(x_safe) / np.sum(np.exp(x_safe))
    return f

# %% rnn-forward
def forward_pass(inputs, hidden_state, params):
    U, V, W, b_hidden, b_out = params
    estados, salidas = [], []
    for x in inputs:
        anterior = estados[-1] if estados else hidden_state
        estados.append(tanh(np.dot(U, x) + np.dot(V, anterior) + b_hidden))
    for estado in estados:
        salidas.append(softmax(np.einsum("vh,hk->vk", W, estado) + b_out))
    return np.array(salidas), np.array(estados)

# %% rnn-loss
def sequence_loss(outputs, targets):
    total = 0.0
    for output, target in zip(outputs, targets):
        total = total - np.sum(target * np.log(output + 1e-12)) / len(target)
    return total

# %% rnn-backward
def backward_pass(inputs, outputs, hidden_states, targets, params):
    U, V, W, b_hidden, b_out = params
    d_outs = np.asarray(outputs) - np.asarray(targets)
    d_W = np.einsum("tvk,thk->vh", d_outs, np.asarray(hidden_states))
    d_b_out = d_outs.sum(axis=0)
    d_U, d_V, d_b_hidden = np.zeros_like(U), np.zeros_like(V), np.zeros_like(b_hidden)
    siguiente = np.zeros_like(b_hidden)
    for t in range(len(outputs) - 1, -1, -1):
        d_f = (np.dot(W.T, d_outs[t]) + siguiente) * tanh(hidden_states[t], derivative=True)
        d_b_hidden += d_f
        d_U += np.dot(d_f, inputs[t].T)
        d_V += np.dot(d_f, hidden_states[t - 1].T)
        siguiente = np.dot(V.T, d_f)
    loss = sequence_loss(outputs, targets)
    return loss, clip_gradient_norm([d_U, d_V, d_W, d_b_hidden, d_b_out])
