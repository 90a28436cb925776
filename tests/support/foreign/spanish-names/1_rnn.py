# %% rnn-vocabulary
def seqs_to_dicts(sequences: list[list[str]]) -> tuple[dict, dict, int, int]:
    conteo = Counter(palabra for secuencia in sequences for palabra in secuencia)
    palabras_unicas = [palabra for palabra, _ in conteo.most_common()] + ["UNK"]
    cantidad, tamano = len(sequences), len(palabras_unicas)
    a_indice = defaultdict(lambda: tamano - 1)
    a_palabra = defaultdict(lambda: "UNK")
    for indice, palabra in enumerate(palabras_unicas):
        a_indice[palabra] = indice
        a_palabra[indice] = palabra
    return a_indice, a_palabra, cantidad, tamano


word_to_idx, idx_to_word, num_sequences, vocab_size = seqs_to_dicts(sequences)

# %% +BEFORE rnn-init
def ceros(filas: int, columnas: int) -> np.ndarray:
    return np.zeros((filas, columnas))

# %% rnn-init
def init_rnn(hidden_size: int, vocab_size: int) -> list[np.ndarray]:
    U = ceros(hidden_size, vocab_size)
    V = ceros(hidden_size, hidden_size)
    W = ceros(vocab_size, hidden_size)
    b_hidden = ceros(hidden_size, 1)
    b_out = ceros(vocab_size, 1)
    U = init_orthogonal(U)
    V = init_orthogonal(V)
    W = init_orthogonal(W)
    return [U, V, W, b_hidden, b_out]

# %% rnn-sigmoid
def sigmoid(x: np.ndarray, derivative: bool = False) -> np.ndarray:
    x_seguro = x + 1e-12
    sigma = 1 / (1 + np.exp(-x_seguro))
    if derivative:
        return sigma * (1 - sigma)
    return sigma

# %% rnn-tanh
def tanh(x: np.ndarray, derivative: bool = False) -> np.ndarray:
    x_seguro = x + 1e-12
    valor = np.tanh(x_seguro)
    if derivative:
        return 1 - valor**2
    return valor

# %% rnn-softmax
def softmax(x: np.ndarray, derivative: bool = False) -> np.ndarray:
    if derivative:
        raise ValueError("softmax no calcula su derivada: aquí no se necesita.")
    x_seguro = x + 1e-12
    exponenciales = np.exp(x_seguro - x_seguro.max())
    return exponenciales / exponenciales.sum()

# %% +BEFORE rnn-forward
def estado_nuevo(x, h_anterior, params):
    U, V, _, b_hidden, _ = params
    return tanh(U @ x + V @ h_anterior + b_hidden)


def salida(h, params):
    _, _, W, _, b_out = params
    return softmax(W @ h + b_out)

# %% rnn-forward
def forward_pass(inputs, hidden_state, params):
    salidas: list[np.ndarray] = []
    estados: list[np.ndarray] = []
    estado = hidden_state
    for entrada in inputs:
        estado = estado_nuevo(entrada, estado, params)
        estados.append(estado)
        salidas.append(salida(estado, params))
    return salidas, estados

# %% +BEFORE rnn-loss
def entropia_cruzada(y_estimado: np.ndarray, y: np.ndarray) -> float:
    return np.mean(-y * np.log(y_estimado + 1e-12))

# %% rnn-loss
def sequence_loss(outputs, targets):
    outputs = np.asarray(outputs)
    step_losses = [entropia_cruzada(salida_t, objetivo_t) for salida_t, objetivo_t in zip(outputs, targets)]
    if hasattr(step_losses, "__next__"):
        raise TypeError("step_losses es un generador: enciérrenlo entre corchetes, como lista.")
    return np.sum(step_losses)

# %% rnn-backward
def backward_pass(inputs, outputs, hidden_states, targets, params):
    U, V, W, sesgo_oculto, sesgo_salida = params
    grad_U, grad_V, grad_W, grad_bh, grad_bo = [np.zeros_like(param) for param in params]
    grad_siguiente = np.zeros_like(sesgo_oculto)
    perdida = sequence_loss(outputs, targets)
    for t in reversed(range(len(outputs))):
        estado = hidden_states[t]
        error = outputs[t] - targets[t]
        grad_W += error @ estado.T
        grad_bo += error
        grad_estado = W.T @ error + grad_siguiente
        grad_antes_tanh = tanh(estado, derivative=True) * grad_estado
        grad_bh += grad_antes_tanh
        grad_U += grad_antes_tanh @ inputs[t].T
        grad_V += grad_antes_tanh @ hidden_states[t - 1].T
        grad_siguiente = V.T @ grad_antes_tanh
    return perdida, clip_gradient_norm([grad_U, grad_V, grad_W, grad_bh, grad_bo])

# %% rnn-training
num_epochs = 2000
params = init_rnn(hidden_size, vocab_size)
training_loss, validation_loss = [], []
history = {"training_loss": training_loss, "validation_loss": validation_loss}
hidden_state = np.zeros((hidden_size, 1))

for epoch in epochs(num_epochs, params=params, history=history):
    epoch_training_loss, epoch_validation_loss = 0.0, 0.0
    for inputs, targets in encoded_validation:
        outputs, _estados = forward_pass(inputs, hidden_state, params)
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
