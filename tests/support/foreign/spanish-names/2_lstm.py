# %% +BEFORE lstm-init
def sortear(filas: int, columnas: int) -> np.ndarray:
    return np.random.randn(filas, columnas)

# %% lstm-init
def init_lstm(hidden_size, vocab_size, z_size):
    W_f = sortear(hidden_size, z_size)
    W_i = sortear(hidden_size, z_size)
    W_g = sortear(hidden_size, z_size)
    W_o = sortear(hidden_size, z_size)
    W_v = sortear(vocab_size, hidden_size)
    W_f, W_i, W_g, W_o, W_v = [init_orthogonal(W) for W in (W_f, W_i, W_g, W_o, W_v)]
    b_f, b_i, b_g, b_o = [np.zeros((hidden_size, 1)) for _ in range(4)]
    b_v = np.zeros((vocab_size, 1))
    return W_f, W_i, W_g, W_o, W_v, b_f, b_i, b_g, b_o, b_v

# %% +BEFORE lstm-forward
def compuerta(W: np.ndarray, z: np.ndarray, b: np.ndarray) -> np.ndarray:
    return sigmoid(W @ z + b)

# %% lstm-forward
def forward(inputs, h_prev, C_prev, p):
    W_f, W_i, W_g, W_o, W_v, b_f, b_i, b_g, b_o, b_v = p
    zs, olvidos, entradas, candidatas, salidas, puntajes = [], [], [], [], [], []
    memorias, estados = [C_prev], [h_prev]
    for x in inputs:
        juntos = np.vstack((h_prev, x))
        olvido = compuerta(W_f, juntos, b_f)
        entrada = compuerta(W_i, juntos, b_i)
        candidata = np.tanh(W_g @ juntos + b_g)
        salida = compuerta(W_o, juntos, b_o)
        memoria = C_prev * olvido + candidata * entrada
        estado = np.tanh(memoria) * salida
        puntaje = W_v @ estado + b_v
        zs.append(juntos)
        olvidos.append(olvido)
        entradas.append(entrada)
        candidatas.append(candidata)
        memorias.append(memoria)
        salidas.append(salida)
        estados.append(estado)
        puntajes.append(puntaje)
        h_prev, C_prev = estado, memoria
    probabilidades = list(softmax(np.array(puntajes), axis=1))
    return zs, olvidos, entradas, candidatas, memorias, salidas, estados, puntajes, probabilidades

# %% lstm-loss
def sequence_loss(outputs: list[np.ndarray], targets: np.ndarray) -> float:
    perdida = 0.0
    for prediccion, objetivo in zip(outputs, targets):
        perdida += np.mean(-objetivo * np.log(prediccion))
    return perdida

# %% +BEFORE lstm-backward
def derivada_sigmoide(s: np.ndarray) -> np.ndarray:
    return s * (1 - s)


def derivada_tanh(s: np.ndarray) -> np.ndarray:
    return 1 - s**2

# %% lstm-backward
def backward(z, f, i, g, C, o, h, v, outputs, targets, p):
    W_f, W_i, W_g, W_o, W_v, b_f, b_i, b_g, b_o, b_v = p
    grads = [np.zeros_like(param) for param in p]
    W_f_d, W_i_d, W_g_d, W_o_d, W_v_d, b_f_d, b_i_d, b_g_d, b_o_d, b_v_d = grads
    dh_next, dC_next = np.zeros_like(h[0]), np.zeros_like(C[0])
    loss = sequence_loss(outputs, targets)
    for t in reversed(range(len(outputs))):
        C_prev = C[t - 1]
        C_t = C[t]
        h_t = h[t + 1]
        dv = outputs[t] - targets[t]
        W_v_d += dv @ h_t.T
        b_v_d += dv
        dh = W_v.T @ dv + dh_next
        do = dh * np.tanh(C_t) * derivada_sigmoide(o[t])
        W_o_d += do @ z[t].T
        b_o_d += do
        dC = dC_next + dh * o[t] * derivada_tanh(np.tanh(C_t))
        dg = dC * i[t]
        dg = dg * derivada_tanh(g[t])
        W_g_d += dg @ z[t].T
        b_g_d += dg
        di = dC * g[t]
        di = di * derivada_sigmoide(i[t])
        W_i_d += di @ z[t].T
        b_i_d += di
        df = dC * C_prev
        df = df * derivada_sigmoide(f[t])
        W_f_d += df @ z[t].T
        b_f_d += df
        dz = W_f.T @ df + W_i.T @ di + W_g.T @ dg + W_o.T @ do
        dh_next = dz[: len(dh)]
        dC_next = f[t] * dC
    grads = [W_f_d, W_i_d, W_g_d, W_o_d, W_v_d, b_f_d, b_i_d, b_g_d, b_o_d, b_v_d]
    clip_gradient_norm(grads)
    return loss, grads
