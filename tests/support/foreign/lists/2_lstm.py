# %% lstm-init
def init_lstm(hidden_size, vocab_size, z_size):
    formas = 4 * [(hidden_size, z_size)] + [(vocab_size, hidden_size)]
    W_f, W_i, W_g, W_o, W_v = [np.random.randn(*forma) for forma in formas]
    W_f, W_i, W_g, W_o, W_v = [init_orthogonal(W) for W in (W_f, W_i, W_g, W_o, W_v)]
    b_f, b_i, b_g, b_o = [np.zeros((hidden_size, 1)) for _ in range(4)]
    b_v = np.zeros((vocab_size, 1))
    return W_f, W_i, W_g, W_o, W_v, b_f, b_i, b_g, b_o, b_v

# %% lstm-forward
def forward(inputs, h_prev, C_prev, p):
    W_f, W_i, W_g, W_o, W_v, b_f, b_i, b_g, b_o, b_v = p
    z_s, f_s, i_s, g_s, o_s, v_s = [], [], [], [], [], []
    C_s, h_s = [C_prev], [h_prev]
    for x in inputs:
        z = np.array([*h_prev, *x])
        f = sigmoid(W_f @ z + b_f)
        i = sigmoid(W_i @ z + b_i)
        g = np.tanh(W_g @ z + b_g)
        C = C_prev * f + g * i
        o = sigmoid(W_o @ z + b_o)
        h = np.tanh(C) * o
        v = W_v @ h + b_v
        step = (z, f, i, g, C, o, h, v)
        lists = (z_s, f_s, i_s, g_s, C_s, o_s, h_s, v_s)
        for values, value in zip(lists, step, strict=True):
            values.append(value)
        h_prev, C_prev = h, C
    outputs = list(softmax(np.array(v_s), axis=1))
    return z_s, f_s, i_s, g_s, C_s, o_s, h_s, v_s, outputs

# %% lstm-loss
def sequence_loss(outputs, targets):
    loss = sum([np.mean([-b * np.log(a) for a, b in zip(y_hat, y)]) for y_hat, y in zip(outputs, targets)])
    return loss

# %% lstm-backward
def backward(z, f, i, g, C, o, h, v, outputs, targets, p):
    W_f, W_i, W_g, W_o, W_v, b_f, b_i, b_g, b_o, b_v = p
    dh_next, dC_next = np.zeros_like(h[0]), np.zeros_like(C[0])
    loss = sequence_loss(outputs, targets)
    listas = {nombre: [] for nombre in ("dv", "do", "dg", "di", "df")}
    indices = list(range(len(outputs)))
    C_prevs = [C[t - 1] for t in indices]
    for t, C_prev, C_t, z_t, f_t, i_t, g_t, o_t in reversed(list(zip(indices, C_prevs, C, z, f, i, g, o))):
        dv = outputs[t] - targets[t]
        dh = W_v.T @ dv + dh_next
        do = dh * np.tanh(C_t) * o_t * (1 - o_t)
        dC = dC_next + dh * o_t * (1 - np.tanh(C_t) ** 2)
        dg = dC * i_t * (1 - g_t**2)
        di = dC * g_t * i_t * (1 - i_t)
        df = dC * C_prev * f_t * (1 - f_t)
        dz = W_f.T @ df + W_i.T @ di + W_g.T @ dg + W_o.T @ do
        dh_next = dz[: len(dh)]
        dC_next = f_t * dC
        for nombre, valor in zip(listas, (dv, do, dg, di, df)):
            listas[nombre].insert(0, valor)
    grads = [sum(d @ z_t.T for d, z_t in zip(listas[n], z)) for n in ("df", "di", "dg", "do")]
    grads.append(sum(dv @ h_t.T for dv, h_t in zip(listas["dv"], h[1:])))
    grads += [sum(listas[n]) for n in ("df", "di", "dg", "do", "dv")]
    clip_gradient_norm(grads)
    return loss, grads
