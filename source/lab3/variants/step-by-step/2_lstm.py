# %% lstm-init
def init_lstm(hidden_size, vocab_size, z_size):
    matrices = []
    for compuerta in ["f", "i", "g", "o"]:
        matrices.append(np.random.standard_normal((hidden_size, z_size)))
    matrices.append(np.random.standard_normal((vocab_size, hidden_size)))
    for k in range(5):
        matrices[k] = init_orthogonal(matrices[k])
    W_f, W_i, W_g, W_o, W_v = matrices
    b_f = np.zeros((hidden_size, 1))
    b_i = np.zeros((hidden_size, 1))
    b_g = np.zeros((hidden_size, 1))
    b_o = np.zeros((hidden_size, 1))
    b_v = np.zeros((vocab_size, 1))
    return W_f, W_i, W_g, W_o, W_v, b_f, b_i, b_g, b_o, b_v

# %% lstm-forward
def forward(inputs, h_prev, C_prev, p):
    W_f, W_i, W_g, W_o, W_v, b_f, b_i, b_g, b_o, b_v = p
    z_s, f_s, i_s, g_s, C_s, o_s, h_s, v_s, outputs = [], [], [], [], [], [], [], [], []
    h_s.append(h_prev)
    C_s.append(C_prev)

    for t in range(len(inputs)):
        z = np.concatenate((h_s[t], inputs[t]))
        f = np.dot(W_f, z)
        f = sigmoid(f + b_f)
        i = np.dot(W_i, z)
        i = sigmoid(i + b_i)
        g = np.dot(W_g, z)
        g = np.tanh(g + b_g)
        o = np.dot(W_o, z)
        o = sigmoid(o + b_o)
        olvido = f * C_s[t]
        anotado = i * g
        C = olvido + anotado
        h = o * np.tanh(C)
        v = np.dot(W_v, h) + b_v
        z_s.append(z)
        f_s.append(f)
        i_s.append(i)
        g_s.append(g)
        C_s.append(C)
        o_s.append(o)
        h_s.append(h)
        v_s.append(v)
        outputs.append(softmax(v))

    return z_s, f_s, i_s, g_s, C_s, o_s, h_s, v_s, outputs

# %% lstm-loss
def sequence_loss(outputs, targets):
    loss = 0
    for t in range(len(outputs)):
        entropia = targets[t] * np.log(outputs[t])
        loss = loss - entropia.mean()
    return loss

# %% lstm-backward
def backward(z, f, i, g, C, o, h, v, outputs, targets, p):
    W_f, W_i, W_g, W_o, W_v, b_f, b_i, b_g, b_o, b_v = p
    W_f_d, W_i_d, W_g_d, W_o_d, W_v_d, b_f_d, b_i_d, b_g_d, b_o_d, b_v_d = [
        np.zeros_like(param) for param in p
    ]
    dh_next = np.zeros(h[0].shape)
    dC_next = np.zeros(C[0].shape)
    loss = sequence_loss(outputs, targets)

    t = len(outputs) - 1
    while t >= 0:
        C_prev = C[t - 1]
        C_t = C[t]
        h_t = h[t + 1]
        z_t = z[t].T

        dv = outputs[t] - targets[t]
        W_v_d += np.dot(dv, h_t.T)
        b_v_d += dv
        dh = np.dot(W_v.T, dv)
        dh = dh + dh_next

        memoria = np.tanh(C_t)
        do = dh * memoria
        do = do * o[t]
        do = do * (1 - o[t])
        W_o_d += np.dot(do, z_t)
        b_o_d += do

        pendiente = 1 - memoria * memoria
        dC = dh * o[t] * pendiente
        dC = dC + dC_next

        dg = dC * i[t]
        dg = dg * (1 - g[t] * g[t])
        W_g_d += np.dot(dg, z_t)
        b_g_d += dg

        di = dC * g[t]
        di = di * i[t]
        di = di * (1 - i[t])
        W_i_d += np.dot(di, z_t)
        b_i_d += di

        df = dC * C_prev
        df = df * f[t]
        df = df * (1 - f[t])
        W_f_d += np.dot(df, z_t)
        b_f_d += df

        dz = np.dot(W_f.T, df)
        dz = dz + np.dot(W_i.T, di)
        dz = dz + np.dot(W_g.T, dg)
        dz = dz + np.dot(W_o.T, do)
        dh_next = dz[: len(dh), :]
        dC_next = dC * f[t]
        t = t - 1

    grads = [W_f_d, W_i_d, W_g_d, W_o_d, W_v_d, b_f_d, b_i_d, b_g_d, b_o_d, b_v_d]
    grads = clip_gradient_norm(grads)
    return loss, grads
