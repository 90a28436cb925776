# %% lstm-init
def init_lstm(hidden_size, vocab_size, z_size):
    W_f = np.random.randn(hidden_size, z_size)
    W_i = np.random.randn(hidden_size, z_size)
    W_g = np.random.randn(hidden_size, z_size)
    W_o = np.random.randn(hidden_size, z_size)
    W_v = np.random.randn(vocab_size, hidden_size)
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
        z = np.vstack((h_prev, x))
        f = sigmoid(b_f + W_f @ z)
        i = sigmoid(W_i @ z + b_i)
        g = np.tanh(W_g @ z + b_g)
        C = i * g + f * C_prev
        o = sigmoid(b_o + W_o @ z)
        h = o * np.tanh(C)
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
    loss = -np.sum(np.log(outputs) * targets) / len(outputs[0])
    return loss

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
        W_v_d += (h_t @ dv.T).T
        b_v_d += dv
        dh = W_v.T @ dv + dh_next
        tanh_C = np.tanh(C_t)
        do = dh * tanh_C
        do *= o[t] * (1 - o[t])
        W_o_d += do @ z[t].T
        b_o_d += do
        dC = dh * o[t] * (1 - tanh_C) * (1 + tanh_C) + dC_next
        dg = dC * i[t]
        dg *= (1 + g[t]) * (1 - g[t])
        W_g_d += dg @ z[t].T
        b_g_d += dg
        di = dC * g[t]
        di *= i[t] - i[t] ** 2
        W_i_d += di @ z[t].T
        b_i_d += di
        df = dC * C_prev
        df *= (1 - f[t]) * f[t]
        W_f_d += df @ z[t].T
        b_f_d += df
        dz = W_f.T @ df + W_i.T @ di + W_g.T @ dg + W_o.T @ do
        dh_next = dz[: len(dh)]
        dC_next = f[t] * dC
    grads = [W_f_d, W_i_d, W_g_d, W_o_d, W_v_d, b_f_d, b_i_d, b_g_d, b_o_d, b_v_d]
    clip_gradient_norm(grads)
    return loss, grads
