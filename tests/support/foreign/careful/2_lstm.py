# %% lstm-init
def init_lstm(hidden_size, vocab_size, z_size):
    assert z_size == hidden_size + vocab_size
    W_f = np.random.randn(hidden_size, z_size).astype(np.float64)
    W_i = np.random.randn(hidden_size, z_size).astype(np.float64)
    W_g = np.random.randn(hidden_size, z_size).astype(np.float64)
    W_o = np.random.randn(hidden_size, z_size).astype(np.float64)
    W_v = np.random.randn(vocab_size, hidden_size).astype(np.float64)
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
        assert h_prev.ndim == x.ndim == 2
        z = np.concatenate([h_prev.copy(), x.copy()], axis=0)
        assert z.shape == (W_f.shape[1], 1)
        a_f = W_f @ z + b_f
        f = sigmoid(a_f)
        i = sigmoid(W_i @ z + b_i)
        g = np.tanh(W_g @ z + b_g)
        keep = C_prev * f
        write = g * i
        C = keep + write
        a_o = W_o @ z + b_o
        o = sigmoid(a_o)
        tanh_C = np.tanh(C)
        h = tanh_C * o
        assert h.shape == h_prev.shape
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
    assert len(outputs) == len(targets)
    loss = np.float64(0.0)
    for prediction, target in zip(outputs, targets):
        assert prediction.shape == target.shape
        step = -target * np.log(prediction)
        loss = loss + np.mean(step)
    loss = float(loss)
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
        dW_v_t = np.matmul(dv, h_t.T)
        assert dW_v_t.shape == W_v_d.shape
        W_v_d += dW_v_t
        b_v_d += dv
        dh = W_v.T @ dv + dh_next
        tanh_C = np.tanh(C_t.copy())
        sigma_prime_o = o[t] * (1.0 - o[t])
        do = dh * tanh_C * sigma_prime_o
        W_o_d += do @ z[t].T
        b_o_d += do
        tanh_prime_C = 1.0 - tanh_C**2
        dC = dC_next.copy()
        dC += dh * o[t] * tanh_prime_C
        dg = dC * i[t]
        tanh_prime_g = 1.0 - g[t] ** 2
        dg = dg * tanh_prime_g
        W_g_d += dg @ z[t].T
        b_g_d += dg
        di = dC * g[t]
        sigma_prime_i = i[t] * (1.0 - i[t])
        di = di * sigma_prime_i
        W_i_d += di @ z[t].T
        b_i_d += di
        df = dC * C_prev
        sigma_prime_f = f[t] * (1.0 - f[t])
        df = df * sigma_prime_f
        assert dg.shape == di.shape == df.shape == do.shape == dC.shape
        W_f_d += df @ z[t].T
        b_f_d += df
        dz = W_f.T @ df + W_i.T @ di + W_g.T @ dg + W_o.T @ do
        dh_next = dz[: len(dh)].copy()
        dC_next = f[t] * dC
    grads = [W_f_d, W_i_d, W_g_d, W_o_d, W_v_d, b_f_d, b_i_d, b_g_d, b_o_d, b_v_d]
    clip_gradient_norm(grads)
    return loss, grads
