# %% lstm-init
def init_lstm(hidden_size, vocab_size, z_size):
    W_f, W_i, W_g, W_o = np.split(np.random.randn(4 * hidden_size, z_size), 4)
    W_v = np.random.randn(vocab_size, hidden_size)
    W_f, W_i, W_g, W_o, W_v = [init_orthogonal(W) for W in (W_f, W_i, W_g, W_o, W_v)]
    b_f, b_i, b_g, b_o = [np.zeros((hidden_size, 1)) for _ in range(4)]
    b_v = np.zeros((vocab_size, 1))
    return W_f, W_i, W_g, W_o, W_v, b_f, b_i, b_g, b_o, b_v

# %% lstm-forward
def forward(inputs, h_prev, C_prev, p):
    W_f, W_i, W_g, W_o, W_v, b_f, b_i, b_g, b_o, b_v = p
    W = np.concatenate([W_f, W_i, W_o, W_g])
    b = np.concatenate([b_f, b_i, b_o, b_g])
    n = len(h_prev)
    z_s, f_s, i_s, g_s, o_s = [], [], [], [], []
    C_s, h_s = [C_prev], [h_prev]
    for x in inputs:
        z = np.concatenate([h_s[-1], x])
        a = W @ z + b
        f, i, o = np.split(sigmoid(a[: 3 * n]), 3)
        g = np.tanh(a[3 * n :])
        C = C_s[-1] * f + g * i
        h = np.tanh(C) * o
        for values, value in zip((z_s, f_s, i_s, g_s, C_s, o_s, h_s), (z, f, i, g, C, o, h)):
            values.append(value)
    v_s = list(W_v @ np.array(h_s[1:]) + b_v)
    outputs = list(softmax(np.array(v_s), axis=1))
    return z_s, f_s, i_s, g_s, C_s, o_s, h_s, v_s, outputs

# %% lstm-loss
def sequence_loss(outputs, targets):
    loss = np.mean(-targets * np.log(np.stack(outputs)), axis=1).sum()
    return loss

# %% lstm-backward
def backward(z, f, i, g, C, o, h, v, outputs, targets, p):
    W_f, W_i, W_g, W_o, W_v, b_f, b_i, b_g, b_o, b_v = p
    loss = sequence_loss(outputs, targets)
    W = np.vstack([W_f, W_i, W_g, W_o])
    n, T = len(h[0]), len(outputs)
    F, I, G, O = np.array(f), np.array(i), np.array(g), np.array(o)
    C_t = np.array(C[:-1])  # C[t], como en la versión publicada
    C_prev = np.array([C[t - 1] for t in range(T)])
    tanh_C = np.tanh(C_t)
    dv = np.array(outputs) - targets
    from_output = W_v.T @ dv
    d_act = np.concatenate([C_prev * F * (1 - F), G * I * (1 - I), I * (1 - G**2)], axis=1)
    do_act, dC_act = tanh_C * O * (1 - O), O * (1 - tanh_C**2)
    d_gates = np.empty((T, 4 * n, 1))
    dh_next, dC_next = np.zeros_like(h[0]), np.zeros_like(C[0])
    for t in reversed(range(T)):
        dh = from_output[t] + dh_next
        do = dh * do_act[t]
        dC = dC_next + dh * dC_act[t]
        d_gates[t] = np.vstack([np.tile(dC, (3, 1)) * d_act[t], do])
        dh_next = (W.T @ d_gates[t])[:n]
        dC_next = F[t] * dC
    D = d_gates[:, :, 0].T  # (4 n, T)
    W_d = np.split(D @ np.hstack(z).T, 4)
    b_d = np.split(D.sum(axis=1, keepdims=True), 4)
    W_v_d = np.hstack(list(dv)) @ np.hstack(h[1:]).T
    grads = [*W_d, W_v_d, *b_d, dv.sum(axis=0)]
    clip_gradient_norm(grads)
    return loss, grads
