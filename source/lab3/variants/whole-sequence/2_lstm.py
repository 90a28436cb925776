# %% lstm-init
def init_lstm(hidden_size, vocab_size, z_size):
    gates = np.random.randn(4, hidden_size, z_size)
    W_v = np.random.randn(vocab_size, hidden_size)
    weights = [init_orthogonal(W) for W in (*gates, W_v)]
    return *weights, *np.zeros((4, hidden_size, 1)), np.zeros((vocab_size, 1))

# %% lstm-forward
def forward(inputs, h_prev, C_prev, p):
    W = np.vstack((p[0], p[1], p[3], p[2]))  # las tres sigmoides primero
    b = np.vstack((p[5], p[6], p[8], p[7]))
    H = len(h_prev)
    z_s, gates, C_s, h_s = [], [], [C_prev], [h_prev]
    for x in inputs:
        z_s.append(np.vstack((h_s[-1], x)))
        a = W @ z_s[-1] + b
        f, i, o = sigmoid(a[: 3 * H]).reshape(3, H, 1)
        g = np.tanh(a[3 * H :])
        gates.append((f, i, g, o))
        C_s.append(f * C_s[-1] + i * g)
        h_s.append(o * np.tanh(C_s[-1]))
    f_s, i_s, g_s, o_s = (list(values) for values in zip(*gates))
    v = p[4] @ np.hstack(h_s[1:]) + p[9]
    v_s = list(v.T[:, :, None])
    outputs = list(softmax(v, axis=0).T[:, :, None])
    return z_s, f_s, i_s, g_s, C_s, o_s, h_s, v_s, outputs

# %% lstm-loss
def sequence_loss(outputs, targets):
    return -np.log(np.asarray(outputs)[np.asarray(targets) == 1]).sum() / len(outputs[0])

# %% lstm-backward
def backward(z, f, i, g, C, o, h, v, outputs, targets, p):
    H = len(h[0])
    W = np.vstack(p[:4])
    Z = np.hstack(z)
    D_v = np.hstack(outputs) - np.hstack(list(targets))
    D_h = p[4].T @ D_v
    D_gates = np.zeros((4 * H, len(outputs)))
    dh_next, dC_next = np.zeros((H, 1)), np.zeros((H, 1))
    for t in reversed(range(len(outputs))):
        C_prev, tanh_C = C[t - 1], np.tanh(C[t])
        dh = D_h[:, [t]] + dh_next
        dC = dC_next + o[t] * dh * (1 - tanh_C) * (1 + tanh_C)
        d_gates = np.vstack((
            f[t] * (1 - f[t]) * C_prev * dC,
            i[t] * (1 - i[t]) * g[t] * dC,
            (1 - g[t]) * (1 + g[t]) * i[t] * dC,
            o[t] * (1 - o[t]) * tanh_C * dh,
        ))
        D_gates[:, [t]] = d_gates
        dh_next, dC_next = (W.T @ d_gates)[:H], f[t] * dC
    d_weights = [*np.split(D_gates @ Z.T, 4), D_v @ np.hstack(h[1:]).T]
    d_biases = [*np.split(D_gates.sum(axis=1, keepdims=True), 4), D_v.sum(axis=1, keepdims=True)]
    return sequence_loss(outputs, targets), clip_gradient_norm(d_weights + d_biases)
