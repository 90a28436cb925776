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
    U = np.zeros([hidden_size, vocab_size])
    V = np.zeros([hidden_size, hidden_size])
    W = np.zeros([vocab_size, hidden_size])
    b_hidden = np.zeros([hidden_size, 1])
    b_out = np.zeros([vocab_size, 1])
    U = init_orthogonal(U)
    V = init_orthogonal(V)
    W = init_orthogonal(W)
    return [U, V, W, b_hidden, b_out]

# %% rnn-sigmoid
def sigmoid(x, derivative=False):
    x_safe = x + 1e-12
    f = 1.0 / (1.0 + np.exp(-x_safe))
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
    f = np.exp(x_safe) / np.sum(np.exp(x_safe))
    return f

# %% rnn-forward
def forward_pass(inputs, hidden_state, params):
    U, V, W, b_hidden, b_out = params
    outputs, hidden_states = [], []
    for x in inputs:
        hidden_state = tanh(np.dot(U, x) + np.dot(V, hidden_state) + b_hidden)
        out = softmax(np.dot(W, hidden_state) + b_out)
        hidden_states.append(hidden_state)
        outputs.append(out)
    return outputs, hidden_states

# %% rnn-loss
def sequence_loss(outputs, targets):
    outputs = np.asarray(outputs)
    step_losses = np.mean(-targets * np.log(outputs + 1e-12), axis=1)
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
        d_o = np.subtract(outputs[t], targets[t])
        d_W += np.dot(d_o, hidden_states[t].T)
        d_b_out += d_o
        d_h = np.dot(W.T, d_o) + d_h_next
        d_f = np.multiply(tanh(hidden_states[t], derivative=True), d_h)
        d_b_hidden += d_f
        d_U += d_f.dot(inputs[t].T)
        d_V += d_f.dot(hidden_states[t - 1].T)
        d_h_next = V.T.dot(d_f)
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
