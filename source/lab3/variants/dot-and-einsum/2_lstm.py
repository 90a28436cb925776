# %% lstm-init
def init_lstm(hidden_size, vocab_size, z_size):
    formas = [(hidden_size, z_size)] * 4 + [(vocab_size, hidden_size)]
    sorteadas = [np.random.randn(*forma) for forma in formas]
    matrices = [init_orthogonal(matriz) for matriz in sorteadas]
    sesgos = [np.zeros((filas, 1)) for filas in [hidden_size] * 4 + [vocab_size]]
    return matrices + sesgos

# %% lstm-forward
def forward(inputs, h_prev, C_prev, p):
    W_f, W_i, W_g, W_o, W_v, b_f, b_i, b_g, b_o, b_v = p
    z_s, f_s, i_s, g_s, o_s, v_s, outputs = [], [], [], [], [], [], []
    C_s, h_s = [C_prev], [h_prev]
    for x in inputs:
        z = np.concatenate([h_s[-1], x], axis=0)
        f, i, o = (
            1 / (1 + np.exp(-(np.dot(W, z) + b))) for W, b in [(W_f, b_f), (W_i, b_i), (W_o, b_o)]
        )
        g = np.tanh(np.dot(W_g, z) + b_g)
        C = np.multiply(f, C_s[-1]) + np.multiply(i, g)
        h = o * np.tanh(C)
        v = np.einsum("vh,hk->vk", W_v, h) + b_v
        for values, value in zip((z_s, f_s, i_s, g_s, C_s), (z, f, i, g, C)):
            values.append(value)
        for values, value in zip((o_s, h_s, v_s, outputs), (o, h, v, np.exp(v) / np.exp(v).sum())):
            values.append(value)
    return z_s, f_s, i_s, g_s, C_s, o_s, h_s, v_s, outputs

# %% lstm-loss
def sequence_loss(outputs, targets):
    return -np.sum(np.asarray(targets) * np.log(np.asarray(outputs))) / len(outputs[0])

# %% lstm-backward
def backward(z, f, i, g, C, o, h, v, outputs, targets, p):
    W_f, W_i, W_g, W_o, W_v = p[:5]
    grads = [np.zeros_like(param) for param in p]
    dh_next, dC_next = 0, 0
    for t in range(len(outputs) - 1, -1, -1):
        C_prev = C[t - 1]
        C_t = C[t]
        dv = np.subtract(outputs[t], targets[t])
        grads[4] += np.dot(dv, h[t + 1].T)
        grads[9] += dv
        dh = np.dot(W_v.T, dv) + dh_next
        tanh_C = np.tanh(C_t)
        do = (o[t] - o[t] ** 2) * tanh_C * dh
        dC = dh * o[t] * (1 - tanh_C * tanh_C) + dC_next
        dg = (1 - np.square(g[t])) * i[t] * dC
        di = (i[t] - i[t] ** 2) * g[t] * dC
        df = (f[t] - f[t] ** 2) * C_prev * dC
        for k, d_gate in enumerate((df, di, dg, do)):
            grads[k] += np.dot(d_gate, z[t].T)
            grads[k + 5] += d_gate
        dz = sum(np.dot(W.T, d) for W, d in ((W_f, df), (W_i, di), (W_g, dg), (W_o, do)))
        dh_next, dC_next = dz[: h[0].shape[0]], dC * f[t]
    return sequence_loss(outputs, targets), clip_gradient_norm(grads)
