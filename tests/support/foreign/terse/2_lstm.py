# %% lstm-init
def init_lstm(hidden_size, vocab_size, z_size):
    shapes = [(hidden_size, z_size)] * 4 + [(vocab_size, hidden_size)]
    Ws = [init_orthogonal(W) for W in [np.random.randn(*s) for s in shapes]]
    return *Ws, *(np.zeros((s[0], 1)) for s in shapes)

# %% lstm-forward
def forward(inputs, h_prev, C_prev, p):
    W_f, W_i, W_g, W_o, W_v, b_f, b_i, b_g, b_o, b_v = p
    lists = z_s, f_s, i_s, g_s, C_s, o_s, h_s, v_s = [], [], [], [], [C_prev], [], [h_prev], []
    for x in inputs:
        z = np.vstack((h_s[-1], x))
        f, i, o = (sigmoid(W @ z + b) for W, b in ((W_f, b_f), (W_i, b_i), (W_o, b_o)))
        C = C_s[-1] * f + (g := np.tanh(W_g @ z + b_g)) * i
        v = W_v @ (h := np.tanh(C) * o) + b_v
        for l, e in zip(lists, (z, f, i, g, C, o, h, v)): l.append(e)
    return *lists, list(softmax(np.array(v_s), axis=1))

# %% lstm-loss
def sequence_loss(outputs, targets):
    return -(targets * np.log(outputs)).mean(axis=1).sum()

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
        do = dh * (s := np.tanh(C_t)) * o[t] * (1 - o[t])
        W_o_d += do @ z[t].T
        b_o_d += do
        dC_next += dh * o[t] * (1 - s * s); dC = dC_next
        dg = dC * i[t]
        dg *= 1 - g[t] * g[t]
        W_g_d += dg @ z[t].T
        b_g_d += dg
        di = dC * g[t]
        di *= i[t] * (1 - i[t])
        W_i_d += di @ z[t].T
        b_i_d += di
        df = dC * C_prev
        df *= f[t] * (1 - f[t])
        W_f_d += df @ z[t].T
        b_f_d += df
        dz = W_f.T @ df + W_i.T @ di + W_g.T @ dg + W_o.T @ do
        dh_next = dz[: len(dh)]
        dC_next = f[t] * dC
    grads = [W_f_d, W_i_d, W_g_d, W_o_d, W_v_d, b_f_d, b_i_d, b_g_d, b_o_d, b_v_d]
    clip_gradient_norm(grads)
    return loss, grads
