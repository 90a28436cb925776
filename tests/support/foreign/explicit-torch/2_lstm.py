# %% lstm-init
def init_lstm(hidden_size, vocab_size, z_size):
    W_f = np.random.randn(hidden_size, z_size)
    W_i = np.random.randn(*W_f.shape)
    W_g = np.random.randn(*W_f.shape)
    W_o = np.random.randn(*W_f.shape)
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
        z = np.r_[h_prev, x]
        f = sigmoid(np.matmul(W_f, z) + b_f)
        i = sigmoid(W_i @ z + b_i)
        g = np.tanh(W_g @ z + b_g)
        C = np.multiply(C_prev, f) + np.multiply(g, i)
        o = sigmoid(np.matmul(W_o, z) + b_o)
        h = np.multiply(np.tanh(C), o)
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
    outputs = torch.as_tensor(np.array(outputs))[:, :, 0]
    correctas = torch.as_tensor(np.array(targets)).squeeze(2).argmax(dim=1)
    loss = float(torch.nn.functional.nll_loss(torch.log(outputs), correctas, reduction="sum")) / outputs.shape[1]
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
        W_v_d += np.matmul(dv, h_t.T)
        b_v_d += dv
        dh = W_v.T @ dv + dh_next
        do = np.multiply(dh, np.tanh(C_t)) * np.multiply(o[t], 1 - o[t])
        W_o_d += do @ z[t].T
        b_o_d += do
        dC = dC_next + dh * o[t] * (1 - np.square(np.tanh(C_t)))
        dg = dC * i[t]
        dg *= 1 - np.square(g[t])
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
