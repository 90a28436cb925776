# %% rnn-vocabulary
def seqs_to_dicts(sequences):
    counts = Counter(word for sequence in sequences for word in sequence)
    unique_words = [word for word, _ in counts.most_common()] + ["UNK"]
    num_sequences, vocab_size = len(sequences), len(unique_words)
    word_to_idx = defaultdict(lambda: vocab_size - 1)
    idx_to_word = defaultdict(lambda: "UNK")
    for idx, word in enumerate(unique_words):
        for diccionario, clave, valor in [(word_to_idx, word, idx), (idx_to_word, idx, word)]:
            diccionario[clave] = valor
    return word_to_idx, idx_to_word, num_sequences, vocab_size


word_to_idx, idx_to_word, num_sequences, vocab_size = seqs_to_dicts(sequences)

# %% rnn-init
def init_rnn(hidden_size, vocab_size):
    formas = [
        (hidden_size, vocab_size),
        (hidden_size, hidden_size),
        (vocab_size, hidden_size),
        (hidden_size, 1),
        (vocab_size, 1),
    ]
    U, V, W, b_hidden, b_out = [np.zeros(forma) for forma in formas]
    U = init_orthogonal(U)
    V = init_orthogonal(V)
    W = init_orthogonal(W)
    return [U, V, W, b_hidden, b_out]

# %% rnn-sigmoid
def sigmoid(x, derivative=False):
    x_safe = x + 1e-12
    f = np.array([1 / (1 + np.exp(-valor)) for valor in x_safe.ravel()]).reshape(x_safe.shape)
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
    exps = [np.exp(valor) for valor in x_safe.ravel()]
    f = np.array([e / sum(exps) for e in exps]).reshape(x_safe.shape)
    return f

# %% +BEFORE rnn-forward
from collections import deque

# %% rnn-forward
def forward_pass(inputs, hidden_state, params):
    U, V, W, b_hidden, b_out = params
    hidden_states = deque([hidden_state])
    for x in inputs:
        hidden_states.append(tanh(U @ x + V @ hidden_states[-1] + b_hidden))
    hidden_states.popleft()
    outputs = [softmax(W @ h + b_out) for h in hidden_states]
    return outputs, list(hidden_states)

# %% rnn-loss
def sequence_loss(outputs, targets):
    outputs = np.asarray(outputs)
    step_losses = []
    for y_hat, y in zip(outputs, targets):
        step_losses += [np.mean([-b * np.log(a + 1e-12) for a, b in zip(y_hat.ravel(), y.ravel())])]
    if hasattr(step_losses, "__next__"):
        raise TypeError("step_losses es un generador: enciérrenlo entre corchetes, como lista.")
    return np.sum(step_losses)

# %% rnn-backward
def backward_pass(inputs, outputs, hidden_states, targets, params):
    U, V, W, b_hidden, b_out = params
    loss = sequence_loss(outputs, targets)
    d_h_next = np.zeros_like(b_hidden)
    anteriores = deque(hidden_states)
    anteriores.rotate(1)  # hidden_states[t - 1], también cuando t = 0
    d_fs, d_os = deque(), deque()
    pasos = list(zip(outputs, targets, hidden_states))
    for out, target, h in reversed(pasos):
        d_o = out - target
        d_h = W.T @ d_o + d_h_next
        d_f = tanh(h, derivative=True) * d_h
        d_h_next = V.T @ d_f
        d_os.appendleft(d_o)
        d_fs.appendleft(d_f)
    grads = [
        sum(d_f @ x.T for d_f, x in zip(d_fs, inputs)),
        sum(d_f @ h.T for d_f, h in zip(d_fs, anteriores)),
        sum(d_o @ h.T for d_o, h in zip(d_os, hidden_states)),
        np.sum(d_fs, axis=0),
        np.sum(d_os, axis=0),
    ]
    return loss, clip_gradient_norm(grads)

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
        salida = forward_pass(inputs, hidden_state, params)
        loss, grads = backward_pass(inputs, *salida, targets, params)
        if np.isnan(loss):
            raise ValueError("La pérdida no es un número (NaN): revisen los ejercicios anteriores.")
        update_parameters(params, grads, lr=3e-4)
        epoch_training_loss += loss
    training_loss.append(epoch_training_loss / len(encoded_training))
    validation_loss.append(epoch_validation_loss / len(encoded_validation))
