# %% rnn-vocabulary
def seqs_to_dicts(sequences):
    conteo = {}
    for sequence in sequences:
        for word in sequence:
            conteo[word] = conteo.get(word, 0) + 1
    palabras = sorted(conteo, key=conteo.get, reverse=True)
    palabras.append("UNK")
    num_sequences = len(sequences)
    vocab_size = len(palabras)

    word_to_idx = defaultdict(lambda: vocab_size - 1)
    idx_to_word = defaultdict(lambda: "UNK")
    idx = 0
    while idx < vocab_size:
        word_to_idx[palabras[idx]] = idx
        idx_to_word[idx] = palabras[idx]
        idx = idx + 1
    return word_to_idx, idx_to_word, num_sequences, vocab_size


word_to_idx, idx_to_word, num_sequences, vocab_size = seqs_to_dicts(sequences)

# %% rnn-init
def init_rnn(hidden_size, vocab_size):
    U = init_orthogonal(np.zeros([hidden_size, vocab_size]))
    V = init_orthogonal(np.zeros([hidden_size, hidden_size]))
    W = init_orthogonal(np.zeros([vocab_size, hidden_size]))
    b_hidden = np.zeros([hidden_size, 1])
    b_out = np.zeros([vocab_size, 1])
    return [U, V, W, b_hidden, b_out]

# %% rnn-sigmoid
def sigmoid(x, derivative=False):
    x_safe = x + 1e-12
    potencia = np.exp(-x_safe)
    denominador = 1 + potencia
    f = 1 / denominador
    if derivative:
        return f * (1 - f)
    return f

# %% rnn-tanh
def tanh(x, derivative=False):
    x_safe = x + 1e-12
    f = np.tanh(x_safe)
    if derivative:
        cuadrado = f * f
        return 1 - cuadrado
    return f

# %% rnn-softmax
def softmax(x, derivative=False):
    x_safe = x + 1e-12
    f = x_safe - np.max(x_safe)
    f = np.exp(f)
    f = f / np.sum(f)
    return f

# %% rnn-forward
def forward_pass(inputs, hidden_state, params):
    U, V, W, b_hidden, b_out = params
    pasos = len(inputs)
    hidden_states = np.zeros((pasos, len(b_hidden), 1))
    outputs = np.zeros((pasos, len(b_out), 1))
    anterior = hidden_state
    for t in range(pasos):
        desde_entrada = np.dot(U, inputs[t])
        desde_estado = np.dot(V, anterior)
        suma = desde_entrada + desde_estado
        hidden_states[t] = tanh(suma + b_hidden)
        anterior = hidden_states[t]
        puntajes = np.dot(W, anterior)
        puntajes = puntajes + b_out
        outputs[t] = softmax(puntajes)
    return outputs, hidden_states

# %% rnn-loss
def sequence_loss(outputs, targets):
    logaritmos = np.log(np.array(outputs) + 1e-12)
    productos = np.array(targets) * logaritmos
    step_losses = -productos.mean(axis=1)
    return step_losses.sum()

# %% rnn-backward
def backward_pass(inputs, outputs, hidden_states, targets, params):
    U, V, W, b_hidden, b_out = params
    d_U = np.zeros_like(U)
    d_V = np.zeros_like(V)
    d_W = np.zeros_like(W)
    d_b_hidden = np.zeros_like(b_hidden)
    d_b_out = np.zeros_like(b_out)
    d_h_next = np.zeros(b_hidden.shape)
    loss = sequence_loss(outputs, targets)
    t = len(outputs) - 1
    while t >= 0:
        estado = hidden_states[t]
        anterior = hidden_states[t - 1]
        d_o = outputs[t] - targets[t]
        d_W += np.dot(d_o, estado.T)
        d_b_out += d_o
        d_h = np.dot(W.T, d_o)
        d_h = d_h + d_h_next
        pendiente = tanh(estado, derivative=True)
        d_f = pendiente * d_h
        d_b_hidden += d_f
        d_U += np.dot(d_f, inputs[t].T)
        d_V += np.dot(d_f, anterior.T)
        d_h_next = np.dot(V.T, d_f)
        t = t - 1
    grads = [d_U, d_V, d_W, d_b_hidden, d_b_out]
    grads = clip_gradient_norm(grads)
    return loss, grads

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
        salidas, estados = forward_pass(inputs, hidden_state, params)
        loss, grads = backward_pass(inputs, salidas, estados, targets, params)
        if np.isnan(loss):
            raise ValueError("La pérdida no es un número (NaN): revisen los ejercicios anteriores.")
        update_parameters(params, grads, lr=3e-4)
        epoch_training_loss += loss
    training_loss.append(epoch_training_loss / len(encoded_training))
    validation_loss.append(epoch_validation_loss / len(encoded_validation))
